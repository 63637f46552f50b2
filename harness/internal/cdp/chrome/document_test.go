package chrome

import "testing"

// Chrome takes 'self' for the origin that really served the document.
func TestOwnPolicies(t *testing.T) {
	for _, c := range []struct{ origin, headers, want string }{
		{"https://app.test", "", ""},
		{"https://app.test", `[["Content-Security-Policy","connect-src 'self' https://a.test; img-src 'SELF'"]]`,
			`[["Content-Security-Policy","connect-src https://app.test wss://app.test https://a.test; img-src https://app.test wss://app.test"]]`},
		{"http://app.test:8080", `[["content-security-policy-report-only","default-src 'self'"]]`,
			`[["content-security-policy-report-only","default-src http://app.test:8080 ws://app.test:8080"]]`},
		{"https://app.test", `[["X-Other","'self'"]]`, `[["X-Other","'self'"]]`},
	} {
		got, err := ownPolicies(c.headers, c.origin)
		if err != nil || got != c.want {
			t.Errorf("%s at %s: %s, %v; want %s", c.headers, c.origin, got, err, c.want)
		}
	}
	if _, err := ownPolicies("no JSON", "https://app.test"); err == nil {
		t.Error("headers that are no JSON are taken")
	}
}
