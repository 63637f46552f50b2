package finding

import (
	"reflect"
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// Redact returns a copy that may be written. It hides the same values as a report of the
// harness, and replaces values of variables by their names. It visits every text of the
// document, so that it covers new fields, too.
func Redact[T Report | Finding | Comparison](r policy.Redactor, document T) T {
	rewrite(r, reflect.ValueOf(&document).Elem())
	return document
}

// ourWords are fields with words of this program, which can equal a secret only by
// chance.
var ourWords = []string{"ID", "Tags", "Fingerprint"}

// rewrite replaces the texts in a value, and copies the memory that the value shares.
// Texts of a named type stay: they are words of this program, such as an Outcome or a
// Reason.
func rewrite(r policy.Redactor, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(r.Redact(v.String()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() && !slices.Contains(ourWords, v.Type().Field(i).Name) {
				rewrite(r, f)
			}
		}
		if o, ok := v.Addr().Interface().(*harness.Observation); ok {
			*o = o.Redacted()
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		for i := range list.Len() {
			rewrite(r, list.Index(i))
		}
		v.Set(list)
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(v.Elem())
		rewrite(r, copied.Elem())
		v.Set(copied)
	}
	// Maps hold only numbers.
}
