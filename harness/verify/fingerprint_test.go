package verify

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/policytest"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestFingerprint(t *testing.T) {
	of := func(text string, variables map[string]string) string {
		t.Helper()
		p := policytest.Parse(t, text, variables)
		return fingerprint(p, policytest.Probes(t, p))
	}
	first := of(example, nil)
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(first) {
		t.Errorf("it is %s", first)
	}
	replaced := func(from, to string) string {
		if !strings.Contains(example, from) {
			t.Fatalf("no %s", from)
		}
		return strings.ReplaceAll(example, from, to)
	}
	for name, text := range map[string]string{
		"the same": example, "a comment": "# x\n" + example, "written otherwise": replaced("[GET, PUT]", "[\"GET\", \"PUT\"]"),
		"another target": replaced("https://api.acme.com", "https://api.dev.acme.com:8443"),
		"another secret": replaced("Bearer abc", "Bearer xyz123"),
		"another pace":   replaced("ask:\n", "ask:\n  rate: 5/s\n  concurrency: 3\n  timeLimit: 9s\n"),
		"the default":    replaced("ask:\n", "ask:\n  unsafe: preflight\n"),
	} {
		if got := of(text, nil); got != first {
			t.Errorf("%s changes the fingerprint", name)
		}
	}
	for name, text := range map[string]string{
		"another path": replaced("/v1/me", "/v1/you"), "another origin": replaced("https://app.", "https://apps."),
		"no credentials": replaced("credentials: true", "credentials: false"), "another method": replaced("[GET, PUT]", "[GET, POST]"),
		"another header": replaced("X-Total", "X-Sum"), "another age": replaced("600", "601"),
		"another order": replaced("https://app.acme.com, https://shop.acme.com", "https://shop.acme.com, https://app.acme.com"),
		"no header":     replaced("  headers: {Authorization: Bearer abc}", "  rate: 1/s"),
		"a cookie":      replaced("ask:\n", "ask:\n  cookies: {sid: abc}\n"), "unsafe: send": replaced("ask:\n", "ask:\n  unsafe: send\n"),
	} {
		if got := of(text, nil); got == first {
			t.Errorf("%s does not change the fingerprint", name)
		}
	}
	cookie := func(value string) string { return replaced("ask:\n", "ask:\n  cookies: {sid: "+value+"}\n") }
	if of(cookie("abc"), nil) != of(cookie("xyz123"), nil) {
		t.Error("the value of a cookie changes the fingerprint")
	}
	if of(cookie("abc"), nil) == of(cookie("abc; SameSite=Lax"), nil) {
		t.Error("the attributes of a cookie do not change the fingerprint")
	}
	const variable = "target: https://${HOST}\norigins: [\"https://${APP}\"]\nask:\n  headers: {X-Tenant: \"${TENANT}\"}\n  cookies: {sid: \"${SID}; SameSite=Lax\"}\n"
	a := of(variable, map[string]string{"HOST": "api.acme.com", "APP": "app.acme.com", "TENANT": "acme inc", "SID": "abcdef"})
	b := of(variable, map[string]string{"HOST": "api.acme.com", "APP": "app.acme.com", "TENANT": "\"other\"", "SID": "123456789"})
	if a != b {
		t.Error("the value of a variable changes the fingerprint")
	}
}

// A new field of a question changes the fingerprint, too.
func TestFingerprintIsOfEveryField(t *testing.T) {
	p := policy.Policy{Target: "https://api.acme.com"}
	base := policy.Probe{ID: "K01", Steps: []policy.Step{{Request: harness.Request{URL: "https://api.acme.com/"}}}}
	first := fingerprint(p, []policy.Probe{base})
	check := func(name string, fields reflect.Value, probe func() policy.Probe, skip ...string) {
		for i := range fields.NumField() {
			f := fields.Field(i)
			if !f.CanSet() || slices.Contains(skip, fields.Type().Field(i).Name) {
				continue
			}
			before := reflect.New(f.Type()).Elem()
			before.Set(f)
			change(f)
			if fingerprint(p, []policy.Probe{probe()}) == first {
				t.Errorf("%s.%s does not change the fingerprint", name, fields.Type().Field(i).Name)
			}
			f.Set(before)
		}
	}
	probe, step := base, base.Steps[0]
	of := func() policy.Probe { x := base; x.Steps = []policy.Step{step}; return x }
	check("Probe", reflect.ValueOf(&probe).Elem(), func() policy.Probe { return probe }, "Title", "Tags", "Line", "Steps", "Judge") // no policy raises a Judge
	check("Step", reflect.ValueOf(&step).Elem(), of, "Request")
	check("Request", reflect.ValueOf(&step.Request).Elem(), of)
	if fingerprint(p, []policy.Probe{of()}) != first || base.Steps[0].Request.URL != "https://api.acme.com/" {
		t.Error("the probe itself was changed")
	}
	base.Title, base.Tags = "another", []string{"another"}
	if fingerprint(p, []policy.Probe{base}) != first {
		t.Error("the wording of a title changes the fingerprint")
	}
}

// change sets a value to another value.
func change(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		item := reflect.New(v.Type().Elem()).Elem()
		change(item)
		v.Set(reflect.Append(v, item))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				change(v.Field(i))
				return
			}
		}
	case reflect.Uint8:
		v.SetUint(7)
	}
}
