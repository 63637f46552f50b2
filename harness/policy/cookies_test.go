package policy

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestCookies(t *testing.T) {
	const text = "target: https://api.acme.com\norigins: any\nask: {cookies: {sid: \"${SID}\", lax: \"a=b; SameSite=Lax; Path=/v1; HttpOnly\", n: 1}}\n"
	p, err := Parse("p.yaml", []byte(text), func(string) (string, bool) { return "s3cret", true })
	want := harness.Header{{Name: "sid", Value: "s3cret"}, {Name: "lax", Value: "a=b; SameSite=Lax; Path=/v1; HttpOnly"}, {Name: "n", Value: "1"}}
	if err != nil || !reflect.DeepEqual(p.Ask.Cookies, want) {
		t.Fatalf("%v, %v; want %v", p.Ask.Cookies, err, want)
	}
	for name, v := range map[string]any{"the policy": p, "how to ask": p.Ask} {
		document, err := json.Marshal(v)
		if err != nil || strings.Contains(string(document), "s3cret") || strings.Contains(string(document), "a=b") ||
			!strings.Contains(string(document), `"cookies":{"lax":"(hidden); SameSite=Lax; Path=/v1; HttpOnly","n":"(hidden)","sid":"(hidden)"}`) {
			t.Errorf("%s: %s, %v", name, document, err)
		}
	}
	if got := p.Redacted().Ask.Cookies[1].Value; got != "(hidden); SameSite=Lax; Path=/v1; HttpOnly" {
		t.Errorf("redacted: %s", got)
	}
	if p.Ask.Cookies[0].Value != "s3cret" {
		t.Error("the policy itself was changed")
	}
}

func TestCookieFaults(t *testing.T) {
	for _, c := range []struct{ scheme, name, value, want string }{
		{"https", "sid", "abc", ""},
		{"https", "sid", "", ""},
		{"https", "sid", `"abc"`, ""},
		{"https", "sid", "abc;", ""},
		{"https", "sid", "abc; samesite=lax ;secure", ""},
		{"https", "sid", "abc; Domain=acme.com", ""},
		{"https", "sid", "abc; Domain=.api.acme.com", ""},
		{"https", "__Host-sid", "abc; Path=/", ""},
		{"http", "sid", "abc", ""},
		{"https", "s id", "abc", "not the name of a cookie: want an HTTP token"},
		{"https", "sid", "a b", "its value has a character that no cookie can carry: remove spaces, commas, quotation marks and backslashes"},
		{"https", "sid", "a,b", "its value has a character that no cookie can carry: remove spaces, commas, quotation marks and backslashes"},
		{"https", "sid", `"a`, "its value has a character that no cookie can carry: remove spaces, commas, quotation marks and backslashes"},
		{"https", "sid", `"`, "its value has a character that no cookie can carry: remove spaces, commas, quotation marks and backslashes"},
		{"https", "sid", "ü", "its value has a character that no cookie can carry: remove spaces, commas, quotation marks and backslashes"},
		{"https", "sid", "abc; Same-Site=Lax", "no such attribute: want Domain, HttpOnly, Path, SameSite, Secure; did you mean SameSite?"},
		{"https", "sid", "abc; =x", "no such attribute: want Domain, HttpOnly, Path, SameSite, Secure"},
		{"https", "sid", "abc; Max-Age=5", "the browser holds the cookie during the whole run: remove Expires and Max-Age"},
		{"https", "sid", "abc; SameSite=Laxx", "want SameSite=Strict, SameSite=Lax or SameSite=None; did you mean SameSite=Lax?"},
		{"https", "sid", "abc; SameSite", "want SameSite=Strict, SameSite=Lax or SameSite=None"},
		{"https", "sid", "abc; Path=v1", "want a Path that begins with a slash"},
		{"https", "sid", "abc; Domain=evil.test", "the target cannot set a cookie for that Domain"},
		{"https", "sid", "abc; Domain=", "the target cannot set a cookie for that Domain"},
		{"https", "sid", "abc; Secure=true", "Secure has no value"},
		{"https", "sid", "abc; SameSite=None", "browsers keep SameSite=None only with Secure; did you mean SameSite=None; Secure?"},
		{"https", "sid", "abc; Partitioned", "a partitioned cookie is only for the pages of one site, and the pages of all sites need this one: remove Partitioned"},
		{"http", "__Secure-sid", "abc", "browsers keep a cookie of that name only with Secure"},
		{"https", "__host-sid", "abc; Path=/v1", "browsers keep a __Host- cookie only without Domain and with Path=/"},
	} {
		p := Policy{
			Target: c.scheme + "://api.acme.com", Rules: Rules{Origins: Origins{Any: true}},
			Ask: Ask{Cookies: harness.Header{{Name: c.name, Value: c.value}}},
		}
		want := c.want
		if want != "" {
			want = "ask.cookies." + c.name + ": " + want
		}
		got := ""
		if err := p.Validate(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s=%s on %s:\n%s\nwant\n%s", c.name, c.value, c.scheme, got, want)
		}
	}
}

func TestACookieTwice(t *testing.T) {
	p := Policy{
		Target: "https://api.acme.com", Rules: Rules{Origins: Origins{Any: true}},
		Ask: Ask{Cookies: harness.Header{{Name: "sid", Value: "1"}, {Name: "SID", Value: "2"}, {Name: "sid", Value: "3"}}},
	}
	const want = "ask.cookies.sid: the cookie stands twice"
	if err := p.Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
