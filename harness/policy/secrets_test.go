package policy

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestSecrets(t *testing.T) {
	p := Policy{
		values: []string{"", "from the environment", "abc"},
		Ask: Ask{Headers: harness.Header{
			{Name: "Authorization", Value: "Bearer abc"}, {Name: "X-Api-Key", Value: "1234"}, {Name: "X-Tenant", Value: "acme"}, {Name: "Cookie", Value: "sid=55; theme=dark"},
		}},
	}
	want := []string{"from the environment", "sid=55; theme=dark", "Bearer abc", "theme=dark", "1234", "dark", "abc", "55"}
	if got := p.Secrets(); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (Policy{}).Secrets(); len(got) != 0 {
		t.Errorf("without any: %q", got)
	}
}

func TestRedacted(t *testing.T) {
	p := Policy{Ask: Ask{Headers: harness.Header{{Name: "Authorization", Value: "Bearer abc"}, {Name: "X-Tenant", Value: "acme"}}}}
	want := harness.Header{{Name: "Authorization", Value: "(hidden)"}, {Name: "X-Tenant", Value: "acme"}}
	if got := p.Redacted().Ask.Headers; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if p.Ask.Headers[0].Value != "Bearer abc" {
		t.Error("the policy itself was changed")
	}
	document, err := json.Marshal(p)
	if err != nil || strings.Contains(string(document), "abc") {
		t.Errorf("%s, %v", document, err)
	}
}

// A list of probes can be written as JSON.
func TestProbesTellNoSecrets(t *testing.T) {
	p, err := Parse("example.yaml", []byte(example), token)
	if err != nil {
		t.Fatal(err)
	}
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(probes)
	if err != nil || strings.Contains(string(document), "s3cret") || !strings.Contains(string(document), `["Authorization","(hidden)"]`) {
		t.Errorf("%.2000s, %v", document, err)
	}
	if probes[0].Steps[0].Request.Headers[0].Value != "Bearer s3cret" {
		t.Error("the probes themselves were changed")
	}
}

