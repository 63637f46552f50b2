package harness

import (
	"strings"
	"testing"
)

// refused builds an Observation that one exchange decided.
func refused(reason Reason, parameter string, status int, headers ...Field) Observation {
	e := Exchange{Kind: ActualRequest, Method: "PUT", URL: "https://api.test/r", Sent: true, Status: status,
		RequestHeaders: Header{{"Origin", "https://app.test"}}, ResponseHeaders: headers}
	if isPreflight(reason) {
		e.Kind, e.Method = Preflight, "OPTIONS"
	}
	return Observation{Verdict: Blocked, Reason: reason, Parameter: parameter, Exchanges: []Exchange{e},
		Request: Request{From: "https://app.test", URL: "https://api.test/r", Method: "PUT"}}
}

// with varies an Observation.
func with(o Observation, change func(*Observation)) Observation {
	change(&o)
	return o
}

func include(o *Observation) { o.Request.Credentials = Include }

// credentials is Access-Control-Allow-Credentials.
func credentials(value string) Field { return Field{"Access-Control-Allow-Credentials", value} }

// allow is Access-Control-Allow-Origin.
func allow(value string) Field { return Field{"Access-Control-Allow-Origin", value} }

func TestRefinements(t *testing.T) {
	location := func(to string) Field { return Field{"Location", to} }
	methods := func(list string) Field { return Field{"Access-Control-Allow-Methods", list} }
	headers := func(list string) Field { return Field{"Access-Control-Allow-Headers", list} }
	cached := func(o *Observation) { o.Exchanges[0].Sent, o.Exchanges[0].FromCache = false, "disk" }
	for _, c := range []struct {
		name   string
		o      Observation
		want   string // in the meaning
		remedy string // in the remedy
	}{
		{"error without the header", refused(MissingAllowOriginHeader, "", 500), "The server answered 500 without", "cause of the error"},
		{"gateway without the header", refused(MissingAllowOriginHeader, "", 401), "The server answered 401 without", "gateway or the login"},
		{"not found without the header", refused(MissingAllowOriginHeader, "", 404), "The server answered 404 without", "Check the URL"},
		{"ok without the header", refused(MissingAllowOriginHeader, "", 200), "The response (200) has no", "Access-Control-Allow-Origin: https://app.test"},
		{"redirect without the header", refused(MissingAllowOriginHeader, "", 302, location("https://b.test/")), "The redirect to https://b.test/ has no", "final URL"},
		{"cached without the header", with(refused(MissingAllowOriginHeader, "", 200), cached), "from its disk cache", "Vary: Origin"},
		{"cached for another", with(refused(AllowOriginMismatch, "https://b.test", 200, allow("https://b.test")), cached), "stored for https://b.test", "Vary: Origin"},

		{"preflight 404", refused(PreflightMissingAllowOriginHeader, "", 404), "with 404, as a router without a handler", "OPTIONS"},
		{"preflight 405", refused(PreflightInvalidStatus, "", 405, allow("*")), "with 405, as a router", "204"},
		{"preflight 401", refused(PreflightMissingAllowOriginHeader, "", 401), "never carries cookies or Authorization", "before it checks who"},
		{"preflight 403", refused(PreflightInvalidStatus, "", 403), "with 403: it wants a login", "before it checks who"},
		{"preflight 500", refused(PreflightMissingAllowOriginHeader, "", 500), "with the error 500", "cause of the error"},
		{"preflight 304", refused(PreflightInvalidStatus, "", 304, allow("*")), "with 304, which is outside", "204"},

		{"preflight to a slash", refused(PreflightDisallowedRedirect, "", 301, location("/r/")), "to /r/, the same path with or without a slash", "as the server wants it"},
		{"preflight to https", with(refused(PreflightDisallowedRedirect, "", 301, location("https://api.test/r")),
			func(o *Observation) { o.Exchanges[0].URL = "http://api.test/r" }), "the same host over https", "https URL"},
		{"preflight to a login", refused(PreflightDisallowedRedirect, "", 302, location("https://sso.test/x")), "looks like a login", "before it checks who"},
		{"preflight to a login page", refused(PreflightDisallowedRedirect, "", 302, location("/users/sign_in?next=/r")), "looks like a login", "before it checks who"},
		{"preflight to a login script", refused(PreflightDisallowedRedirect, "", 302, location("/login.php")), "looks like a login", "before it checks who"},
		{"preflight to OAuth", refused(PreflightDisallowedRedirect, "", 302, location("https://id.test/oauth2/authorize")), "looks like a login", "before it checks who"},
		{"preflight to lessons", refused(PreflightDisallowedRedirect, "", 302, location("/lessons/1")), "to /lessons/1, and a preflight is never followed", "final URL"},
		{"preflight to an assortment", refused(PreflightDisallowedRedirect, "", 302, location("/assortment")), "to /assortment, and", "final URL"},
		{"preflight to a host with the letters of sso", refused(PreflightDisallowedRedirect, "", 302, location("https://issolutions.example.com/r")), "/r, and", "final URL"},
		{"preflight to a blog of logins", refused(PreflightDisallowedRedirect, "", 302, location("/blog/unauthorized-logins")), "-logins, and", "final URL"},
		{"preflight to a site on logins", refused(PreflightDisallowedRedirect, "", 302, location("https://docs.sso.test/r")), "/r, and", "final URL"},
		{"preflight elsewhere", refused(PreflightDisallowedRedirect, "", 302, location("https://b.test/r")), "to https://b.test/r, and a preflight is never followed", "final URL"},

		{"slash", refused(AllowOriginMismatch, "", 200, allow("https://app.test/")), "an origin has no slash at its end", "https://app.test, byte for byte"},
		{"path", refused(AllowOriginMismatch, "", 200, allow("https://app.test/x")), "an origin has no path", ""},
		{"case", refused(AllowOriginMismatch, "", 200, allow("https://App.test")), "an origin is in lower case", ""},
		{"scheme", refused(AllowOriginMismatch, "", 200, allow("http://app.test")), "The server allows http://app.test, the page is https://app.test: the scheme differs.", ""},
		{"port", refused(PreflightAllowOriginMismatch, "", 204, allow("https://app.test:8443")), "the port differs", ""},
		{"default port", refused(AllowOriginMismatch, "", 200, allow("https://app.test:443")), "does not name the default port", ""},
		{"host", refused(AllowOriginMismatch, "", 200, allow("https://b.test")), ": the host differs.", ""},
		{"host and port", refused(AllowOriginMismatch, "", 200, allow("http://b.test:81")), ": the scheme, the host and the port differ.", ""},
		{"www", refused(AllowOriginMismatch, "", 200, allow("https://www.app.test")), "with and without www.", ""},
		{"null", refused(AllowOriginMismatch, "", 200, allow("null")), "null does not match a page", ""},
		{"glob in a name", refused(AllowOriginMismatch, "", 200, allow("https://*.test")), "inside a name is not a wildcard", ""},
		{"no scheme", refused(AllowOriginMismatch, "", 200, allow("localhost:7101")), "the scheme is missing", ""},
		{"parameter only", refused(AllowOriginMismatch, "http://app.test", 200), "the scheme differs", ""},
		{"two names of this machine", with(refused(AllowOriginMismatch, "", 200, allow("http://localhost:3000")),
			func(o *Observation) { o.Exchanges[0].RequestHeaders = Header{{"Origin", "http://127.0.0.1:3000"}} }), "localhost and 127.0.0.1 are two hosts", ""},
		{"after a redirect", with(refused(AllowOriginMismatch, "", 200, allow("https://app.test")),
			func(o *Observation) { o.Exchanges[0].RequestHeaders = Header{{"Origin", "null"}} }), "the browser asks as null", "final URL"},
		{"opaque page", with(refused(AllowOriginMismatch, "", 200, allow("https://app.test")),
			func(o *Observation) {
				o.Request.From, o.Exchanges[0].RequestHeaders = "null", Header{{"Origin", "null"}}
			}), "The page has no origin of its own", "not in a sandbox"},

		{"two lines", refused(MultipleAllowOriginValues, "*, *", 200, allow("*"), allow("*")), "on 2 lines (* and *)", "Make only one of them"},
		{"one line with a list", refused(PreflightMultipleAllowOriginValues, "a, b", 204, allow("https://a.test, https://b.test")), "wrote a list", "Vary: Origin"},
		{"empty", refused(InvalidAllowOriginValue, "", 200, allow("")), "without a value", ""},
		{"undefined", refused(InvalidAllowOriginValue, "undefined", 200, allow("undefined")), "the word undefined", ""},
		{"quotes", refused(InvalidAllowOriginValue, `"*"`, 200, allow(`"*"`)), "in quotation marks", "without quotation marks"},
		{"pattern", refused(InvalidAllowOriginValue, "*.a.test", 200, allow("*.a.test")), "wrote a pattern", "send back that origin"},
		{"bare host", refused(PreflightInvalidAllowOriginValue, "a.test", 200, allow("a.test")), "has no scheme", ""},

		{"no credentials", refused(InvalidAllowCredentials, "", 200), "has no Access-Control-Allow-Credentials", ""},
		{"True", refused(InvalidAllowCredentials, "True", 200, credentials("True")), ": True, and only true in lower case", ""},
		{"true twice", refused(PreflightInvalidAllowCredentials, "true, true", 200, credentials("true"), credentials("true")), "on 2 lines", "Make only one of them"},
		{"yes", refused(InvalidAllowCredentials, "yes", 200, credentials("yes")), ": yes, and only true counts", ""},

		{"response header in a request", refused(HeaderDisallowedByPreflightResponse, "access-control-allow-origin", 204), "a header of responses", "Remove access-control-allow-origin"},
		{"header under a wildcard", with(refused(HeaderDisallowedByPreflightResponse, "x-a", 204, headers("*")), include), "is not a wildcard", "by name"},
		{"header of tracing", refused(HeaderDisallowedByPreflightResponse, "traceparent", 204, headers("x-a")), "a library in the page adds", "own origin only"},
		{"header of tracing that the page sets", with(refused(HeaderDisallowedByPreflightResponse, "x-requested-with", 204, headers("x-a")),
			func(o *Observation) { o.Request.Headers = Header{{"X-Requested-With", "XMLHttpRequest"}} }), "The page sets x-requested-with, and", "list x-requested-with"},
		{"header not listed", refused(HeaderDisallowedByPreflightResponse, "authorization", 204, headers("x-a")), "allows only x-a", "list authorization"},
		{"no headers listed", refused(HeaderDisallowedByPreflightResponse, "x-b", 204), "has no Access-Control-Allow-Headers", ""},
		{"lower-case method", refused(MethodDisallowedByPreflightResponse, "patch", 204, methods("GET, PATCH")), "compared byte for byte", "as PATCH"},
		{"method under a wildcard", with(refused(MethodDisallowedByPreflightResponse, "PUT", 204, methods("*")), include), "is not a wildcard", "by name"},
		{"method not listed", refused(MethodDisallowedByPreflightResponse, "PUT", 204, methods("GET")), "allows only GET", "list PUT"},
		{"empty list of methods", refused(MethodDisallowedByPreflightResponse, "PUT", 204, methods("")), "has an empty Access-Control-Allow-Methods", ""},
		{"methods not a list", refused(InvalidAllowMethodsPreflightResponse, "", 204, methods(`["PUT"]`)), `(["PUT"]) is not a list`, ""},
		{"headers not a list", refused(InvalidAllowHeadersPreflightResponse, "", 204, headers("a;b")), "(a;b) is not a list", ""},

		{"mixed content by a redirect", with(refused(BlockedByMixedContent, "", 0), func(o *Observation) { o.Exchanges[0].Kind, o.Exchanges[0].URL = RedirectHop, "ftp://api.test/" }),
			"redirected to ftp://api.test/", "redirect to an https URL"},
		{"mixed content", refused(BlockedByMixedContent, "", 0), "asked for an http URL", "over https"},

		{"local network denied", with(refused(LocalNetworkAccessPermissionDenied, "", 0), func(o *Observation) { o.Exchanges[0].AddressSpace = SpaceLoopback }),
			"in the loopback address space", "allow local network access"},
		{"local network barred", with(refused(LocalNetworkAccessPermissionDenied, "", 0), func(o *Observation) { o.Page.Barred = true }), "A permissions policy forbids", "Permissions-Policy"},
		{"local network barred for a frame", with(refused(LocalNetworkAccessPermissionDenied, "", 0), func(o *Observation) { o.Page.Barred, o.Request.Within = true, "https://a.test" }),
			"A permissions policy forbids", "<iframe allow="},
		{"local network over http", with(refused(InsecureLocalNetwork, "", 0), func(o *Observation) { o.Request.From = "http://a.test" }), "The page is on http,", "over https"},
		{"forbidden method", with(refused(RequestRefused, "", 0), func(o *Observation) { o.Request.Method = "trace" }), "Browsers forbid the method trace", "another method"},
		{"PUT in no-cors", with(refused(RequestRefused, "", 0), func(o *Observation) { o.Request.Mode = NoCORS }), "not PUT", "mode cors"},
		{"GET in no-cors, refused for something else", with(refused(RequestRefused, "", 0), func(o *Observation) { o.Request.Mode, o.Request.Method = NoCORS, "get" }),
			table[RequestRefused].Meaning, table[RequestRefused].Remedy},
		{"local network denied, the address space unknown", refused(LocalNetworkAccessPermissionDenied, "", 0), table[LocalNetworkAccessPermissionDenied].Meaning, ""},
		{"local network over https", refused(InsecureLocalNetwork, "", 0), table[InsecureLocalNetwork].Meaning, ""},
		{"password in the URL", with(refused(RequestRefused, "", 0), func(o *Observation) { o.Request.URL = "https://u:p@a.test/" }), "a user name or a password", "Authorization"},
		{"redirect refused, and it leads nowhere", refused(RedirectRefused, "", 302), table[RedirectRefused].Meaning, "redirect mode follow"},
		{"redirect refused", refused(RedirectRefused, "", 302, location("/x")), "redirected to /x", "redirect mode follow"},
		{"unknown", refused("TomorrowsCode", "", 200), "The browser reported TomorrowsCode", "console"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Explain(c.o)
			if !strings.Contains(got.Meaning, c.want) || !strings.Contains(got.Remedy, c.remedy) {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", got.Meaning, got.Remedy, c.want, c.remedy)
			}
			if !strings.HasSuffix(got.Meaning, ".") || !strings.HasSuffix(got.Remedy, ".") || !strings.Contains(got.Anchor, "#") {
				t.Errorf("not well formed: %+v", got)
			}
		})
	}
}

