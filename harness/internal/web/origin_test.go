package web

import "testing"

func TestSameSite(t *testing.T) {
	tests := []struct {
		a, b                     string
		origin, schemeless, site bool
	}{
		{"https://app.test", "https://app.test", true, true, true},
		{"https://app.test", "https://app.test:8443", false, true, true},
		{"https://app.test", "http://app.test", false, true, false},
		{"https://app.test", "https://api.test", false, false, false},
		{"https://a.example.com", "https://b.example.com", false, true, true},
		{"https://a.github.io", "https://b.github.io", false, false, false},
		{"https://github.io", "https://a.github.io", false, false, false},
		{"https://a.test.", "https://a.test", false, false, false},
		{"https://127.0.0.1", "https://127.0.0.1:1", false, true, true},
		{"https://127.0.0.1", "https://10.0.0.1", false, false, false},
		{"https://[::ffff:1.2.3.4]", "https://[::ffff:5.6.3.4]", false, false, false},
		{"https://localhost", "https://a.localhost", false, false, false},
		{"null", "null", false, false, false},
	}
	for _, test := range tests {
		a, b := ParseOrigin(test.a), ParseOrigin(test.b)
		if SameOrigin(a, b) != test.origin || SchemelesslySameSite(a, b) != test.schemeless || SameSite(a, b) != test.site {
			t.Errorf("%s, %s: %v %v %v", a, b, SameOrigin(a, b), SchemelesslySameSite(a, b), SameSite(a, b))
		}
	}
}
