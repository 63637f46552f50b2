package harness

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestNotesInTheMargin(t *testing.T) {
	field := func(name, value string) Field { return Field{name, value} }
	for _, c := range []struct {
		name string
		o    Observation
		want string // a line, its note after one space
	}{
		{"sent back", refused(PreflightInvalidStatus, "", 204, allow("https://app.test")), "< Access-Control-Allow-Origin: https://app.test the origin that asked, sent back"},
		{"another", refused(AllowOriginMismatch, "", 200, allow("https://b.test")), "< Access-Control-Allow-Origin: https://b.test not the origin that asked"},
		{"two lines", refused(MultipleAllowOriginValues, "", 200, allow("*"), allow("*")), "< Access-Control-Allow-Origin: * two lines, one is allowed"},
		{"three lines", refused(MultipleAllowOriginValues, "", 200, allow("*"), allow("*"), allow("*")), "< Access-Control-Allow-Origin: * 3 lines, one is allowed"},
		{"list", refused(MultipleAllowOriginValues, "", 200, allow("a, b")), "< Access-Control-Allow-Origin: a, b a list, one origin is allowed"},
		{"wildcard", refused(MissingAllowOriginHeader, "", 200, allow("*")), "< Access-Control-Allow-Origin: * any origin"},
		{"wildcard with credentials", with(refused(WildcardOriginNotAllowed, "", 200, allow("*")), include), "< Access-Control-Allow-Origin: * not allowed with credentials"},
		{"no-cors", with(refused(BlockedByORB, "", 200, allow("x")), func(o *Observation) { o.Request.Mode = NoCORS }), "< Access-Control-Allow-Origin: x"},
		{"absent", refused(MissingAllowOriginHeader, "", 200), "< (no Access-Control-Allow-Origin)"},
		{"absent credentials", with(refused(InvalidAllowCredentials, "", 200, allow("https://app.test")), include), "< (no Access-Control-Allow-Credentials)"},
		{"absent methods", refused(MethodDisallowedByPreflightResponse, "PUT", 204, allow("*")), "< (no Access-Control-Allow-Methods)"},
		{"absent headers", refused(HeaderDisallowedByPreflightResponse, "x-a", 204, allow("*")), "< (no Access-Control-Allow-Headers)"},
		{"credentials", with(refused(InvalidAllowCredentials, "True", 200, field("Access-Control-Allow-Credentials", "True")), include), "< Access-Control-Allow-Credentials: True not true"},
		{"method", refused(MethodDisallowedByPreflightResponse, "PUT", 204, field("Access-Control-Allow-Methods", "GET")), "< Access-Control-Allow-Methods: GET PUT is not in it"},
		{"method under a wildcard", with(refused(MethodDisallowedByPreflightResponse, "PUT", 204, field("Access-Control-Allow-Methods", "*")), include),
			"< Access-Control-Allow-Methods: * not a wildcard with credentials"},
		{"not a list", refused(InvalidAllowHeadersPreflightResponse, "", 204, field("Access-Control-Allow-Headers", "a;b")), "< Access-Control-Allow-Headers: a;b not a list of names"},
		{"redirected preflight", refused(PreflightDisallowedRedirect, "", 301, field("Location", "/r/")), "< Location: /r/ a preflight is never followed"},
		{"resource policy", refused(BlockedByCORPNotSameSite, "", 200, field("Cross-Origin-Resource-Policy", "same-site")), "< Cross-Origin-Resource-Policy: same-site does not allow this page"},
		{"type", refused(BlockedByORB, "", 200, field("Content-Type", "text/html")), "< Content-Type: text/html"},
		{"status", refused(PreflightInvalidStatus, "", 404, allow("*")), "1 preflight OPTIONS -> 404 not 200 to 299"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, l := range c.o.Transcript() {
				if strings.Join(strings.Fields(l.whole()+" "+l.Note), " ") == c.want {
					return
				}
			}
			t.Errorf("no line %q in\n%s", c.want, c.o)
		})
	}
}

func TestHeadersThatDoNotMatterAreLeftOut(t *testing.T) {
	o := refused(AllowOriginMismatch, "", 200, allow("https://b.test"), Field{"Location", "/x"}, Field{"Content-Type", "text/html"},
		Field{"Cross-Origin-Resource-Policy", "same-site"}, Field{"Set-Cookie", "a=b"}, Field{"Date", "now"})
	o.Exchanges[0].RequestHeaders = Header{{"Origin", "https://app.test"}, {"Content-Type", "text/plain"}, {"User-Agent", "x"}}
	for _, name := range []string{"Location", "Content-Type", "Cross-Origin-Resource-Policy", "Set-Cookie", "Date", "User-Agent"} {
		if strings.Contains(o.String(), name) {
			t.Errorf("%s is in\n%s", name, o)
		}
	}
}

func TestRedirectedPreflightLacksNothingElse(t *testing.T) {
	o := refused(PreflightDisallowedRedirect, "", 301, Field{"Location", "/r/"})
	if strings.Contains(o.String(), "(no Access-Control-Allow-Origin)") {
		t.Errorf("a header that did not decide is called missing:\n%s", o)
	}
}