func TestEveryRefinementHasItsReason(t *testing.T) {
	for reason := range refinements {
		if _, known := table[reason]; !known {
			t.Errorf("%s is refined and has no row", reason)
		}
	}
}

// withheld is a request of a dry run, after exchanges.
func withheld(before ...Exchange) Observation {
	return Observation{Verdict: Readable, Request: Request{From: "https://app.test", URL: "https://api.test/", DryRun: true},
		Exchanges: append(before, Exchange{Kind: ActualRequest, Method: "GET", Withheld: true})}
}

func TestExplainReadable(t *testing.T) {
	readable := func(from, allowed string, credentials Credentials) Observation {
		o := with(refused("", "", 200, allow(allowed)), func(o *Observation) { o.Verdict, o.Request.From, o.Request.Credentials = Readable, from, credentials })
		o.Exchanges[0].RequestHeaders = Header{{"Origin", from}}
		return o
	}
	allowing := func(o Observation) Observation {
		o.Exchanges[0].ResponseHeaders = append(o.Exchanges[0].ResponseHeaders, credentials("true"))
		return o
	}
	held := readable("https://a.test", "https://a.test", Include)
	held.Exchanges[0].Cookies = []Cookie{{Name: "sid", Blocked: []string{"SameSiteLax"}}}
	elsewhere := readable("https://a.test", "https://a.test", Include)
	elsewhere.Exchanges[0].Cookies = []Cookie{{Name: "theme", Blocked: []string{"NotOnPath"}}, {Name: "b", Blocked: []string{"SameSiteLax", "DomainMismatch"}}}
	second := readable("https://a.test", "https://a.test", Include)
	second.Exchanges[0].Cookies = []Cookie{{Name: "theme", Blocked: []string{"NotOnPath"}}, {Name: "sid", Blocked: []string{"SameSiteStrict"}}}
	unstored := readable("https://b.test", "https://b.test", Include)
	unstored.Exchanges[0].NotStored = []Cookie{{Name: "sid", Blocked: []string{"SchemefulSameSiteLax"}}}
	signedIn := readable("https://c.test", "https://c.test", Include)
	signedIn.Exchanges[0].Cookies = []Cookie{{Name: "sid", Sent: true}}
	signedIn.Exchanges[0].NotStored = []Cookie{{Name: "theme", Blocked: []string{"SchemefulSameSiteLax"}}}
	token := readable("https://t.test", "https://t.test", Include)
	token.Exchanges[0].RequestHeaders = append(token.Exchanges[0].RequestHeaders, Field{"Authorization", "Bearer x"})
	nullWithCookie := readable("null", "null", Include)
	nullWithCookie.Exchanges[0].Cookies = []Cookie{{Name: "sid", Sent: true}}
	missing := readable("https://a.test", "*", "")
	missing.Exchanges[0].Status = 404
	refusedAtHome := readable("https://api.test", "", "")
	refusedAtHome.Exchanges[0].Status = 403
	null := readable("null", "null", Include)
	null.Request.URL = "https://api.test/2"
	null.Exchanges[0].Cookies = []Cookie{{Name: "sid", Blocked: []string{"SameSiteLax"}}}
	for want, o := range map[string]Observation{
		"Any site can read this: the server allows every origin":                 readable("https://a.test", "*", ""),
		"Every client that sends this Origin can read this, without credentials": readable("", "https://a.test", ""),
		"https://a.test can read this, without credentials":                      readable("https://a.test", "https://a.test", ""),
		"No cookie went along, so this is the answer to a client":                allowing(readable("https://a.test", "https://a.test", Include)),
		"https://t.test can act here as the signed-in user":                      allowing(token),
		"Any site can read this, as the signed-in user: the server allows":       nullWithCookie,
		"the server itself gave it: 404.":                                        missing,
		"The server refused the request with 403":                                refusedAtHome,
		"Any site can read this: the server allows the origin null":              readable("null", "null", ""),
		"The page asked its own origin":                                          readable("https://api.test:443", "https://api.test", ""),
		"did not send the cookie sid: held back: it is SameSite=Lax":             held,
		"https://a.test can read this: the server names that origin and":         allowing(elsewhere),
		"did not send the cookie sid: held back: it is SameSite=Strict":          second,
		"did not store the cookie sid: it is SameSite=Lax, and the page":         unstored,
		"https://c.test can act here as the signed-in user":                      allowing(signedIn),
		"Any site can read this: the server allows the origin null, which":       null,
		"The script could read the response.":                                    {Verdict: Readable, Request: Request{From: "https://app.test", URL: "https://api.test/"}},
		"https://app.test needs no permission for this GET: the browser would":   withheld(),
		"The preflight gives https://app.test permission: the browser would":     withheld(Exchange{Kind: Preflight, Method: "OPTIONS", Sent: true, Status: 204}),
		"There is no verdict": {},
		"The script holds a response that it cannot look into: status 0, no ": {Verdict: Opaque},
	} {
		if got := Explain(o); !strings.Contains(got.Meaning, want) {
			t.Errorf("got %q, want %q", got.Meaning, want)
		}
	}
}

