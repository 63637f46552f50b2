package oracle

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// Whether an exchange includes credentials.
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func TestCredentialsUnderEmbedderPolicies(t *testing.T) {
	page := func(r harness.Request, policy string) harness.Request {
		r.PageHeaders = headers("COEP: " + policy)
		r.Credentials = harness.Include
		return r
	}
	for name, test := range map[string]struct {
		row  row
		want string // of each exchange
	}{
		"include":                                   {row{request: withCookies}, "yes"},
		"the default, another origin":               {row{}, "no"},
		"the default, its own origin":               {row{request: from(ownPage, harness.Request{})}, "yes"},
		"omit":                                      {row{request: from(ownPage, harness.Request{Credentials: harness.Omit})}, "no"},
		"the preflight":                             {row{request: putCookies, preflight: reply(204, "ACAO: https://app.test", "ACAC: true", "ACAM: PUT"), actual: reply(200)}, "no yes"},
		"no-cors":                                   {row{request: page(noCORS, "unsafe-none")}, "yes"},
		"no-cors of a credentialless page":          {row{request: page(noCORS, "credentialless")}, "no"},
		"no-cors of a page that requires CORP":      {row{request: page(noCORS, "require-corp")}, "yes"},
		"cors of a credentialless page":             {row{request: page(harness.Request{}, "credentialless")}, "yes"},
		"its own origin, credentialless":            {row{request: page(from(ownPage, noCORS), "credentialless")}, "yes"},
		"its own origin by another, credentialless": {row{request: page(noCORS, "credentialless"), hops: map[string]Reply{siteR + "/": to(ownPage)}}, "no no"},
	} {
		var got []string
		for _, e := range test.row.put(Chrome).Exchanges {
			word := "no"
			if e.Credentials {
				word = "yes"
			}
			got = append(got, word)
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s: %s, want %s", name, text, test.want)
		}
	}
}

// The part that each exchange plays, and the status that a Reply of zero stands for.
func TestKindsOfExchanges(t *testing.T) {
	d := row{request: set("X-A: 1"), preflight: allowAll, hops: map[string]Reply{siteR + "/": to("/2", "ACAO: *")}, actual: Reply{Header: headers("ACAO: *")}}.put(Chrome)
	var kinds []string
	for _, e := range d.Exchanges {
		kinds = append(kinds, string(e.Kind))
	}
	if got, want := strings.Join(kinds, " "), "preflight request preflight redirect"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if d.Verdict != harness.Readable || d.Status != 200 {
		t.Errorf("%s %d", d.Verdict, d.Status)
	}
}

// What was observed decides only where every answer was seen.
func TestObservedNeedsEveryAnswer(t *testing.T) {
	seen := func(kind harness.ExchangeKind, method, url string, status int, lines ...string) harness.Exchange {
		return harness.Exchange{Kind: kind, Method: method, URL: url, Status: status, ResponseHeaders: headers(lines...)}
	}
	const url = siteR + "/"
	for name, test := range map[string]struct {
		request   harness.Request
		exchanges []harness.Exchange
		want      string
	}{
		"answered":                 {harness.Request{}, []harness.Exchange{seen(harness.ActualRequest, "GET", url, 200, "ACAO: *")}, "readable cors 200"},
		"another method":           {harness.Request{}, []harness.Exchange{seen(harness.ActualRequest, "POST", url, 200, "ACAO: *")}, ""},
		"another URL":              {harness.Request{}, []harness.Exchange{seen(harness.ActualRequest, "GET", url+"x", 200, "ACAO: *")}, ""},
		"no status":                {harness.Request{}, []harness.Exchange{seen(harness.ActualRequest, "GET", url, 0, "ACAO: *")}, ""},
		"nothing":                  {harness.Request{}, nil, ""},
		"an element":               {harness.Request{Via: harness.ViaImage}, []harness.Exchange{seen(harness.ActualRequest, "GET", url, 200, "ACAO: *")}, ""},
		"xhr without upload":       {harness.Request{Via: harness.ViaXHR}, []harness.Exchange{seen(harness.ActualRequest, "GET", url, 200, "ACAO: *")}, "readable cors 200"},
		"synchronous xhr":          {harness.Request{Via: harness.ViaXHRSync}, []harness.Exchange{seen(harness.ActualRequest, "GET", url, 200, "ACAO: *")}, "readable cors 200"},
		"xhr":                      {harness.Request{Via: harness.ViaXHRUpload}, []harness.Exchange{seen(harness.ActualRequest, "GET", url, 200, "ACAO: *")}, "readable cors 200"},
		"a preflight is no answer": {harness.Request{Method: "OPTIONS"}, []harness.Exchange{seen(harness.Preflight, "OPTIONS", url, 204, "ACAO: *", "ACAM: OPTIONS")}, ""},
		"OPTIONS":                  {harness.Request{Method: "OPTIONS"}, []harness.Exchange{seen(harness.Preflight, "OPTIONS", url, 204, "ACAO: *", "ACAM: OPTIONS"), seen(harness.ActualRequest, "OPTIONS", url, 201, "ACAO: *")}, "readable cors 201"},
		"each answer once": {harness.Request{}, []harness.Exchange{seen(harness.ActualRequest, "GET", url, 302, "ACAO: *", "Location: "+url), seen(harness.RedirectHop, "GET", url, 200, "ACAO: *")},
			"readable cors 200"},
	} {
		test.request.From, test.request.URL = pageO, url
		d, known := Observed(harness.Observation{Request: test.request, Exchanges: test.exchanges}, Chrome)
		if known != (test.want != "") || known && outcome(d) != test.want {
			t.Errorf("%s: %s, known: %v, want %q", name, outcome(d), known, test.want)
		}
	}
}
