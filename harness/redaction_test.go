package harness

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// redaction says what becomes of each text of an Observation in a report. A new field
// needs a row here.
var redaction = map[string]string{
	"Request.PageHeaders":         "hidden",
	"Request.WorkerHeaders":       "hidden",
	"Request.OpaqueScheme":        "shown",
	"Request.FrameAllow":          "shown",
	"Request.ExtensionKey":        "shown",
	"Request.URL":                 "hidden",
	"Request.Headers":             "hidden",
	"Request.Body.Content":        "hidden",
	"Request.PagePath":            "hidden",
	"Request.WithinPath":          "hidden",
	"Request.WithinHeaders":       "hidden",
	"Request.WorkerPath":          "hidden",
	"Request.Referrer":            "hidden",
	"Request.Controller.URL":      "hidden",
	"Request.Controller.Headers":  "hidden",
	"Request.Controller.Body":     "hidden",
	"Request.XHR.User":            "hidden",
	"Request.XHR.Password":        "hidden",
	"Request.Body.Raw":            "hidden",
	"Request.Body.Fields":         "hidden",
	"Request.WhatIf[].Value":      "hidden",
	"Exchanges[].Server.Headers":  "hidden",
	"Parameter":                   "hidden",
	"Hinted.Said":                 "hidden",
	"Script.Error":                "hidden",
	"Script.URL":                  "hidden",
	"Script.Headers":              "hidden",
	"Script.Body":                 "hidden",
	"Exchanges[].URL":             "hidden",
	"Exchanges[].RequestHeaders":  "hidden",
	"Exchanges[].ResponseHeaders": "hidden",
	"Console[].Text":              "hidden",
	"Issues[].Detail":             "hidden",
	"Arrivals[].URL":              "hidden",
	"Arrivals[].Headers":          "hidden",
	"Browser.Flags[]":             "hidden",

	"Request.From":                      "shown",
	"Request.WhatIf[].Name":             "shown",
	"Request.Within":                    "shown",
	"Request.Method":                    "shown",
	"Request.Integrity":                 "shown",
	"Request.Specifier":                 "shown",
	"Request.Hint.As":                   "shown",
	"BlockedReason":                     "shown",
	"Category":                          "shown",
	"NetError":                          "shown",
	"Script.Type":                       "shown",
	"Script.StatusText":                 "shown",
	"Script.Events[].Name":              "shown",
	"Script.Dropped[]":                  "shown",
	"Exchanges[].Method":                "shown",
	"Exchanges[].Cookies[].Name":        "shown",
	"Exchanges[].Cookies[].Blocked[]":   "shown",
	"Exchanges[].NotStored[].Name":      "shown",
	"Exchanges[].NotStored[].Blocked[]": "shown",
	"Exchanges[].Protocol":              "shown",
	"Exchanges[].FromCache":             "shown",
	"Exchanges[].NetError":              "shown",
	"Console[].Source":                  "shown",
	"Console[].Level":                   "shown",
	"Issues[].Code":                     "shown",
	"Arrivals[].Method":                 "shown",
	"Arrivals[].Protocol":               "shown",
	"Page.Origin":                       "shown",
	"Browser.Name":                      "shown",
	"Browser.Version":                   "shown",
	"Browser.Trusts[]":                  "shown",
	"Browser.Resolve[]":                 "shown",
	"Browser.Endpoint":                  "shown", // the scheme and the host alone
}

// secretAt is a value of the type with the secret s3cret in it.
func secretAt(t reflect.Type) (reflect.Value, bool) {
	switch t {
	case reflect.TypeFor[Header](), reflect.TypeFor[[]Field]():
		return reflect.ValueOf(Header{{"X-Api-Key", "s3cret"}, {"Location", "https://u:s3cret@a.test/"}}).Convert(t), true
	case reflect.TypeFor[string]():
		return reflect.ValueOf("https://u:s3cret@a.test/"), true
	case reflect.TypeFor[[]byte]():
		return reflect.ValueOf([]byte("s3cret")), true
	}
	return reflect.Value{}, false
}

