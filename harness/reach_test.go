package harness

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// All fields that say how Chrome is started are judged at once.
func TestBrowserValidate(t *testing.T) {
	b := Browser{Cookies: []SetCookie{{URL: "x", Line: "sid=s3cret"}}, Resolve: []string{"api.test:443", "api.test:443:127.0.0.1", "*:1:1.1.1.1"}, HTTP3: []string{"api.test", "api.test:443"}}
	err := b.Validate()
	for _, want := range []string{`cookies "sid"`, `resolve "api.test:443": want HOST:PORT:ADDRESS`, `resolve "*:1:1.1.1.1": want one host`, `http3 "api.test": want HOST:PORT`} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	if _, err := b.Transport(); err == nil {
		t.Error("Transport has no fault")
	}
	if err := (&Browser{}).Validate(); err != nil {
		t.Errorf("the zero Browser: %v", err)
	}
}

func TestUserAgentNamesWhatItReaches(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	b := &Browser{Resolve: []string{"api.test:443:127.0.0.1"}}
	b.CA = append(b.CA, server.Certificate())
	u := b.userAgent(&fakeBrowser{})
	c := u.Chrome()
	if len(u.Trusts) != 1 || !strings.HasPrefix(u.Trusts[0], "O=Acme Co (SHA-256 ") || u.Resolve[0] != b.Resolve[0] || len(c.Trusts) != 1 || len(c.Resolve) != 1 {
		t.Errorf("%+v, %+v", u, c)
	}
	text := Observation{Request: Request{From: "https://a.test", URL: "https://api.test/"}, Browser: u}.String()
	if !strings.Contains(text, "reached    with api.test:443:127.0.0.1instead of the address that DNS gives") || !strings.Contains(text, "need not trust: O=Acme Co") {
		t.Errorf("transcript\n%s", text)
	}
}

// Chrome asks its user for a name where a request carries credentials.
func TestMayWantLogin(t *testing.T) {
	const app, api = "https://app.test", "https://api.test/"
	for name, test := range map[string]struct {
		r    Request
		want bool
	}{
		"across origins":               {Request{From: app, URL: api}, false},
		"across origins, include":      {Request{From: app, URL: api, Credentials: Include}, true},
		"across origins, XHR, include": {Request{From: app, URL: api, Via: ViaXHR, Credentials: Include}, true},
		"of its own":                   {Request{From: app, URL: app + "/"}, true},
		"of its own, omit":             {Request{From: app, URL: app + "/", Credentials: Omit}, false},
		"opaque":                       {Request{From: OpaqueOrigin, URL: app + "/"}, false},
		"an image":                     {Request{From: app, URL: api, Via: ViaImage}, true},
		"a frame":                      {Request{From: app, URL: api, Via: ViaIframe}, true},
		"a beacon":                     {Request{From: app, URL: api, Via: ViaBeacon}, false},
		"a login":                      {HTTPLogin(api+"me?a=b", "ann", "p"), true},
	} {
		if got := test.r.mayWantLogin(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if r := HTTPLogin(api+"me?a=b", "ann", "p"); r.From != "https://api.test" || r.Validate() != nil {
		t.Errorf("%+v, %v", r, r.Validate())
	}
}