// A fault never contains a secret of a broken policy. In the input, "..." stands for the
// secret.
func TestFaultsTellNoSecrets(t *testing.T) {
	const secret = "S3CR3T"
	for _, text := range []string{
		// the broken text stands before, in, beside and after the secret
		"origin: x\nask: {headers: {Authorization: \"Bearer ...\"}}",
		"ask: {headers: {Authorization: \"Bearer ...\"}, unsafe: x}",
		"ask: {headers: {Cookie: \"sid=...\"}}",
		"ask: {headers: {X-Anything: \"...\\n\"}}",
		"ask: {headers: {X-Anything: [\"...\"]}}",
		"ask: {headers: {X-Anything: {a: \"...\"}}}",
		"ask: {headers: [\"Authorization: ...\"]}",
		"ask: {headers: [\"...\"]}",
		"ask: {headers: \"Authorization: ...\"}",
		"ask: {headers: \"...\"}",
		"target: x\ntoken:\n  ...: x\n  y: ...",
		"token:\n- ...\n- x: ...",
		"ask:\n  headers:\n  - ...: x",
		"ask: {headers: {\"Authorization: ...\": x}}",
		"ask: {headers: {\"Authorization: ...\": [x]}}",
		"ask: {header: {Authorization: \"...\"}}",
		"ask: {Authorization: \"...\"}",
		"ask: {token: \"...\", Token: \"...\"}",
		"ask: {headers: {X-A: \"...\", X-A: \"...\"}}",
		"headers: {X-A: \"...\"}",
		"Authorization: Bearer ...",
		"requestHeaders: [\"Authorization: Bearer ...\"]",
		"requestHeaders: [Authorization: Bearer ...]",
		"requestHeaders:\n- Authorization: Bearer ...",
		"requestHeaders: \"Authorization: Bearer ...\"",
		"target: https://me:...@a.test",
		"target: https://...@a.test",
		"origins: [https://me:...@a.test]",
		"origins: https://me:...@a.test",
		"resources: [{path: \"https://me:...@a.test/\"}]",
		"resources: [\"/a?api_key=...\"]",
		"resources: [{path: \"a?api_key=...\"}]",
		"origins: x # Authorization: ...",
		"ask:\n  headers:\n    Authorization: >-\n      Bearer\n      ...\n  unsafe: x",
		"ask:\n  headers: &h\n    X-A: !!str ...\n  header: *h\n  rate: *h",
		"ask: {cookies: {sid: \"...; SameSite=None\"}}",
		"ask: {cookies: {sid: \"... x\", sid: \"...\"}, unsafe: x}",
		"ask: {cookies: [\"sid=...\"]}",
		"ask: {cookies: \"sid=...\"}",
		"ask: {cookies: {sid: [\"...\"]}}",
		"ask: {cookie: {sid: \"...\"}}",
		"cookies: {sid: \"...\"}",
		"origins: x # cookies: ...",
		// comments behind values, and values of several lines
		"ask:\n  headers:\n    X-A: \"x\\\"...\" # was ...\n    X-B: [x] # ...\n  # ...\n  unsafe: x",
		"ask:\n  headers: {X-A: 'it''s ...', X-B: [x]} # ...",
		"ask:\n  headers: {X-A: x # ...\n    , X-B: [x]}",
		"ask:\n  headers:\n    X-A: x\n      ...\n    X-B: [x]\n  unsafe: x",
		"ask:\n  headers:\n    X-A: \"x\n      ...\"\n    X-B: ['...\n      ...']\n  unsafe: x",
		"ask:\n  headers:\n    X-A: &a ...\n    X-B: !!str ...\n    X-C: [*a]\n  unsafe: x",
		"ask: {header: {X-A: \"...\"}, hedaers: [\"...\"], cookeis: \"...\"}",
		// texts that are not YAML
		"ask:\n  cookies:\n    sid: ...: x",
		"ask:\n  cookies: {sid: \"...\"",
		"ask:\n  headers:\n    Authorization: >-\n      ...\n   bad: x",
		"ask:\n  headers:\n    Authorization: Bearer\n      ...: x: y",
		"ask:\n  headers:\n    X-A: ...: x",
		"ask:\n  headers:\n    Authorization: \"Bearer ...",
		"ask:\n  headers: {Authorization: \"Bearer ...\"",
		"{\"ask\": {\"headers\": {\"Authorization\":\n\"...\" x}}}",
		"{\"ask\": {\"headers\": {\n\"Authorization\":\n\"...\"}} x}",
		"ask: {headers: {X-A: *...}}",
		"ask: {headers: {X-A: @...}}",
		"target: https://me:...@a.test: x",
		"Authorization: ...\n\tx",
		"ask: {headers: {X-A: \"...\x01\"}}",
		"ask: {headers: {X-A: \"...\\q\"}}",
		"ask: {headers: {X-A: !<... x}}",
		// values from the environment
		"target: \"${SECRET}\"",
		"target: \"https://${SECRET}.test/\"",
		"target: \"https://a.test/${SECRET}\"",
		"origins: [\"https://${SECRET}.test/\", \"https://${SECRET}.test/\"]",
		"origins: \"${SECRET}\"",
		"origins: {subdomains: [\"https://*.${SECRET}.test\"]}",
		"methods: [\"${SECRET}x\", \"${SECRET},PUT\", \"(${SECRET}\"]",
		"methods: \"${SECRET}\"",
		"requestHeaders: [\"X ${SECRET}\", \"X: ${SECRET}\"]",
		"maxAge: ${SECRET}",
		"credentials: ${SECRET}",
		"resources: [{path: \"${SECRET}\"}, {path: \"/${SECRET}#\"}, {path: \"/../${SECRET}\"}]",
		"ask: {unsafe: \"${SECRET}\", rate: \"${SECRET}\", timeLimit: \"${SECRET}\", concurrency: \"${SECRET}\"}",
		"ask: {headers: {X-A: \"${SECRET}ü€\"}}",
		"ask: {cookies: {sid: \"${SECRET} x\", b: \"b; Path=${SECRET}; SameSite=${SECRET}; ${SECRET}\"}}",
	} {
		text = strings.ReplaceAll(text, "...", secret)
		_, err := Parse("p.yaml", []byte(text), func(name string) (string, bool) { return secret, name == "SECRET" })
		if err == nil {
			t.Errorf("%q has no fault", text)
			continue
		}
		if strings.Contains(strings.ToUpper(err.Error()), secret) {
			t.Errorf("%q tells:\n%v", text, err)
		}
	}
}

// Where in a line a secret may begin: the first of all places.
func TestSecretBegin(t *testing.T) {
	for line, want := range map[string]int{
		"origins: any": -1, "": -1, "X-Api-Key: 1, headers: {X: 1}": 10, "{headers: {X-Api-Key: 1}}": 9, "cookies: {sid: 1}": 8, "my-headers: 1": -1, "Authorization: Bearer": 14,
	} {
		if got := secretBegin(line); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
}
