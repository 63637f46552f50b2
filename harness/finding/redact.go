package finding

import (
	"reflect"
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// Redact returns a copy that may be written: what a report of the harness hides is
// hidden, and what the policy has from variables is called by their names. It goes
// through every text that there is, so that a field that is new is not forgotten.
func Redact[T Report | Finding | Comparison](r policy.Redactor, document T) T {
	rewrite(r, reflect.ValueOf(&document).Elem())
	return document
}

// ourWords are fields of words that are ours, where a secret stands only by chance.
var ourWords = []string{"ID", "Tags", "Fingerprint"}

// rewrite replaces the texts in a value, and copies whatever it shares with others.
// Types with a name of their own are words too: an Outcome, a Reason.
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
	}
	// Behind pointers and in maps there are only numbers.
}
