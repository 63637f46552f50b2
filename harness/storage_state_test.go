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

// Browsers hold values that servers should not send. A name alone, or a control character, is
// no cookie.
func TestHeldCookieValues(t *testing.T) {
	for line, want := range map[string]string{`a={"b":1, "c": "d e"}; Path=/`: `{"b":1, "c": "d e"}`, `a="quoted"`: "quoted", "a=1,2": "1,2", "a=": "", "a=\x01": "", "a": ""} {
		held, err := heldCookies([]SetCookie{{URL: "https://a.test", Line: line}})
		refused := line == "a" || strings.Contains(line, "\x01")
		if (err != nil) != refused || err == nil && held[0].Value != want {
			t.Errorf("%s: %+v, %v", line, held, err)
		}
	}
}

// Faults are told all at once, without the value of a cookie.
func TestStorageStateFaults(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:  "not a storage state",
		`{}`:  `want a JSON object with the key "cookies"`,
		`{"c`: "not a storage state",
		`{"cookies": [{"name": "a b", "value": "s3cret", "domain": "x.test"}, {"name": "b", "value": "s3;cret", "domain": "x.test"}, {"name": "c", "value": "s3cret"}]}`: "cookie 1, \"a b\": its name is not an HTTP token\ncookie 2, \"b\": its value begins or ends with a space, or has a semicolon or a control character\ncookie 3, \"c\": it has no domain",
	} {
		if _, _, err := StorageState([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
