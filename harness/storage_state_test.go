package harness

import (
	"slices"
	"strings"
	"testing"
)

// The cookies of a storage state are held as a server would have set them; expired ones are
// named.
func TestStorageState(t *testing.T) {
	cookies, expired, err := StorageState([]byte(`{"cookies": [
		{"name": "sid", "value": "abc", "domain": ".acme.com", "path": "/v1", "expires": -1, "httpOnly": true, "secure": true, "sameSite": "None"},
		{"name": "dev", "value": "1", "domain": "localhost", "path": "/", "expires": 32503680000, "httpOnly": false, "secure": false, "sameSite": "Lax"},
		{"name": "old", "value": "1", "domain": "acme.com", "path": "/", "expires": 1600000000, "secure": true}
	], "origins": [{"origin": "https://app.acme.com", "localStorage": [{"name": "token", "value": "x"}]}]}`))
	want := []SetCookie{
		{URL: "https://acme.com/", Line: "sid=abc; Secure; Domain=acme.com; Path=/v1; HttpOnly; SameSite=None"},
		{URL: "http://localhost/", Line: "dev=1; Path=/; SameSite=Lax"},
	}
	same := slices.EqualFunc(cookies, want, func(a, b SetCookie) bool { return a.URL == b.URL && a.Line == b.Line })
	if err != nil || !same || !slices.Equal(expired, []string{"old"}) {
		t.Errorf("%+v, %v, %v", cookies, expired, err)
	}
	if _, err := heldCookies(cookies); err != nil {
		t.Error(err)
	}
}

// Faults are told all at once, without the value of a cookie.
func TestStorageStateFaults(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:  "not a storage state",
		`{}`:  `want a JSON object with the key "cookies"`,
		`{"c`: "not a storage state",
		`{"cookies": [{"name": "a b", "value": "s3cret", "domain": "x.test"}, {"name": "b", "value": "s3 cret", "domain": "x.test"}, {"name": "c", "value": "s3cret"}]}`: "cookie 1, \"a b\": its name is not an HTTP token\ncookie 2, \"b\": its value has a character that no cookie can carry\ncookie 3, \"c\": it has no domain",
	} {
		if _, _, err := StorageState([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
