package policy

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestRedactor(t *testing.T) {
	const text = "target: https://${HOST}\norigins: [\"https://${APP}\", \"https://${PORT}\"]\nask:\n  headers: {Authorization: \"Bearer ${TOKEN}\", X-Api-Key: k3yk3y, X-Tenant: acme}\n  cookies: {sid: \"${SID}; SameSite=Lax\", theme: dark}\n"
	values := map[string]string{"HOST": "api.acme.com", "APP": "app.api.acme.com", "PORT": "api.acme.com:8443", "TOKEN": `a/b "c"`, "SID": "55"}
	p, err := Parse("p.yaml", []byte(text), func(name string) (string, bool) { value, ok := values[name]; return value, ok })
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":                                "",
		"nothing":                         "nothing",
		"https://api.acme.com/v1":         "https://api.acme.com/v1", // the target, which every report shows
		"https://app.api.acme.com":        "https://${APP}",
		"https://api.acme.com:8443":       "https://${PORT}", // the longest
		"x app.api.acme.com api.acme.com": "x ${APP} api.acme.com",
		`Bearer a/b "c"`:                  "(hidden)",
		`<a/b "c">`:                       "<${TOKEN}>", // the name of the variable, not (hidden)
		"?t=a%2Fb+%22c%22&":               "?t=${TOKEN}&",
		"/a%2Fb%20%22c%22/":               "/${TOKEN}/",
		"?t=a/b%20%22c%22&":               "?t=${TOKEN}&", // as Chrome writes a query
		`{"t":"a/b \"c\""}`:               `{"t":"${TOKEN}"}`,
		"k3yk3y":                          "(hidden)",
		"acme":                            "acme", // no secret
		"theme=dark":                      "theme=(hidden)",
		"sid=55":                          "sid=55", // too short
	} {
		if got := p.Redactor().Redact(text); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	if got := (Redactor{}).Redact("api.acme.com"); got != "api.acme.com" {
		t.Errorf("the zero Redactor makes it %s", got)
	}
}

// Browsers encode less than Go does, and in a query less than in a path.
func TestRedactorOfURLsOfBrowsers(t *testing.T) {
	p := Policy{Ask: Ask{Headers: harness.Header{{Name: "X-Api-Key", Value: "a/b c{d}é"}}}}
	for _, text := range []string{"https://a.test/?k=a/b%20c{d}%C3%A9&x=1", "https://a.test/a/b%20c%7Bd%7D%C3%A9/x"} {
		if got := p.Redactor().Redact(text); !strings.Contains(got, "(hidden)") {
			t.Errorf("%s still has the secret", got)
		}
	}
}

// The first variable gives a value its name, even if a later variable has the same value.
func TestRedactorOfOneValueTwice(t *testing.T) {
	const text = "target: https://${A}\norigins: [\"http://${B}\"]\n"
	p, err := Parse("p.yaml", []byte(text), func(string) (string, bool) { return "acme.com", true })
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Redactor().Redact("acme.com"); got != "acme.com" {
		t.Errorf("%s, and it is the target", got)
	}
	p, err = Parse("p.yaml", []byte("target: https://a.test\norigins: [\"http://${A}\", \"https://${B}\"]\n"), func(string) (string, bool) { return "acme.com", true })
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Redactor().Redact("acme.com"); got != "${A}" {
		t.Errorf("%s, want ${A}", got)
	}
}

// Addresses are shown; what stands in a query, in a header or in a cookie is not, wherever
// else it stands.
func TestAddressesAreShown(t *testing.T) {
	const text = "target: http://127.0.0.1:${PORT}\norigins: [\"http://localhost:${PORT}\"]\nresources: [{path: \"/${PATH}/x?k=${KEY}\"}, {path: \"/${TOKEN}\"}]\nask: {headers: {X-A: \"${TOKEN}\"}}\n"
	values := map[string]string{"PORT": "8123", "PATH": "things", "KEY": "k3yk3y", "TOKEN": "t0k3n"}
	p, err := Parse("p.yaml", []byte(text), func(name string) (string, bool) { value, ok := values[name]; return value, ok })
	if err != nil {
		t.Fatal(err)
	}
	const seen = "http://127.0.0.1:8123/things/x?k=k3yk3y http://localhost:8123 /t0k3n"
	if got := p.Redactor().Redact(seen); got != "http://127.0.0.1:8123/things/x?k=${KEY} http://localhost:8123 /${TOKEN}" {
		t.Error(got)
	}
}

// Redact removes every value that Secrets returns.
func TestRedactorKnowsEverySecret(t *testing.T) {
	p := Policy{
		values: []string{"from the environment", "abcd"}, names: map[string]string{"abcd": "A"},
		Ask: Ask{
			Headers: harness.Header{{Name: "Authorization", Value: "Bearer abcd"}, {Name: "X-Api-Key", Value: "12345"}},
			Cookies: harness.Header{{Name: "sid", Value: "555555; Path=/"}},
		},
	}
	secrets := p.Secrets()
	redacted := p.Redactor().Redact(strings.Join(secrets, "|"))
	for _, secret := range secrets {
		if strings.Contains(redacted, secret) {
			t.Errorf("%s is still in %s", secret, redacted)
		}
	}
	if len(secrets) != 6 {
		t.Errorf("%q, want 6", secrets)
	}
}

func BenchmarkRedact(b *testing.B) {
	p := Policy{Ask: Ask{Headers: harness.Header{{Name: "Authorization", Value: "Bearer " + strings.Repeat("x", 800)}}}}
	r, text := p.Redactor(), strings.Repeat("a line of the console, https://api.acme.com/v1/me ", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Redact(text)
	}
}

// Browsers write the names of headers, and hosts, in lower case.
func TestRedactorInLowerCase(t *testing.T) {
	p, err := Parse("p.yaml", []byte("target: https://api.acme.com\norigins: none\nask: {headers: {Authorization: 'Bearer ${TOKEN}'}}\n"),
		func(string) (string, bool) { return "Sup3rS3cret", true })
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Redactor().Redact("x-sup3rs3cret: http://sup3rs3cret.example/ Sup3rS3cret"); strings.Contains(strings.ToLower(got), "sup3r") {
		t.Error(got)
	}
}

// Of two secrets that begin in the same way, the longer one is hidden whole.
func TestRedactorTakesTheLongest(t *testing.T) {
	p := Policy{values: []string{"abcd", "abcdefgh"}, names: map[string]string{"abcd": "SHORT", "abcdefgh": "LONG"}}
	if got := p.Redactor().Redact("abcdefgh abcd"); got != "${LONG} ${SHORT}" {
		t.Error(got)
	}
}
