package harness

import (
	"slices"
	"strings"
	"testing"
)

func TestNotes(t *testing.T) {
	readable := func(status int, headers ...Field) Observation {
		return with(refused("", "", status, headers...), func(o *Observation) { o.Verdict, o.Request.Method, o.Exchanges[0].Method = Readable, "", "GET" })
	}
	own := allow("https://app.test")
	session := Field{"Mcp-Session-Id", "5f1c"}
	const others, everybody = "A server that sends back every origin", "If not every site may read this"
	for name, c := range map[string]struct {
		o    Observation
		want []string // how each note begins
	}{
		"an origin by its name": {readable(200, own), []string{others}},
		"an edit":               {with(readable(200, own), func(o *Observation) { o.Exchanges[0].Server = &Answer{Status: 200} }), nil},
		"an edit of something else": {with(readable(200, own), func(o *Observation) {
			o.Exchanges[0].Server = &Answer{Status: 404, Headers: Header{own}}
		}), []string{others}},
		"any origin":      {readable(200, allow("*")), []string{everybody}},
		"an error":        {readable(404, own), nil},
		"without a login": {readable(401, own), []string{"To see what a signed-in client gets, give the browser the cookie"}},
		"with a token": {with(readable(403, own), func(o *Observation) {
			o.Exchanges[0].RequestHeaders = append(o.Exchanges[0].RequestHeaders, Field{"Authorization", "Bearer x"})
		}), nil},
		"its own origin": {with(readable(200), func(o *Observation) { o.Request.From = "https://api.test" }), nil},
		"blocked":        {refused(MissingAllowOriginHeader, "", 200), nil},

		"a header that is not exposed": {readable(200, allow("*"), session, Field{"Date", "x"}, Field{"Vary", "x"}, Field{"Set-Cookie", "a=b"}, Field{"Content-Type", "x"}),
			[]string{"The server also sent mcp-session-id, which the script cannot read: list it in", everybody}},
		"a header that is exposed": {with(readable(200, own, session), func(o *Observation) { o.Script.Headers = Header{{"mcp-session-id", "5f1c"}} }), []string{others}},
		"many headers":             {readable(200, own, Field{"a", ""}, Field{"b", ""}, Field{"c", ""}, Field{"d", ""}, Field{"e", ""}, Field{"f", ""}, Field{"g", ""}), []string{"The server also sent a, b, c, d, e and 2 more,", others}},
		"a header that the preflight's answer exposes": {with(readable(200, own, session), func(o *Observation) {
			o.Exchanges = append([]Exchange{{Kind: Preflight, URL: o.Request.URL, ResponseHeaders: Header{{"Access-Control-Expose-Headers", "mcp-session-id"}}}}, o.Exchanges...)
		}), []string{"The server also sent mcp-session-id, which the script cannot read: list it in Access-Control-Expose-Headers, if the page needs it. The list in the answer to the preflight does not count", others}},
		"a wildcard with credentials": {with(readable(200, own, session, Field{"Access-Control-Expose-Headers", "*"}), include),
			[]string{"The server also sent mcp-session-id, which the script cannot read: list it in Access-Control-Expose-Headers, if the page needs it. With credentials, * in that list", others}},
		"a header of an image": {with(readable(200, own, session), func(o *Observation) { o.Request.Via, o.Request.Mode = ViaImage, CORS }), []string{others}},

		"Authorization lost at a redirect": {with(readable(200, allow("*")), func(o *Observation) {
			o.Request.Headers = Header{{"authorization", "Bearer x"}}
			o.Exchanges = append(o.Exchanges, Exchange{Kind: RedirectHop, Method: "GET", URL: "https://b.test/", Sent: true, Status: 200, ResponseHeaders: Header{allow("*")}})
		}), []string{"The browser took Authorization off the request at the redirect to https://b.test", everybody}},
		"a copied request": {with(refused(HeaderDisallowedByPreflightResponse, "cache-control", 204), func(o *Observation) {
			o.Request.Headers, o.Script.Dropped = Header{{"Cache-Control", "no-cache"}}, []string{"User-Agent"}
		}), []string{"Cache-Control: no-cache is in the request together with headers that no page can set"}},
		"a request that is not copied": {with(refused(HeaderDisallowedByPreflightResponse, "cache-control", 204), func(o *Observation) { o.Request.Headers = Header{{"Cache-Control", "no-cache"}} }), nil},

		"opaque, as was asked":       {Observation{Verdict: Opaque, Request: Request{Via: ViaImage}}, []string{"To let a script look into it"}},
		"opaque, and more was asked": {Observation{Verdict: Opaque, Request: Request{Via: ViaCanvas}}, nil},
	} {
		got := Notes(c.o)
		if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		for _, note := range got {
			if !strings.HasSuffix(note, ".") {
				t.Errorf("%s: no sentence: %q", name, note)
			}
		}
	}
}
