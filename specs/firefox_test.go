package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// categorised matches a refusal for a reason to which Firefox gives this category.
func categorised(reason harness.Reason, category string) types.GomegaMatcher {
	return SatisfyAll(harness.BeBlocked(reason), harness.HaveCategory(category))
}

// answer is a server that answers a preflight, and the request, with these lines.
func answer(preflight, response harness.Header) servers.Case {
	return servers.Case{Preflight: &servers.Reply{Status: 204, Header: preflight}, Reply: servers.Reply{Header: response, Body: "42"}}
}

// Firefox is the second witness. A reason has the meaning that it has with Chrome.
var _ = Describe("Firefox", Label("scenario:firefox"), func() {
	ask := func(ctx SpecContext, r harness.Request, c servers.Case) (harness.Observation, error) {
		if r.From == "" {
			r.From = app
		}
		r.URL = serve(c)
		return firefox.Fetch(ctx, r)
	}
	put := harness.Request{Method: "PUT"}
	with := func(r harness.Request) harness.Request {
		r.Credentials = harness.Include
		return r
	}
	open := allow("*", acam, "PUT", acah, "*")

	DescribeTable("names the step of the CORS protocol that refused", Label("fetch:cors-check", "fetch:cors-preflight-fetch"),
		func(ctx SpecContext, r harness.Request, c servers.Case, want types.GomegaMatcher, methods ...string) {
			Expect(ask(ctx, r, c)).To(SatisfyAll(want, arrive(methods...)))
		},
		Entry("no Access-Control-Allow-Origin", harness.Request{}, answer(nil, nil), categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2"), "GET"),
		Entry("another origin", harness.Request{}, answer(nil, allow(evil)), categorised(harness.AllowOriginMismatch, "CORSAllowOriginNotMatchingOrigin"), "GET"),
		Entry("no origin at all", harness.Request{}, answer(nil, allow("x")), categorised(harness.AllowOriginMismatch, "CORSAllowOriginNotMatchingOrigin"), "GET"),
		Entry("two lines", harness.Request{}, answer(nil, allow(app, acao, app)), categorised(harness.MultipleAllowOriginValues, "CORSMultipleAllowOriginNotAllowed"), "GET"),
		Entry("* with credentials", with(harness.Request{}), answer(nil, allow("*")), categorised(harness.WildcardOriginNotAllowed, "CORSNotSupportingCredentials"), "GET"),
		Entry("no permission for credentials", with(harness.Request{}), answer(nil, allow(app)), categorised(harness.InvalidAllowCredentials, "CORSMissingAllowCredentials"), "GET"),
		Entry("a preflight without Access-Control-Allow-Origin", put, answer(nil, nil), categorised(harness.PreflightMissingAllowOriginHeader, "CORSMissingAllowOrigin2"), "OPTIONS"),
		Entry("a preflight for another origin", put, answer(allow(evil), nil), categorised(harness.PreflightAllowOriginMismatch, "CORSAllowOriginNotMatchingOrigin"), "OPTIONS"),
		Entry("a preflight with two lines", put, answer(allow(app, acao, app), nil), categorised(harness.PreflightMultipleAllowOriginValues, "CORSMultipleAllowOriginNotAllowed"), "OPTIONS"),
		Entry("a preflight with * and credentials", with(put), answer(allow("*"), nil), categorised(harness.PreflightWildcardOriginNotAllowed, "CORSNotSupportingCredentials"), "OPTIONS"),
		Entry("a preflight without permission for credentials", with(put), answer(allow(app), nil), categorised(harness.PreflightInvalidAllowCredentials, "CORSMissingAllowCredentials"), "OPTIONS"),
		Entry("a preflight that fails", put, servers.Case{Preflight: &servers.Reply{Status: 404, Header: open}}, categorised(harness.PreflightInvalidStatus, "CORSPreflightDidNotSucceed3"), "OPTIONS"),
		Entry("a method", put, answer(allow("*"), allow("*")), categorised(harness.MethodDisallowedByPreflightResponse, "CORSMethodNotFound"), "OPTIONS"),
		Entry("a header", harness.Request{Headers: header("X-A", "1")}, answer(allow("*"), allow("*")), categorised(harness.HeaderDisallowedByPreflightResponse, "CORSMissingAllowHeaderFromPreflight2"), "OPTIONS"),
		Entry("a list of methods that is none", put, answer(allow("*", acam, "a b"), allow("*")), categorised(harness.InvalidAllowMethodsPreflightResponse, "CORSInvalidAllowMethod"), "OPTIONS"),
		Entry("a list of headers that is none", harness.Request{Headers: header("X-A", "1")}, answer(allow("*", acah, "a b"), allow("*")), categorised(harness.InvalidAllowHeadersPreflightResponse, "CORSInvalidAllowHeader"), "OPTIONS"),
		Entry("the response after a good preflight", put, answer(open, nil), categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2"), "OPTIONS", "PUT"),
	)

	DescribeTable("lets the script read", Label("fetch:concept-filtered-response-cors"),
		func(ctx SpecContext, r harness.Request, c servers.Case, methods ...string) {
			Expect(ask(ctx, r, c)).To(SatisfyAll(read(200), arrive(methods...), HaveField("Script.Body", "42"), HaveField("Browser.Name", "Firefox")))
		},
		Entry("a simple request", harness.Request{}, answer(nil, allow("*")), "GET"),
		Entry("a preflighted request", put, answer(open, allow("*")), "OPTIONS", "PUT"),
		Entry("a request with credentials", with(harness.Request{}), answer(nil, allow(app, acac, "true")), "GET"),
		Entry("by XMLHttpRequest", harness.Request{Via: harness.ViaXHR}, answer(nil, allow("*")), "GET"),
		Entry("by a synchronous XMLHttpRequest", harness.Request{Via: harness.ViaXHRSync}, answer(nil, allow("*")), "GET"),
		Entry("by an XMLHttpRequest that listens to its upload", harness.Request{Via: harness.ViaXHRUpload, Method: "POST", Body: harness.Text("a")}, answer(open, allow("*")), "OPTIONS", "POST"),
		Entry("in a worker", harness.Request{Via: harness.ViaWorker}, answer(nil, allow(app)), "GET"),
		Entry("in a sandboxed page", harness.Request{From: harness.OpaqueOrigin}, answer(nil, allow("null")), "GET"),
		Entry("at a data: URL", harness.Request{From: harness.DataPage}, answer(nil, allow("null")), "GET"),
		Entry("in a frame of another site", harness.Request{Within: "https://top.test"}, answer(nil, allow(app)), "GET"),
		Entry("in a sandboxed frame", harness.Request{From: harness.OpaqueOrigin, Within: "https://top.test"}, answer(nil, allow("null")), "GET"),
		Entry("in a document that the page has made", harness.Request{Document: harness.SrcdocDocument}, answer(nil, allow(app)), "GET"),
		Entry("at an origin that is not ours", harness.Request{From: foreign}, answer(nil, allow(foreign)), "GET"),
		Entry("at an origin with plain http", harness.Request{From: "http://plain.test"}, answer(nil, allow("*")), "GET"),
	)

	DescribeTable("refuses in every place where a script runs", Label("fetch:cors-check"),
		func(ctx SpecContext, r harness.Request) {
			Expect(ask(ctx, r, answer(nil, nil))).To(categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2"))
		},
		Entry("a worker", harness.Request{Via: harness.ViaWorker}),
		Entry("a sandboxed page", harness.Request{From: harness.OpaqueOrigin}),
		Entry("a frame", harness.Request{Within: "https://top.test"}),
		Entry("XMLHttpRequest", harness.Request{Via: harness.ViaXHR}),
		Entry("an image with crossorigin", harness.Request{Via: harness.ViaImage, Mode: harness.CORS}),
		Entry("a script with crossorigin", harness.Request{Via: harness.ViaScript, Mode: harness.CORS}),
		Entry("a video with crossorigin", harness.Request{Via: harness.ViaVideo, Mode: harness.CORS}),
		Entry("a font", harness.Request{Via: harness.ViaFont}),
		Entry("an EventSource", harness.Request{Via: harness.ViaEventSource}),
	)

	DescribeTable("holds a request of a dry run back, and sends its preflight", Label("fetch:cors-preflight-fetch"),
		func(ctx SpecContext, r harness.Request, c servers.Case, want types.GomegaMatcher, methods ...string) {
			r.DryRun = true
			Expect(ask(ctx, r, c)).To(SatisfyAll(want, arrive(methods...)))
		},
		Entry("that passes", put, answer(open, allow("*")), SatisfyAll(harness.BeReadable(), HaveField("Withheld()", true)), "OPTIONS"),
		Entry("that is refused", put, answer(allow("*"), allow("*")), categorised(harness.MethodDisallowedByPreflightResponse, "CORSMethodNotFound"), "OPTIONS"),
		Entry("and a request without one", harness.Request{Method: "POST"}, answer(nil, nil), SatisfyAll(harness.BeReadable(), HaveField("Withheld()", true))),
	)

	DescribeTable("holds a request of a dry run back, however its URL is written", Label("fetch:cors-preflight-fetch"),
		func(ctx SpecContext, r harness.Request, write func(url string) string) {
			r.From, r.URL, r.Method, r.DryRun = app, write(serve(answer(allow("*", acam, "*"), allow("*")))), "DELETE", true
			Expect(firefox.Fetch(ctx, r)).To(SatisfyAll(harness.BeReadable(), HaveField("Withheld()", true), arrive("OPTIONS")))
		},
		Entry("with a query of JSON", harness.Request{}, func(url string) string { return url + `?q={"a":'1'}` }),
		Entry("with signs in its path", harness.Request{}, func(url string) string { return url + "/^|`{}'\"<>[]é" }),
		Entry("with a user name", harness.Request{Via: harness.ViaXHR}, func(url string) string { return strings.Replace(url, "://", "://ann:pw@", 1) }),
	)

	It("holds a request of a dry run back whose preflight is kept", Label("fetch:cors-preflight-cache"), func(ctx SpecContext) {
		r := harness.Request{From: app, Method: "PUT", URL: serve(answer(allow("*", acam, "PUT", acma, "600"), allow("*")))}
		Expect(firefox.Fetch(ctx, r)).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT")))
		r.DryRun = true
		Expect(firefox.Fetch(ctx, r)).To(SatisfyAll(harness.BeReadable(), HaveField("Withheld()", true), Not(arrive("PUT"))))
	})

	It("asks by https where a policy of the page upgrades, and holds such a request of a dry run back, too", Label("fetch:main-fetch"), func(ctx SpecContext) {
		r := harness.Request{From: app, Method: "PUT", PageHeaders: header("Content-Security-Policy", "upgrade-insecure-requests")}
		place := net.Add(answer(open, allow("*")))
		DeferCleanup(place.Close)
		https := place.URL("https://api.test")
		r.URL = strings.Replace(https, "https:", "http:", 1)
		Expect(firefox.Fetch(ctx, r)).To(SatisfyAll(read(200), HaveField("Exchanges", HaveEach(HaveField("URL", https)))))
		before := net.LastSeq()
		r.DryRun = true
		_, _ = firefox.Fetch(ctx, r) // Firefox does not ask the proxy of our names then: there may be no verdict
		Expect(net.Arrivals(before, []string{https})).NotTo(ContainElement(HaveField("Method", "PUT")))
	})

	It("shows the preflight, with its headers", Label("fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		seen, err := ask(ctx, harness.Request{Method: "PUT", Headers: header("X-A", "1")}, answer(open, allow("*")))
		Expect(seen, err).To(SatisfyAll(read(200), harness.BePreflighted()))
		Expect(seen.Preflights()).To(ConsistOf(SatisfyAll(HaveField("Status", 204), HaveField("Method", "OPTIONS"),
			HaveField("RequestHeaders", ContainElement(harness.Field{Name: "Access-Control-Request-Method", Value: "PUT"})),
			HaveField("RequestHeaders", ContainElement(harness.Field{Name: "Access-Control-Request-Headers", Value: "x-a"})))))
	})

	DescribeTable("names what a preflight does not allow", Label("fetch:cors-preflight-fetch"),
		func(ctx SpecContext, r harness.Request, c servers.Case, reason harness.Reason, parameter string) {
			Expect(ask(ctx, r, c)).To(SatisfyAll(harness.BeBlocked(reason), HaveField("Parameter", parameter)))
		},
		Entry("a method", put, answer(allow("*"), nil), harness.MethodDisallowedByPreflightResponse, "PUT"),
		Entry("a header", harness.Request{Headers: header("X-A", "1")}, answer(allow("*"), nil), harness.HeaderDisallowedByPreflightResponse, "x-a"),
		Entry("the first of two headers", harness.Request{Headers: header("X-B", "1", "X-A", "1")}, answer(allow("*"), nil), harness.HeaderDisallowedByPreflightResponse, "x-a"),
		Entry("the one of two headers that is not listed", harness.Request{Headers: header("X-A", "1", "X-B", "1")}, answer(allow("*", acah, "x-a"), nil), harness.HeaderDisallowedByPreflightResponse, "x-b"),
	)

	It("follows a redirect, and shows each hop", Label("fetch:http-redirect-fetch"), func(ctx SpecContext) {
		next := serve(answer(nil, allow("*")))
		seen, err := ask(ctx, harness.Request{}, servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", next)}})
		Expect(seen, err).To(SatisfyAll(read(200), arrive("GET", "GET")))
		Expect(seen.Exchanges).To(HaveExactElements(HaveField("Status", 302), SatisfyAll(HaveField("Kind", harness.RedirectHop), HaveField("URL", next))))
	})

	It("refuses a redirect whose answer is not allowed", Label("fetch:http-redirect-fetch"), func(ctx SpecContext) {
		next := serve(answer(nil, nil))
		Expect(ask(ctx, harness.Request{}, servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", next)}})).
			To(SatisfyAll(categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2"), arrive("GET", "GET")))
	})

	It("refuses a redirect where the mode is error", Label("fetch:http-fetch"), func(ctx SpecContext) {
		Expect(ask(ctx, harness.Request{Redirect: harness.RedirectError}, servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", "/")}})).
			To(harness.BeBlocked(harness.RedirectRefused))
	})

	It("gives an opaque response in mode no-cors", Label("fetch:concept-filtered-response-opaque"), func(ctx SpecContext) {
		Expect(ask(ctx, harness.Request{Mode: harness.NoCORS}, answer(nil, nil))).To(harness.BeOpaque())
	})

	DescribeTable("refuses for other reasons than CORS", Label("fetch:main-fetch"),
		func(ctx SpecContext, r harness.Request, c servers.Case, want types.GomegaMatcher) {
			Expect(ask(ctx, r, c)).To(want)
		},
		Entry("Cross-Origin-Resource-Policy", harness.Request{Mode: harness.NoCORS}, answer(nil, header("Cross-Origin-Resource-Policy", "same-origin")),
			categorised(harness.BlockedByCORPNotSameOrigin, "NS_ERROR_DOM_CORP_FAILED")),
		Entry("Content-Security-Policy", harness.Request{PageHeaders: header("Content-Security-Policy", "connect-src 'self'")}, answer(nil, allow("*")),
			SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive())),
		Entry("Content-Security-Policy, and not a policy that reports alone", harness.Request{PageHeaders: header("Content-Security-Policy-Report-Only", "connect-src 'self'")}, answer(nil, nil),
			categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2")),
		Entry("mode same-origin", harness.Request{Mode: harness.SameOriginOnly}, answer(nil, allow("*")), categorised(harness.DisallowedByMode, "SOP")),
		Entry("a hash that differs", harness.Request{Integrity: "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, answer(nil, allow("*")), harness.BeBlocked(harness.BlockedByIntegrity)),
	)

	DescribeTable("sends cookies to another site only where they are granted", Label("fetch:concept-http-network-or-cache-fetch"),
		func(ctx SpecContext, granted harness.Permission, want types.GomegaMatcher) {
			browser := harness.Browser{Kind: harness.Firefox, Network: &net, Timeout: patience, ThirdPartyCookies: granted,
				Cookies: []harness.SetCookie{{URL: "https://api.other.test/", Line: "sid=1; Secure; SameSite=None"}}}
			DeferCleanup(browser.Close)
			url := serveAt("https://api.other.test", answer(nil, allow(app, acac, "true")))
			Expect(browser.Fetch(ctx, harness.Request{From: app, URL: url, Credentials: harness.Include})).To(SatisfyAll(harness.BeReadable(), want))
		},
		Entry("granted", harness.PermissionGranted, arriveWith("Cookie", "sid=1")),
		Entry("denied", harness.PermissionDenied, Not(arriveWith("Cookie", "sid=1"))),
	)

	It("keeps the cookies of profiles apart", Label("fetch:concept-http-network-or-cache-fetch"), func(ctx SpecContext) {
		url := serve(answer(nil, allow(app, acac, "true", "Set-Cookie", "sid=1; Secure")))
		profile := &harness.Profile{Browser: &firefox}
		DeferCleanup(profile.Close)
		r := harness.Request{From: app, URL: url, Credentials: harness.Include}
		Expect(profile.Fetch(ctx, r)).To(SatisfyAll(harness.BeReadable(), Not(arriveWith("Cookie", "sid=1"))))
		Expect(profile.Fetch(ctx, r)).To(SatisfyAll(harness.BeReadable(), arriveWith("Cookie", "sid=1")))
		Expect(firefox.Fetch(ctx, r)).To(Not(arriveWith("Cookie", "sid=1")))
	})
})
