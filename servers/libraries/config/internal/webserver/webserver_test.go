package webserver

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

func TestQuote(t *testing.T) {
	for _, c := range []struct {
		s    Server
		text string
		want string
	}{
		{Nginx, `^https://a\.test$`, `"^https://a\.test$"`},
		{Nginx, `a\t"b\`, `"a\\t\"b\\"`}, // nginx reads \t as a tab
		{Apache, `a\\b`, `"a\\\b"`},      // the second one is no escape
		{HAProxy, `it's`, `'it'\''s'`},
		{Varnish, `a\.b`, `"a\.b"`},
		{Varnish, `a"b`, `{"a"b"}`},
	} {
		if got := c.s.Quote(c.text); got != c.want {
			t.Errorf("%s quotes %s as %s, want %s", c.s.Name, c.text, got, c.want)
		}
	}
}

func policy(mode contract.Mode, null bool, values ...string) contract.Policy {
	yes := true
	return contract.Policy{
		Kind: contract.Intent, Credentials: &yes,
		Origins: contract.Origins{Mode: mode, Values: values, AllowNull: null},
	}
}

func TestRulesOfSubdomains(t *testing.T) {
	r := NewRules(policy(contract.Subdomains, true, "https://example.test:8443"))
	want := []string{`^https://[a-z0-9-]+\.example\.test:8443$`, "^null$"}
	if !slices.Equal(r.Patterns, want) || r.Origins != nil {
		t.Errorf("patterns %q and origins %q, want %q and none", r.Patterns, r.Origins, want)
	}
}

func TestRulesNeverAllowCredentialsForAny(t *testing.T) {
	if r := NewRules(policy(contract.AnyOrigin, false)); r.Credentials || !r.Any || r.Varies() {
		t.Errorf("credentials %t, any %t, varies %t; want any alone", r.Credentials, r.Any, r.Varies())
	}
}

func TestRulesRepeatNamesWithCredentials(t *testing.T) {
	p := policy(contract.List, false, "https://a.test")
	p.Methods, p.RequestHeaders, p.ExposeHeaders = contract.Names{"*"}, contract.Names{"*"}, contract.Names{"*"}
	if r := NewRules(p); !r.RepeatMethod || !r.RepeatHeaders || !r.ExposeAll || r.Expose != "" {
		t.Errorf("with credentials: %+v", r)
	}
	p.Credentials = nil
	if r := NewRules(p); r.RepeatHeaders || r.Headers != "*, Authorization" || r.Expose != "*" {
		t.Errorf("without credentials: %+v", r)
	}
}

func TestCopiedPatternKeepsVerbatimStrings(t *testing.T) {
	p := policy(contract.List, false, "https://*.a.test")
	if c := NewCopied(p); c.Pattern != `(https://\*\.a\.test)` {
		t.Errorf("intent: %s", c.Pattern)
	}
	p.Kind = contract.Verbatim
	if c := NewCopied(p); c.Pattern != "(https://*.a.test)" {
		t.Errorf("verbatim: %s", c.Pattern)
	}
}

// A second socket can listen on a reserved port, and no other program gets it.
func TestReserve(t *testing.T) {
	port, release, err := reserve()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if other, release, err := reserve(); err != nil || other == port {
		t.Errorf("reserved port %d again: %v", other, err)
	} else {
		release()
	}
}

func TestBehind(t *testing.T) {
	routes := httptest.NewServer((&adapter.App{}).Mux())
	defer routes.Close()
	p := policy(contract.List, false, "https://app.example.test")
	if got, err := behind(p, routes.URL); err != nil || got != routes.URL {
		t.Errorf("one layer: %s, %v", got, err)
	}
	p.Layers = contract.BothLayers
	application, err := behind(p, routes.URL)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest("GET", application+"/ok", nil)
	request.RequestURI = ""
	request.Header.Set("Origin", "https://app.example.test")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header["Access-Control-Allow-Origin"]; answer.StatusCode != 200 || !slices.Equal(got, []string{"https://app.example.test"}) {
		t.Errorf("two layers: %d %v", answer.StatusCode, answer.Header)
	}
}
