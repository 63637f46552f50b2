package harness

import (
	"strings"
	"testing"
)

// A login that did not help is told as such, and one that helped is not.
func TestLoginThatWasRefused(t *testing.T) {
	const refused, unasked = "the server refused the name and the password", "does not ask for them by Basic or Digest"
	for name, test := range map[string]struct {
		user       string
		status     int
		challenges []string
		want       string
	}{
		"Basic":           {"ann", 401, []string{"Basic realm=x"}, refused},
		"Digest, later":   {"ann", 401, []string{`Bearer realm="Basic"`, `Negotiate, digest realm=x, nonce="n"`}, refused},
		"another scheme":  {"ann", 401, []string{`Bearer realm="a, b"`}, unasked},
		"no challenge":    {"ann", 401, nil, unasked},
		"it helped":       {"ann", 200, nil, ""},
		"no login at all": {"", 401, []string{"Basic realm=x"}, ""},
	} {
		e := Exchange{Kind: ActualRequest, Method: "GET", URL: "https://api.test/", Sent: true, Status: test.status}
		for _, c := range test.challenges {
			e.ResponseHeaders = append(e.ResponseHeaders, Field{"www-authenticate", c})
		}
		login := Observation{Request: HTTPLogin(e.URL, test.user, "s3cret"), Verdict: Readable, Exchanges: []Exchange{e}}
		text := Observation{Request: Request{From: "https://app.test", URL: e.URL}, Before: []Observation{login}}.String()
		for _, said := range []string{refused, unasked} {
			if strings.Contains(text, said) != (said == test.want) {
				t.Errorf("%s: want %q in\n%s", name, test.want, text)
			}
		}
	}
}
