package policy

import (
	"encoding/json"
	"strings"
	"testing"
)

// The secret parameters of paths are hidden where probes are shown, and are asked with.
func TestRedactorHidesParametersOfPaths(t *testing.T) {
	const text = "target: https://api.acme.com\norigins: [\"https://app.acme.com\"]\nresources:\n- path: /s?token=s3cret-1&page=1\n- path: /s?token=s3cret-2&page=1\n- path: /s?token=${TOKEN}&page=1\n"
	p, err := Parse("p.yaml", []byte(text), func(string) (string, bool) { return "s3cret-3", true })
	if err != nil {
		t.Fatal(err)
	}
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(probes)
	if err != nil {
		t.Fatal(err)
	}
	redacted := p.Redactor().Redact(string(document))
	if strings.Contains(redacted, "s3cret") {
		t.Errorf("a secret is left in %s", redacted)
	}
	for _, want := range []string{`/s?token=(hidden)\u0026page=1`, `/s?token=(hidden 2)\u0026page=1`, `/s?token=${TOKEN}\u0026page=1`} {
		if !strings.Contains(redacted, want) {
			t.Errorf("%s is not in it: %s", want, redacted)
		}
	}
	keys := map[string]bool{}
	for _, probe := range probes {
		keys[probe.ID+" "+p.Redactor().Redact(probe.Key)] = true
	}
	if len(keys) != len(probes) {
		t.Errorf("%d probes have %d keys in a report", len(probes), len(keys))
	}
	if url := probes[0].Steps[0].Request.URL; url != "https://api.acme.com/s?token=s3cret-1&page=1" {
		t.Errorf("asked for %s", url)
	}
	if document, err := json.Marshal(p); err != nil || strings.Contains(string(document), "s3cret-1") {
		t.Errorf("%s, %v", document, err)
	}
	for _, text := range []string{"target: https://api.acme.com/?token=s3cret\norigins: any\n", "target: https://a.test\norigins: any\nresources: [{path: \"s?x=eyJhbGciOi.eyJzdWIi.s3cret\"}]\n"} {
		if _, err := Parse("p.yaml", []byte(text), nil); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the fault tells the secret: %v", err)
		}
	}
}
