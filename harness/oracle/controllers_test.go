package oracle

import "github.com/corsproof/corsproof/harness"

// answering is a page whose service worker answers.
func answering(c harness.Controller) harness.Request { return harness.Request{Controller: c} }

// fetching is a page whose service worker answers with a fetch of this mode and redirect mode.
func fetching(mode harness.Mode, redirect harness.Redirect) harness.Request {
	return answering(harness.Controller{Answer: harness.AnswersWithFetch, Mode: mode, Redirect: redirect})
}

var (
	passing    = answering(harness.Controller{Answer: harness.PassesThrough})
	made       = answering(harness.Controller{Answer: harness.AnswersItself, Headers: headers("X-A: 1"), Body: "a"})
	twice      = map[string]Reply{siteR + "/": to("/2", "ACAO: *"), siteR + "/2": reply(200, "ACAO: *")}
	unredirect = func() harness.Request {
		r := fetching("", "")
		r.Redirect = harness.RedirectError
		return r
	}()
)

// Pages that a service worker controls.
// https://fetch.spec.whatwg.org/#http-fetch
var controllers = []row{
	{name: "196", request: passing, actual: reply(200), want: "MissingAllowOriginHeader", sent: "GET"},
	{name: "197", request: answering(harness.Controller{Answer: harness.Ignores}), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "198", request: fetching("", ""), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "199", request: answering(harness.Controller{Answer: harness.AnswersFromCache}), actual: reply(200), want: "MissingAllowOriginHeader", sent: "GET"},
	{name: "201", request: harness.Request{Via: harness.ViaXHRUpload, Method: "POST", Body: harness.Text("a"), Controller: passing.Controller}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "202", request: made, want: "readable basic 200", standard: "readable cors 200"},
	{name: "203", request: harness.Request{Mode: harness.NoCORS, Controller: made.Controller}, want: "readable basic 200", standard: "opaque opaque"},
	{name: "202 redirect", request: harness.Request{Redirect: harness.RedirectError, Controller: harness.Controller{Answer: harness.AnswersItself, Status: 302, Headers: headers("Location: /2")}}, want: "redirect-refused"},
	{name: "205", request: answering(harness.Controller{Answer: harness.AnswersWithError}), want: "service-worker-answer"},
	{name: "206", request: fetching(harness.NoCORS, ""), actual: reply(200), want: "service-worker-answer", sent: "GET"},
	{name: "207", request: fetching(harness.SameOriginOnly, ""), actual: reply(200), want: "service-worker-answer"},
	{name: "208", request: unredirect, hops: twice, want: "service-worker-answer", sent: "GET GET"},
	{name: "209", request: harness.Request{Mode: harness.NoCORS, Controller: fetching(harness.NoCORS, "").Controller}, actual: reply(200), want: "opaque opaque"},
	{name: "a redirect that the service worker does not follow", request: fetching("", harness.RedirectManual), hops: twice, want: "service-worker-answer", sent: "GET"},
	{name: "another origin's response in mode same-origin", request: from(ownPage, harness.Request{Mode: harness.SameOriginOnly,
		Controller: harness.Controller{Answer: harness.AnswersWithFetch, URL: siteR + "/"}}), actual: reply(200, "ACAO: *"), want: "service-worker-answer", sent: "GET"},
	{name: "a resource policy in mode no-cors", request: harness.Request{Mode: harness.NoCORS, Controller: fetching("", "").Controller}, actual: reply(200, "ACAO: *", "CORP: same-origin"), want: "service-worker-answer", sent: "GET"},
	{name: "a data: URL in mode no-cors", request: harness.Request{Mode: harness.NoCORS, Controller: harness.Controller{Answer: harness.AnswersWithFetch, URL: "data:,a"}}, want: "readable basic 200"},
	{name: "a service worker's fetch that is redirected to ftp", request: fetching("", ""), hops: map[string]Reply{siteR + "/": to("ftp://api.test/", "ACAO: *")}, want: "mixed-content", standard: "net::ERR_UNSAFE_REDIRECT", sent: "GET"},
	{name: "a service worker's fetch that is redirected to wss", request: fetching("", ""), hops: map[string]Reply{siteR + "/": to("wss://api.test/", "ACAO: *")}, want: "CorsDisabledScheme", standard: "net::ERR_UNSAFE_REDIRECT", sent: "GET"},
	{name: "a redirect without Location, for redirect mode manual", request: harness.Request{Redirect: harness.RedirectManual, Controller: harness.Controller{Answer: harness.AnswersFromCache}}, actual: reply(301, "ACAO: *"), want: "opaque opaqueredirect"},
	{name: "a redirect without Location, for redirect mode error", request: harness.Request{Redirect: harness.RedirectError, Controller: fetching("", "").Controller}, actual: reply(301, "ACAO: *"), want: "readable cors 301", standard: "redirect-refused"},
	{name: "a redirect without Location, followed", request: fetching("", ""), actual: reply(301, "ACAO: *"), want: "readable cors 301"},
	{name: "a server that hangs up", request: fetching("", ""), actual: Reply{NetError: "net::ERR_EMPTY_RESPONSE"}, want: "no verdict: net::ERR_EMPTY_RESPONSE"},
	{name: "215", request: harness.Request{Via: harness.ViaXHRSync, Controller: harness.Controller{Answer: harness.AnswersWithError}}, actual: reply(200, "ACAO: *"), want: "readable cors 200", standard: "service-worker-answer"},
	{name: "a header beyond ASCII", request: passing, actual: reply(200, "ACAO: *", "ACEH: x-a", "X-A: \xe9"), want: "readable cors 200"},
	{name: "a request header beyond ASCII", request: harness.Request{Headers: headers("Accept-Language: é"), Controller: passing.Controller}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "a user name", request: from("https://user@api.test/", harness.Request{Via: harness.ViaXHR, Controller: passing.Controller}), actual: reply(200, "ACAO: *"), want: "origin", standard: "readable cors 200"},
}
