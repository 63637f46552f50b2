package finding

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/policytest"
	"github.com/corsproof/corsproof/harness/policy"
)

// fill sets every text of a value to the secret. A type has values of its own type once:
// what is before a question has nothing before it.
func fill(v reflect.Value, secret string, within ...reflect.Type) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("a " + secret + " b")
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), secret, append(slices.Clone(within), v.Type())...)
			}
		}
	case reflect.Slice:
		same := func(t reflect.Type) bool { return t == v.Type().Elem() }
		if i := slices.IndexFunc(within, same); i >= 0 && slices.ContainsFunc(within[i+1:], same) {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), secret, within...)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.SetString("a key") // a method or an outcome
		fill(value, secret, within...)
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), secret, within...)
	}
}

// A secret is removed from every field of a document, also from new fields.
func TestRedact(t *testing.T) {
	const secret = "s3cr3t-value"
	p := policytest.Parse(t, "target: https://api.acme.com\norigins: any\nask: {headers: {X-Api-Key: \"${KEY}\"}}\n", map[string]string{"KEY": secret})
	r := p.Redactor()
	redactsAll(t, r, secret, Redact[Report])
	redactsAll(t, r, secret, Redact[Finding])
	redactsAll(t, r, secret, Redact[Comparison])
}

func redactsAll[T Report | Finding | Comparison](t *testing.T, r policy.Redactor, secret string, redact func(policy.Redactor, T) T) {
	t.Helper()
	var full T
	fill(reflect.ValueOf(&full).Elem(), secret)
	before := written(t, full)
	after := written(t, redact(r, full))
	if written(t, full) != before {
		t.Errorf("%T: the document itself was changed", full)
	}
	for _, at := range places(t, after) {
		if !ours[at.key] && strings.Contains(at.text, secret) {
			t.Errorf("%T: %s still has the secret: %s", full, at.key, at.text)
		}
	}
	if !strings.Contains(after, "a ${KEY} b") {
		t.Errorf("%T: %s", full, after)
	}
}

// ours are the keys of fields that are not redacted: words of this program, and some of
// Chrome's.
var ours = map[string]bool{
	"id": true, "tags": true, "fingerprint": true, "level": true, "side": true, "outcome": true, "severity": true, "failOn": true, "want": true, "kind": true,
	"verdict": true, "reason": true, "addressSpace": true, "localNetwork": true, "credentials": true, "mode": true, "redirect": true,
	"cache": true, "referrerPolicy": true, "targetAddressSpace": true, "via": true, "where": true, "workerScript": true, "document": true, "answer": true, "moment": true, "rel": true, "crossOrigin": true, "use": true, "on": true,
	"priority": true, "responseType": true,
}

// place is a text of a document with the nearest key.
type place struct{ key, text string }

func places(t *testing.T, document string) []place {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(document), &tree); err != nil {
		t.Fatal(err)
	}
	var list []place
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case string:
			list = append(list, place{key, v})
		case []any:
			for _, item := range v {
				walk(key, item)
			}
		case map[string]any:
			for name, item := range v {
				walk(name, item)
			}
		}
	}
	walk("", tree)
	return list
}

func written(t *testing.T, v any) string {
	t.Helper()
	document, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}

// A value that the policy does not know is hidden as in every report.
func TestRedactHidesWhatReportsHide(t *testing.T) {
	f := Finding{Steps: []Step{{Observation: harness.Observation{
		Script:    harness.Script{Body: "the body"},
		Exchanges: []harness.Exchange{{RequestHeaders: harness.Header{{Name: "Authorization", Value: "Bearer abc"}, {Name: "Cookie", Value: "sid=55"}}}},
	}}}}
	got := Redact(policy.Redactor{}, f).Steps[0].Observation
	want := harness.Header{{Name: "Authorization", Value: "(hidden)"}, {Name: "Cookie", Value: "sid=(hidden)"}}
	if got.Script.Body != "(hidden)" || !reflect.DeepEqual(got.Exchanges[0].RequestHeaders, want) {
		t.Errorf("%+v", got)
	}
	if f.Steps[0].Observation.Script.Body != "the body" {
		t.Error("the finding itself was changed")
	}
}

// A word of this program is not a secret, even if a variable has the same value.
func TestRedactLeavesOurWords(t *testing.T) {
	p := policytest.Parse(t, "target: https://api.test\norigins: any\nmethods: [\"${B}\"]\nask: {headers: {X-A: \"${A}\"}}\n", map[string]string{"A": "held", "B": "BROKEN"})
	f := Finding{ID: "held", Outcome: Held, Tags: []string{"held"}, Why: "held"}
	got := Redact(p.Redactor(), f)
	if got.ID != "held" || got.Outcome != Held || got.Tags[0] != "held" || got.Why != "${A}" {
		t.Errorf("%+v", got)
	}
	if got := Redact(p.Redactor(), Report{Fingerprint: "held", Notes: []string{"held"}}); got.Fingerprint != "held" || got.Notes[0] != "${A}" {
		t.Errorf("%+v", got)
	}
}