// texts calls visit with the path of each text of a type, and with what puts a value
// there in an Observation and reads it.
func texts(at reflect.Type, path string, reach func(reflect.Value) reflect.Value, visit func(path string, t reflect.Type, reach func(reflect.Value) reflect.Value)) {
	if _, ok := secretAt(at); ok {
		visit(path, at, reach)
		return
	}
	if strings.Count(path, "Before[]")+strings.Count(path, "Beside[]") > 1 { // such a question has none of its own
		return
	}
	switch at.Kind() {
	case reflect.Struct:
		for f := range at.Fields() {
			if f.Name != "_" && f.IsExported() {
				texts(f.Type, strings.TrimPrefix(path+"."+f.Name, "."), func(v reflect.Value) reflect.Value { return reach(v).FieldByIndex(f.Index) }, visit)
			}
		}
	case reflect.Slice:
		texts(at.Elem(), path+"[]", func(v reflect.Value) reflect.Value {
			list := reach(v)
			if list.Len() == 0 {
				list.Set(reflect.MakeSlice(at, 1, 1))
			}
			return list.Index(0)
		}, visit)
	case reflect.Pointer:
		texts(at.Elem(), path, func(v reflect.Value) reflect.Value {
			p := reach(v)
			if p.IsNil() {
				p.Set(reflect.New(at.Elem()))
			}
			return p.Elem()
		}, visit)
	}
}

// companion is a question before or beside, in the path of a text.
var companion = regexp.MustCompile(`(Before|Beside)\[\]\.`)

func TestEveryFieldHasARuleOfRedaction(t *testing.T) {
	var known []string
	texts(reflect.TypeFor[Observation](), "", func(v reflect.Value) reflect.Value { return v }, func(path string, at reflect.Type, reach func(reflect.Value) reflect.Value) {
		known = append(known, path)
		// A question before or beside has the rules of the main question.
		rule, ok := redaction[companion.ReplaceAllString(path, "")]
		if !ok {
			t.Errorf("%s has no rule: want hidden or shown", path)
			return
		}
		var o Observation
		secret, _ := secretAt(at)
		reach(reflect.ValueOf(&o).Elem()).Set(secret)
		after := o.Redacted()
		shown := strings.Contains(strings.ReplaceAll(toText(reach(reflect.ValueOf(&after).Elem())), " ", ""), "s3cret")
		if want := rule == "shown"; shown != want {
			t.Errorf("%s is shown: %v, want %s", path, shown, rule)
		}
		if toText(reach(reflect.ValueOf(&o).Elem())) != toText(secret) {
			t.Errorf("%s of the Observation itself was changed", path)
		}
	})
	for path := range redaction {
		if !slices.Contains(known, path) {
			t.Errorf("%s: there is no such field", path)
		}
	}
}

// toText prints a text.
func toText(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case string:
		return x
	case []byte:
		return string(x)
	case Header:
		return toText(reflect.ValueOf([]Field(x)))
	case []Field:
		var all []string
		for _, f := range x {
			all = append(all, f.Name+": "+f.Value)
		}
		return strings.Join(all, "\n")
	}
	panic("no text: " + v.Type().String())
}

// A cookie keeps its name and its attributes, and nothing is added.
func TestSetCookieIsRedacted(t *testing.T) {
	for line, want := range map[string]string{
		"sid=s3cret": "sid=(hidden)", "sid=s3cret; Secure; Path=/": "sid=(hidden); Secure; Path=/", "s3cret": "(hidden)", "s3cret; Secure": "(hidden); Secure", "sid=s3cret;": "sid=(hidden);",
	} {
		if got := redactValue(Field{"set-cookie", line}); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	if got := redactValue(Field{"Cookie", "a=s3cret;b=s3cret; s3cret"}); got != "a=(hidden); b=(hidden); (hidden)" {
		t.Error(got)
	}
}
