package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// The servers of scenario 1, each behind the recorder.
var (
	expressDocument  = express("https://express.test", "document.js")
	expressScenarios = express("https://scenarios.test", "scenarios.js")
)

// Express answers OPTIONS on its own and runs no handler for it, so the answer to
// a preflight lacks the headers that a handler sets.
var _ = Describe("the Express server of the document", Label("scenario:express"), func() {
	DescribeTable("asked from the page that it names",
		func(ctx SpecContext, r harness.Request, wants ...OmegaMatcher) {
			r.From, r.URL = client, expressDocument.url(ctx, "/data")
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(wants...))
		},
		Entry("GET is readable", Label("claim:09", "fetch:cors-check"),
			harness.Request{}, read(200), HaveField("Script.Body", `{"message":"Data from the server"}`), Not(harness.BePreflighted()), arrive("GET")),
		Entry("HEAD is readable", Label("fetch:cors-check"),
			harness.Request{Method: "HEAD"}, read(200), arrive("HEAD")),
		Entry("GET by XMLHttpRequest is readable", Label("fetch:cors-check"),
			harness.Request{Via: harness.ViaXHR}, read(200), arrive("GET")),
		Entry("GET with credentials is readable", Label("claim:12", "fetch:cors-check"),
			harness.Request{Credentials: harness.Include}, read(200), arrive("GET")),
		Entry("POST of JSON is blocked at its preflight, and never sent", Label("claim:11", "claim:13", "fetch:cors-preflight-fetch"),
			harness.Request{Method: "POST", Body: harness.JSON(`{}`)}, blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")),
		Entry("GET with Authorization is blocked at its preflight, and never sent", Label("claim:11", "fetch:cors-preflight-fetch"),
			harness.Request{Headers: header("Authorization", "Bearer x")}, blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")),
		Entry("PUT is blocked at its preflight, and never sent", Label("fetch:cors-preflight-fetch"),
			harness.Request{Method: "PUT"}, blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")),
		Entry("OPTIONS from script is preflighted itself, and blocked there", Label("claim:13", "fetch:cors-preflight-fetch"),
			harness.Request{Method: "OPTIONS"}, blocked(harness.PreflightMissingAllowOriginHeader, ""), harness.BePreflighted(), arrive("OPTIONS")),
		Entry("POST of text needs no preflight, but the 404 of the route that is not there has no header", Label("claim:11", "fetch:cors-check"),
			harness.Request{Method: "POST", Body: harness.Text(`{}`)}, blocked(harness.MissingAllowOriginHeader, ""),
			Not(harness.BePreflighted()), answered(harness.ActualRequest, 404, acao, ""), arrive("POST")),
	)

	It("answers OPTIONS without the headers of its route, so nothing is allowed implicitly",
		Label("claim:13", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
			Expect(chrome.Fetch(ctx, harness.Request{
				From: client, URL: expressDocument.url(ctx, "/data"), Method: "POST", Body: harness.JSON(`{}`),
			})).To(answered(harness.Preflight, 200, "Allow", "GET, HEAD", acao, "", acam, "", acah, "", acac, ""))
		})

	DescribeTable("asked from another page",
		func(ctx SpecContext, r harness.Request, wants ...OmegaMatcher) {
			r.URL = expressDocument.url(ctx, "/data")
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(wants...))
		},
		Entry("GET arrives and is answered, and only then kept from script", Label("claim:06", "claim:10", "fetch:cors-check"),
			harness.Request{From: evil}, blocked(harness.AllowOriginMismatch, client), arrive("GET"), answered(harness.ActualRequest, 200, acao, client)),
		Entry("the same host with http is another origin", Label("claim:06", "fetch:cors-check"),
			harness.Request{From: "http://your-client.test"}, blocked(harness.AllowOriginMismatch, client), arrive("GET")),
		Entry("a sub-domain of it is another origin", Label("claim:06", "fetch:cors-check"),
			harness.Request{From: "https://www.your-client.com"}, blocked(harness.AllowOriginMismatch, client), arrive("GET")),
		Entry("an opaque origin is another origin", Label("claim:06", "fetch:cors-check"),
			harness.Request{From: harness.OpaqueOrigin}, blocked(harness.AllowOriginMismatch, client), arrive("GET")),
	)

	It("sends no CORS header for a path that it does not have: a 404 is blocked, too", Label("fetch:cors-check"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: client, URL: expressDocument.url(ctx, "/dta")})).To(SatisfyAll(
			blocked(harness.MissingAllowOriginHeader, ""), answered(harness.ActualRequest, 404, acao, "")))
	})
})

