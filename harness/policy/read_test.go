package policy

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

func TestParse(t *testing.T) {
	got, err := Parse("example.yaml", []byte(example), token)
	want := Policy{
		Target: "https://api.acme.com",
		Rules: Rules{
			Origins: Origins{List: []string{"https://app.acme.com"}}, Credentials: new(true), Methods: Names{"GET", "PUT"},
			RequestHeaders: Names{"Authorization", "Content-Type"}, ExposeHeaders: Names{"X-Total"}, MaxAge: new(600),
		},
		Resources: []Resource{
			{Path: "/v1/me"},
			{Path: "/public/status", Rules: Rules{Origins: Origins{Any: true}, Credentials: new(false)}},
		},
		Ask:    Ask{Headers: harness.Header{{Name: "Authorization", Value: "Bearer s3cret"}}, Unsafe: PreflightUnsafe, Rate: Rate{10, time.Second}},
		values: []string{"s3cret"}, names: map[string]string{"s3cret": "API_TOKEN"},
		lines: map[string]int{"/v1/me": 9, "/public/status": 10},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant\n%+v", got, err, want)
	}
}

func TestParseOtherForms(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want Policy
	}{
		"JSON": {
			`{"target": "https://a.test", "origins": {"subdomains": ["https://b.test"]}, "maxAge": 0}`,
			Policy{Target: "https://a.test", Rules: Rules{Origins: Origins{Subdomains: []string{"https://b.test"}}, MaxAge: new(0)}},
		},
		"anchors": {
			"target: https://a.test\norigins: &o [https://b.test]\nresources:\n- path: /a\n  origins: *o\n",
			Policy{
				Target: "https://a.test", Rules: Rules{Origins: Origins{List: []string{"https://b.test"}}},
				Resources: []Resource{{Path: "/a", Rules: Rules{Origins: Origins{List: []string{"https://b.test"}}}}},
			},
		},
		"CRLF and a byte order mark": {
			"\ufefftarget: https://a.test\r\norigins: none\r\nask: {timeLimit: 1m30s, concurrency: 4}\r\n",
			Policy{Target: "https://a.test", Rules: Rules{Origins: Origins{None: true}}, Ask: Ask{TimeLimit: 90 * time.Second, Concurrency: 4}},
		},
		"a header that is a number": {
			"target: https://a.test\norigins: none\nask: {headers: {X-Version: 2}}\n",
			Policy{Target: "https://a.test", Rules: Rules{Origins: Origins{None: true}}, Ask: Ask{Headers: harness.Header{{Name: "X-Version", Value: "2"}}}},
		},
	} {
		got, err := Parse("p.yaml", []byte(c.text), nil)
		if got.lines = nil; err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v\nwant\n%+v", name, got, err, c.want)
		}
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	t.Setenv("CORSPROOF_TEST_ORIGIN", "https://b.test")
	if err := os.WriteFile(path, []byte("target: https://a.test\norigins: [\"${CORSPROOF_TEST_ORIGIN}\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := Read(path); err != nil || p.Origins.List[0] != "https://b.test" {
		t.Errorf("%+v, %v", p, err)
	}
	_, err := Read(path + ".not")
	if !errors.Is(err, fs.ErrNotExist) || Faults(err) != nil || !strings.HasPrefix(err.Error(), "policy: open ") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestVariables(t *testing.T) {
	env := map[string]string{"HOST": "b.test", "EMPTY": "", "YAML": `x"]: {}` + "\n- y", "A_1": "${HOST}"}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	for text, want := range map[string]string{
		"v${EMPTY}w":         "vw",
		"${HOST}":            "b.test",
		"${HOST}${HOST}":     "b.testb.test",
		"${A_1}":             "${HOST}", // a value is not expanded again
		"${YAML}":            "x\"]: {}\n- y",
		"$${HOST}":           "${HOST}",
		"$$${HOST}":          "$${HOST}",
		"$HOST $ $$ {HOST}}": "$HOST $ $$ {HOST}}",
	} {
		r := &reader{lookup: lookup, unsaid: map[string]bool{}}
		if got := r.expand("at", text); got != want || len(r.faults.list) > 0 {
			t.Errorf("%s: %q, %v; want %q", text, got, r.faults.list, want)
		}
	}
	for text, problem := range map[string]string{
		"${NOT}":  "the variable NOT is not set in the environment",
		"${HOST":  "want ${NAME} for a variable, or $${ for the text ${",
		"${}":     "want ${NAME} for a variable, or $${ for the text ${",
		"${1A}":   "want ${NAME} for a variable, or $${ for the text ${",
		"${A:-b}": "want ${NAME} for a variable, or $${ for the text ${",
	} {
		r := &reader{lookup: lookup, unsaid: map[string]bool{}}
		if got := r.expand("at", text); got != "" || len(r.faults.list) != 1 || r.faults.list[0].Problem != problem {
			t.Errorf("%s: %q, %v; want %q", text, got, r.faults.list, problem)
		}
	}
}

// A value that looks like YAML stays one text.
func TestVariablesInjectNothing(t *testing.T) {
	evil := "x\"\ncredentials: true\norigins: any\n#"
	p, err := Parse("p.yaml", []byte("target: https://a.test\norigins: none\nask: {headers: {X-A: \"${EVIL}\"}}\n"),
		func(string) (string, bool) { return evil, true })
	if p.Credentials != nil || err == nil || !strings.Contains(err.Error(), "ask.headers.X-A: its value has a character that no header can carry") {
		t.Errorf("%+v, %v", p, err)
	}
}
