package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// WebKit is the third witness: it says whether script can read, and a reason where its text names
// one step alone.
var _ = Describe("WebKit", Label("scenario:webkit"), func() {
	ask := func(ctx SpecContext, r harness.Request, c servers.Case) (harness.Observation, error) {
		if r.From == "" {
			r.From = app
		}
		r.URL = serve(c)
		return webkit.Fetch(ctx, r)
	}
	put := harness.Request{Method: "PUT"}
	with := func(r harness.Request) harness.Request {
		r.Credentials = harness.Include
		return r
	}
	open := allow("*", acam, "PUT", acah, "*")

	DescribeTable("refuses, and gives its text", Label("fetch:cors-check", "fetch:cors-preflight-fetch", "code:untold"),
		func(ctx SpecContext, r harness.Request, c servers.Case, reason harness.Reason, text string, methods ...string) {
			Expect(ask(ctx, r, c)).To(SatisfyAll(categorised(reason, text), arrive(methods...)))
		},
		Entry("no Access-Control-Allow-Origin", harness.Request{}, answer(nil, nil), harness.Untold, otherOrigin, "GET"),
		Entry("another origin", harness.Request{}, answer(nil, allow(evil)), harness.Untold, otherOrigin, "GET"),
		Entry("two lines", harness.Request{}, answer(nil, allow(app, acao, app)), harness.MultipleAllowOriginValues, "Access-Control-Allow-Origin cannot contain more than one origin", "GET"),
		Entry("* with credentials", with(harness.Request{}), answer(nil, allow("*")), harness.WildcardOriginNotAllowed, "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true", "GET"),
		Entry("no permission for credentials", with(harness.Request{}), answer(nil, allow(app)), harness.InvalidAllowCredentials, `Credentials flag is true, but Access-Control-Allow-Credentials is not "true"`, "GET"),
		Entry("a preflight without Access-Control-Allow-Origin", put, answer(nil, nil), harness.Untold, otherOrigin, "OPTIONS"),
		Entry("a preflight with two lines", put, answer(allow(app, acao, app), nil), harness.Untold, "Access-Control-Allow-Origin cannot contain more than one origin", "OPTIONS"),
		Entry("a preflight with * and credentials", with(put), answer(allow("*"), nil), harness.Untold, "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true", "OPTIONS"),
		Entry("a preflight that fails", put, servers.Case{Preflight: &servers.Reply{Status: 404, Header: open}}, harness.PreflightInvalidStatus, "Preflight response is not successful", "OPTIONS"),
		Entry("a preflight that is redirected", put, servers.Case{Preflight: &servers.Reply{Status: 302, Header: allow("*", acam, "PUT", "Location", "/x")}}, harness.PreflightDisallowedRedirect, "Preflight response is not successful", "OPTIONS"),
		Entry("a method", put, answer(allow("*"), allow("*")), harness.MethodDisallowedByPreflightResponse, "Method … is not allowed by Access-Control-Allow-Methods", "OPTIONS"),
		Entry("a header", harness.Request{Headers: header("X-A", "1")}, answer(allow("*"), allow("*")), harness.HeaderDisallowedByPreflightResponse, "Request header field … is not allowed by Access-Control-Allow-Headers", "OPTIONS"),
		Entry("the response after a good preflight", put, answer(open, nil), harness.Untold, otherOrigin, "OPTIONS", "PUT"),
		Entry("XMLHttpRequest", harness.Request{Via: harness.ViaXHR}, answer(nil, nil), harness.Untold, otherOrigin, "GET"),
		Entry("a sandboxed page", harness.Request{From: harness.OpaqueOrigin}, answer(nil, nil), harness.Untold, otherOrigin, "GET"),
		Entry("a Cross-Origin-Resource-Policy", harness.Request{Mode: harness.NoCORS}, answer(nil, header("Cross-Origin-Resource-Policy", "same-origin")), harness.Untold, "violates the resource's Cross-Origin-Resource-Policy response header", "GET"),
		Entry("a policy of the page", harness.Request{PageHeaders: header("Content-Security-Policy", "connect-src 'none'")}, answer(nil, allow("*")), harness.BlockedByCSP, "Refused to connect to … Content Security Policy"),
		Entry("a redirect that may not be followed", harness.Request{Redirect: harness.RedirectError}, servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", "/x")}}, harness.RedirectRefused, "Not allowed to follow a redirection while loading", "GET"),
	)

	It("refuses another origin in mode same-origin, and gives no text", Label("fetch:main-fetch"), func(ctx SpecContext) {
		Expect(ask(ctx, harness.Request{Mode: harness.SameOriginOnly}, answer(nil, allow("*")))).To(SatisfyAll(harness.BeBlocked(harness.DisallowedByMode), arrive()))
	})

	DescribeTable("lets the script read", Label("fetch:concept-filtered-response-cors"),
		func(ctx SpecContext, r harness.Request, c servers.Case, methods ...string) {
			Expect(ask(ctx, r, c)).To(SatisfyAll(read(200), arrive(methods...), HaveField("Script.Body", "42"), HaveField("Browser.Name", "WebKit")))
		},
		Entry("a simple request", harness.Request{}, answer(nil, allow("*")), "GET"),
		Entry("a preflighted request", put, answer(open, allow("*")), "OPTIONS", "PUT"),
		Entry("a request with credentials", with(harness.Request{}), answer(nil, allow(app, acac, "true")), "GET"),
		Entry("by XMLHttpRequest", harness.Request{Via: harness.ViaXHR}, answer(nil, allow("*")), "GET"),
		Entry("by a synchronous XMLHttpRequest", harness.Request{Via: harness.ViaXHRSync}, answer(nil, allow("*")), "GET"),
		Entry("in a sandboxed page", harness.Request{From: harness.OpaqueOrigin}, answer(nil, allow("null")), "GET"),
		Entry("at a data: URL", harness.Request{From: harness.DataPage}, answer(nil, allow("null")), "GET"),
		Entry("at an origin that is not ours", harness.Request{From: foreign}, answer(nil, allow(foreign)), "GET"),
		Entry("at an origin with plain http", harness.Request{From: "http://plain.test"}, answer(nil, allow("*")), "GET"),
	)

	It("tells of a policy of the page each time", Label("fetch:main-fetch"), func(ctx SpecContext) {
		for range 2 {
			r := harness.Request{PageHeaders: header("Content-Security-Policy", "connect-src 'self'")}
			Expect(ask(ctx, r, answer(nil, allow("*")))).To(SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive()))
		}
	})

	It("is preflighted where the server saw a preflight", Label("fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		Expect(ask(ctx, put, answer(open, allow("*")))).To(harness.BePreflighted())
		Expect(ask(ctx, harness.Request{}, answer(open, allow("*")))).NotTo(harness.BePreflighted())
	})

	It("gives an opaque response in mode no-cors", Label("fetch:concept-filtered-response-opaque"), func(ctx SpecContext) {
		Expect(ask(ctx, harness.Request{Mode: harness.NoCORS}, answer(nil, nil))).To(SatisfyAll(harness.BeOpaque(), arrive("GET")))
	})

	It("holds a request of a dry run back that is not preflighted", Label("fetch:http-fetch"), func(ctx SpecContext) {
		Expect(ask(ctx, harness.Request{Method: "POST", DryRun: true}, answer(nil, nil))).To(SatisfyAll(harness.BeReadable(), HaveField("Withheld()", true), arrive()))
	})

	It("follows a redirect, and shows each hop", Label("fetch:http-redirect-fetch"), func(ctx SpecContext) {
		next := serve(answer(nil, allow("*")))
		seen, err := ask(ctx, harness.Request{}, servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", next)}})
		Expect(seen, err).To(SatisfyAll(read(200), arrive("GET", "GET")))
		Expect(seen.Exchanges).To(HaveExactElements(HaveField("Status", 302), SatisfyAll(HaveField("Kind", harness.RedirectHop), HaveField("URL", next))))
	})

	DescribeTable("names what it cannot ask", Label("fetch:main-fetch"),
		func(ctx SpecContext, r harness.Request, what string) {
			_, err := ask(ctx, r, answer(open, allow("*")))
			Expect(err).To(MatchError(SatisfyAll(ContainSubstring("WebKit"), ContainSubstring(what))))
		},
		Entry("a worker", harness.Request{Via: harness.ViaWorker}, "ask from a worker"),
		Entry("a frame", harness.Request{Within: "https://top.test"}, "ask from a frame"),
		Entry("an image", harness.Request{Via: harness.ViaImage}, "ask by img"),
		Entry("a dry run of a request that is preflighted", harness.Request{Method: "PUT", DryRun: true}, "hold a request back that is preflighted"),
		Entry("an address space", harness.Request{AddressSpace: harness.SpacePublic}, "address space"),
	)
})

// otherOrigin is what WebKit says of every Access-Control-Allow-Origin that does not fit.
const otherOrigin = "Origin … is not allowed by Access-Control-Allow-Origin"