var _ = Describe("the Express server with one thing changed", Label("scenario:express"), func() {
	// request is a variant of what the page of the document asks, at a path.
	type request = harness.Request
	json := func(r request) request {
		r.Method, r.Body = "POST", harness.JSON(`{}`)
		return r
	}
	asked := func(ctx SpecContext, path string, r request, wants ...OmegaMatcher) {
		if r.From == "" {
			r.From = client
		}
		r.URL = expressScenarios.url(ctx, path)
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(wants...))
	}
	cookies := request{Credentials: harness.Include}

	DescribeTable("headers in a middleware, so that they stand on every answer", asked,
		Entry("GET is readable", Label("claim:09", "fetch:cors-check"), "/right", request{}, read(200), Not(harness.BePreflighted())),
		Entry("POST of JSON is readable", Label("claim:11", "fetch:cors-preflight-fetch"), "/right", json(request{}), read(200), arrive("OPTIONS", "POST")),
		Entry("POST of JSON with credentials is readable", Label("claim:12", "fetch:cors-preflight-fetch"),
			"/right", json(cookies), read(200), arrive("OPTIONS", "POST")),
		Entry("Authorization is readable", Label("claim:11", "fetch:cors-preflight-fetch"),
			"/right", request{Headers: header("Authorization", "Bearer x")}, read(200), arrive("OPTIONS", "GET")),
		Entry("a method beyond the list is blocked before it is sent", Label("claim:08", "fetch:cors-preflight-fetch"),
			"/right", request{Method: "PUT"}, blocked(harness.MethodDisallowedByPreflightResponse, "PUT"), arrive("OPTIONS")),
		Entry("a header beyond the list is blocked before it is sent", Label("claim:08", "fetch:cors-preflight-fetch"),
			"/right", request{Headers: header("X-Trace", "1")}, blocked(harness.HeaderDisallowedByPreflightResponse, "x-trace"), arrive("OPTIONS")),
		Entry("a safelisted header needs no list", Label("fetch:cors-safelisted-request-header"),
			"/right", request{Headers: header("Accept", "application/json")}, read(200), Not(harness.BePreflighted())),
		Entry("OPTIONS is allowed without any handler for it", Label("claim:13", "fetch:cors-preflight-fetch"),
			"/in-a-middleware", json(request{}), read(200), arrive("OPTIONS", "POST"), answered(harness.Preflight, 200, "Allow", "GET, HEAD, POST", acao, client)),
		Entry("the same headers on the routes only: OPTIONS is not allowed", Label("claim:13", "fetch:cors-preflight-fetch"),
			"/on-the-route", json(request{}), blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS"),
			answered(harness.Preflight, 200, "Allow", "GET, HEAD, POST", acao, "")),
		Entry("and a request without preflight is", Label("claim:13", "fetch:cors-check"),
			"/on-the-route", request{Method: "POST", Body: harness.Text(`{}`)}, read(200), arrive("POST")),
	)

	DescribeTable("a header that is missing", asked,
		Entry("none: GET", Label("claim:06", "fetch:cors-check"), "/no-headers", request{}, blocked(harness.MissingAllowOriginHeader, ""), arrive("GET")),
		Entry("none: POST of JSON", Label("fetch:cors-preflight-fetch"),
			"/no-headers", json(request{}), blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")),
		Entry("no allowed origin: GET", Label("claim:06", "fetch:cors-check"), "/no-origin", request{}, blocked(harness.MissingAllowOriginHeader, ""), arrive("GET")),
		Entry("no allowed origin: POST of JSON", Label("claim:06", "fetch:cors-preflight-fetch"),
			"/no-origin", json(request{}), blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")),
		Entry("no allowed methods: PUT", Label("claim:08", "fetch:cors-preflight-fetch"),
			"/no-methods", request{Method: "PUT"}, blocked(harness.MethodDisallowedByPreflightResponse, "PUT"), arrive("OPTIONS")),
		Entry("no allowed methods: POST needs none, even after a preflight", Label("claim:08", "fetch:cors-safelisted-method"),
			"/no-methods", json(request{}), read(200), arrive("OPTIONS", "POST")),
		Entry("no allowed methods: HEAD needs none", Label("claim:08", "fetch:cors-safelisted-method"),
			"/no-methods", request{Method: "HEAD"}, read(200), Not(harness.BePreflighted())),
		Entry("no allowed headers: Content-Type of JSON", Label("claim:08", "fetch:cors-preflight-fetch"),
			"/no-allow-headers", json(request{}), blocked(harness.HeaderDisallowedByPreflightResponse, "content-type"), arrive("OPTIONS")),
		Entry("no allowed headers: Content-Type of a form needs none", Label("claim:08", "fetch:cors-safelisted-request-header"),
			"/no-allow-headers", request{Method: "POST", Body: harness.Form(harness.Field{Name: "a", Value: "1"})}, read(200), Not(harness.BePreflighted())),
	)

	DescribeTable("another origin", asked,
		Entry("GET", Label("claim:06", "fetch:cors-check"),
			"/wrong-origin", request{}, blocked(harness.AllowOriginMismatch, "https://another-client.com"), arrive("GET")),
		Entry("POST of JSON", Label("claim:06", "fetch:cors-preflight-fetch"),
			"/wrong-origin", json(request{}), blocked(harness.PreflightAllowOriginMismatch, "https://another-client.com"), arrive("OPTIONS")),
	)

	DescribeTable("the wildcard", asked,
		Entry("lets any page read", Label("claim:07", "fetch:cors-check"), "/wildcard", request{From: evil}, read(200)),
		Entry("lets an opaque origin read", Label("claim:07", "fetch:cors-check"), "/wildcard", request{From: harness.OpaqueOrigin}, read(200)),
		Entry("does not hold with credentials", Label("claim:06", "claim:16", "fetch:cors-check"),
			"/wildcard", cookies, blocked(harness.WildcardOriginNotAllowed, ""), arrive("GET")),
		Entry("does not hold with credentials, also beside Allow-Credentials", Label("claim:16", "fetch:cors-check"),
			"/wildcard-with-credentials", cookies, blocked(harness.WildcardOriginNotAllowed, ""), arrive("GET")),
		Entry("does not hold with credentials on a preflight", Label("claim:16", "fetch:cors-preflight-fetch"),
			"/wildcard-with-credentials", json(cookies), blocked(harness.PreflightWildcardOriginNotAllowed, ""), arrive("OPTIONS")),
		Entry("in the list of methods allows each", Label("claim:08", "fetch:cors-preflight-fetch"),
			"/wildcard-lists", request{Method: "PUT"}, read(200), arrive("OPTIONS", "PUT")),
		Entry("in the list of headers allows each", Label("claim:08", "fetch:cors-preflight-fetch"),
			"/wildcard-lists", request{Headers: header("X-Trace", "1")}, read(200), arrive("OPTIONS", "GET")),
		Entry("in the list of methods is a name, with credentials", Label("claim:16", "fetch:cors-preflight-fetch"),
			"/wildcard-lists", request{Method: "PUT", Credentials: harness.Include}, blocked(harness.MethodDisallowedByPreflightResponse, "PUT"), arrive("OPTIONS")),
		Entry("in the list of headers is a name, with credentials", Label("claim:16", "fetch:cors-preflight-fetch"),
			"/wildcard-lists", json(cookies), blocked(harness.HeaderDisallowedByPreflightResponse, "content-type"), arrive("OPTIONS")),
	)
})