// The remedy for a cookie that the browser refused is that of the reason.
func TestCookieRemedy(t *testing.T) {
	for reason, want := range map[string]string{
		"SameSiteLax": "SameSite=None; Secure", "SchemefulSameSiteStrict": "SameSite=None; Secure", "SameSiteUnspecifiedTreatedAsLax": "SameSite=None; Secure",
		"SameSiteNoneInsecure": "Secure as well", "SecureOnly": "over https", "UserPreferences": "third-party cookies", "ThirdPartyPhaseout": "third-party cookies",
		"InvalidDomain": "the attribute that the browser names", "OfTomorrow": "the attribute that the browser names",
	} {
		if got := cookieRemedy(Cookie{Blocked: []string{reason}}); !strings.Contains(got, want) || strings.Contains(got, "None") != strings.Contains(want, "None") {
			t.Errorf("%s: %s", reason, got)
		}
	}
}

// A cookie that the browser did not store stands below the response that set it.
func TestTranscriptTellsOfCookiesThatWereNotStored(t *testing.T) {
	o := refused("", "", 200, allow("https://app.test"))
	o.Verdict, o.Exchanges[0].NotStored = Readable, []Cookie{{Name: "sid", Blocked: []string{"SchemefulSameSiteLax"}}}
	if text := strings.Join(strings.Fields(o.String()), " "); !strings.Contains(text, "< (Set-Cookie sid was not stored) it is SameSite=Lax, and the page is of another site or scheme") {
		t.Error(text)
	}
}

func TestExplainIsSafeToPrint(t *testing.T) {
	o := refused(PreflightDisallowedRedirect, "", 302, Field{"Location", "https://user:pass@b.test/\x1b[2J" + strings.Repeat("x", 9000)})
	got := Explain(o)
	if strings.ContainsAny(got.Meaning, "\x1b") || strings.Contains(got.Meaning, "pass") || len(got.Meaning) > 400 {
		t.Errorf("got %q", got.Meaning)
	}
}