// There is no CORS check of a data: URL.
// https://fetch.spec.whatwg.org/#main-fetch
func TestDataURLsHaveNoCheck(t *testing.T) {
	o := Observation{Request: Request{From: "https://app.test", URL: "data:,a"}, Verdict: Readable, Script: Script{Type: "basic", Status: 200},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "data:,a", Status: 200, Sent: true, ResponseHeaders: Header{{"Content-Type", "text/plain"}}}}}
	if text := o.String(); strings.Contains(text, "Access-Control-Allow-Origin") || strings.Contains(text, "#cors-check") || !strings.Contains(text, "#main-fetch") {
		t.Errorf("a CORS check in\n%s", text)
	}
}

// Chrome sends a request again that is answered 408.
func TestServerSawARequestAgain(t *testing.T) {
	for status, want := range map[int]string{408: "OPTIONS, OPTIONS: Chrome sends a request again that is answered 408", 404: "OPTIONS, OPTIONS"} {
		o := refused(PreflightInvalidStatus, "", status)
		o.Arrivals = []Arrival{{Method: "OPTIONS"}, {Method: "OPTIONS"}}
		if l := o.Transcript().of(LineWitness); len(l) == 0 || l[0].Label != "server saw" || l[0].Text != want {
			t.Errorf("%d: %+v", status, l)
		}
	}
}

func TestScriptSaw(t *testing.T) {
	for want, o := range map[string]Observation{
		"an error":                           {Verdict: Blocked},
		"TypeError: no":                      {Verdict: Blocked, Script: Script{Error: "TypeError: no"}},
		"204, 0 bytes, no headers":           {Verdict: Readable, Script: Script{Status: 204}},
		"200, 1 byte and more, headers a, b": {Verdict: Readable, Script: Script{Status: 200, BodySize: 1, Truncated: true, Headers: Header{{"a", ""}, {"b", ""}}}},
		"an opaque response: status 0, no headers, no body": {Verdict: Opaque},
	} {
		o.Request.From = "https://app.test"
		if got := scriptSaw(o); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		o.Request.From = ""
		if got := scriptSaw(o); got != "nothing: no script asked" {
			t.Errorf("without a page: got %q", got)
		}
	}
}

func TestOutcome(t *testing.T) {
	for want, e := range map[string]Exchange{
		"exchange: 200":                                        {Sent: true, Status: 200, NetError: "net::ERR_FAILED"},
		"exchange: 200 (from memory cache)":                    {Status: 200, FromCache: "memory"},
		"exchange: 200 (from service worker)":                  {Status: 200, FromCache: "service-worker"},
		"exchange: 200, then net::ERR_CONTENT_LENGTH_MISMATCH": {Sent: true, Status: 200, NetError: "net::ERR_CONTENT_LENGTH_MISMATCH"},
		"exchange: net::ERR_EMPTY_RESPONSE":                    {Sent: true, NetError: "net::ERR_EMPTY_RESPONSE"},
		"exchange: no response":                                {Sent: true, NetError: "net::ERR_FAILED"},
		"not-sent: not sent":                                   {NetError: "net::ERR_FAILED"},
		"not-sent: not sent: net::ERR_UNSAFE_PORT":             {NetError: "net::ERR_UNSAFE_PORT"},
	} {
		if kind, text := outcome(Observation{}, e); string(kind)+": "+text != want {
			t.Errorf("got %s: %q, want %q", kind, text, want)
		}
	}
}

func TestManner(t *testing.T) {
	for want, r := range map[string]Request{
		"": {From: "https://a.test", Mode: CORS, Redirect: RedirectFollow, Cache: CacheDefault, Credentials: SameOrigin, Via: ViaFetch},
		"by XMLHttpRequest, without credentials, mode same-origin, redirect manual, cache reload": {
			From: "null", Via: ViaXHR, Credentials: Omit, Mode: SameOriginOnly, Redirect: RedirectManual, Cache: CacheReload},
	} {
		if got := strings.Join(manner(r), ", "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAsker(t *testing.T) {
	for want, from := range map[string]string{"https://a.test": "https://a.test", "null (an opaque origin)": "null", "no page: sent as it is": ""} {
		if got := asker(Request{From: from}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEveryCookieReasonHasASentence(t *testing.T) {
	file := filepath.Join(moduleDir(t, "github.com/chromedp/cdproto"), "network", "types.go")
	reasons := constantsOf(t, file, "CookieBlockedReason")
	if len(reasons) < 17 {
		t.Errorf("found %d reasons", len(reasons))
	}
	for _, r := range reasons {
		if cookieReasons[r] == "" {
			t.Errorf("no sentence for %s", r)
		}
	}
}

func TestPageIs(t *testing.T) {
	at := func(page, server AddressSpace, reason Reason) Observation {
		return Observation{Reason: reason, Page: Page{AddressSpace: page, LocalNetwork: PermissionGranted}, Exchanges: []Exchange{{AddressSpace: server}}}
	}
	for want, o := range map[string]Observation{
		"": at(SpaceLoopback, SpaceLoopback, ""),
		"in the public address space, the server in the local one; it is not a secure context; local network access granted": at(SpacePublic, SpaceLocal, ""),
		"in the loopback address space; it is not a secure context; local network access granted":                            at(SpaceLoopback, SpacePublic, InvalidLocalNetworkAccess),
	} {
		if got := pageIs(o); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
