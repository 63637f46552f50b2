package harness

import (
	"reflect"
	"testing"
)

// A Chrome of another kind has every setting of the Browser.
func TestOtherChromesHaveEverySetting(t *testing.T) {
	b := &Browser{}
	v := reflect.ValueOf(b).Elem()
	for field, value := range v.Fields() {
		if !field.IsExported() {
			continue
		}
		switch value.Kind() {
		case reflect.String:
			value.SetString("granted")
		case reflect.Bool:
			value.SetBool(true)
		case reflect.Int, reflect.Int64:
			value.SetInt(7)
		case reflect.Slice:
			value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		}
	}
	extended, err := b.other(withExtensions)
	if err != nil {
		t.Fatal(err)
	}
	for field, value := range v.Fields() {
		if field.IsExported() && !reflect.DeepEqual(value.Interface(), reflect.ValueOf(extended).Elem().FieldByIndex(field.Index).Interface()) {
			t.Errorf("%s is not copied", field.Name)
		}
	}
}
