package policy

import (
	"strings"
	"testing"
)

// No text causes a panic; a fault has its place and contains no secret; a text without a
// fault raises probes.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		example, "", "a: b", "- a", "origins: *", "target: https://a.test\norigins: any\n", "{\"target\": \"https://a.test\", \"origins\": []}",
		"x: &x [*x]\norigins: *x", "resources: &r\n- path: /\n  <<: *r", "? {a: b}\n: c", "\xff", "a: \x01", "\ufefftarget: |\n  x\n", "a: 1\n---\nb: 2",
		"target: https://a.test\norigins: {subdomains: [https://b.test]}\nresources: [{path: /a, methods: any, maxAge: 60, exposeHeaders: any}]\n",
		"ask:\n  headers:\n    Authorization: >-\n      Bearer\n      x\n  unsafe: x", "target: $${x}\norigins: [\"${API_TOKEN}\"]\r\nmethods: [\"a\u2028b\"]",
	} {
		f.Add([]byte(text))
	}
	const secret = "S3CR3T-fr0m-env"
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("p.yaml", data, func(string) (string, bool) { return secret, true })
		if err == nil {
			if probes, err := p.Probes(); err != nil || len(probes) == 0 {
				t.Fatalf("%q: %d probes, %v", data, len(probes), err)
			}
			return
		}
		if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(secret)) {
			t.Fatalf("%q tells: %v", data, err)
		}
		faults := Faults(err)
		if len(faults) == 0 {
			t.Fatalf("%q: an error without faults: %v", data, err)
		}
		for _, fault := range faults {
			if fault.File != "p.yaml" || fault.Line < 1 || fault.Column < 1 || fault.Problem == "" || !strings.HasSuffix(fault.Excerpt, "^") {
				t.Fatalf("%q: %+v", data, fault)
			}
		}
	})
}
