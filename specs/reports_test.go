package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A page's policy makes the browser send requests of its own.
// https://w3c.github.io/webappsec-csp/#report-violation
var _ = Describe("the report of a Content-Security-Policy", Label("scenario:reports", "fetch:main-fetch"), func() {
	report := func(ctx SpecContext, c servers.Case) (harness.Observation, error) {
		return chrome.Fetch(ctx, harness.Request{From: app, URL: serve(c), Via: harness.ViaCSPReport})
	}

	It("is a POST in mode no-cors, which needs no permission", Label("case:232"), func(ctx SpecContext) {
		seen, err := report(ctx, servers.Case{})
		Expect(seen, err).To(SatisfyAll(harness.BeOpaque(), arrive("POST"), arriveWith("Content-Type", "application/csp-report"), arriveWith("Origin", app),
			arriveWith("Sec-Fetch-Mode", "no-cors"), arriveWith("Sec-Fetch-Dest", "report"), HaveField("Script.Error", "")))
		Expect(seen.String()).To(SatisfyAll(HavePrefix("  POST "), ContainSubstring("script saw nothing of the response")))
	})

	DescribeTable("carries cookies to the page's own origin alone", Label("case:233"), func(ctx SpecContext, origin string, sends OmegaMatcher) {
		profile := &harness.Profile{Browser: &chrome, Cookies: []harness.SetCookie{{URL: origin, Line: "sid=1; Secure; SameSite=None"}}}
		DeferCleanup(profile.Close)
		Expect(profile.Fetch(ctx, harness.Request{From: app, URL: serveAt(origin, servers.Case{}), Via: harness.ViaCSPReport})).To(SatisfyAll(arrive("POST"), sends))
	},
		Entry("the page's own", app, harness.SendCookie("sid")),
		Entry("another", api, Not(harness.SendCookie("sid"))),
	)

	It("follows no redirect", Label("case:234", "code:redirect-refused"), func(ctx SpecContext) {
		Expect(report(ctx, servers.Case{Reply: servers.Reply{Status: 307, Header: header("Location", api+"/elsewhere")}})).To(SatisfyAll(blocked(harness.RedirectRefused, ""), arrive("POST")))
	})

	It("is kept from a server by its Cross-Origin-Resource-Policy", Label("case:235", "code:corp-not-same-origin"), func(ctx SpecContext) {
		Expect(report(ctx, servers.Case{Reply: servers.Reply{Header: header("Cross-Origin-Resource-Policy", "same-origin")}})).
			To(SatisfyAll(blocked("corp-not-same-origin", ""), arrive("POST")))
	})

	It("goes also from a document that the page has made, which inherits the policy", Label("case:236"), func(ctx SpecContext) {
		for _, r := range []harness.Request{{From: app, Document: harness.SrcdocDocument}, {From: harness.OpaqueOrigin}, {From: app, Within: evil}} {
			r.URL, r.Via = serve(servers.Case{}), harness.ViaCSPReport
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(harness.BeOpaque(), arrive("POST")), r.From)
		}
	})

	DescribeTable("is refused where nothing is sent", func(r harness.Request, says string) {
		r.Via = harness.ViaCSPReport
		Expect(r.Validate()).To(MatchError(ContainSubstring(says)))
	},
		Entry("a page without headers", harness.Request{From: harness.FilePage, URL: api}, "has no headers"),
		Entry("a URL that ends the directive", harness.Request{From: app, URL: api + "/a;b"}, "%3B"),
		Entry("a worker", harness.Request{From: app, URL: api, Where: harness.WhereWorker}, "there is no csp-report there"),
	)
})

// The Reporting API collects reports and delivers them across origins with a preflight. Chrome
// tells nothing of the delivery: the server sees what became of it.
// https://w3c.github.io/reporting/#try-delivery
var _ = Describe("a report of the Reporting API", Label("scenario:reports", "fetch:cors-preflight-fetch"), func() {
	report := func(ctx SpecContext, r harness.Request, c servers.Case) (harness.Observation, error) {
		r.URL, r.Via = serve(c), harness.ViaReport
		return inBuild(ctx, &chrome, r)
	}
	allowed := servers.Case{Preflight: &servers.Reply{Status: 204, Header: allow("*", acah, "content-type")}}

	It("is a POST that a preflight must allow", Label("case:258", "code:PreflightMissingAllowOriginHeader"), func(ctx SpecContext) {
		for _, from := range []string{app, foreign} {
			Expect(report(ctx, harness.Request{From: from}, allowed)).To(SatisfyAll(harness.BeOpaque(), arrive("OPTIONS", "POST"), arriveWith("Content-Type", "application/reports+json")), from)
		}
		seen, err := report(ctx, harness.Request{From: app}, servers.Case{})
		Expect(seen, err).To(blocked(harness.PreflightMissingAllowOriginHeader, ""))
		Expect(seen.Arrivals).To(HaveEach(HaveField("Method", "OPTIONS")), "Chrome tries again, and each time asks first")
	})

	It("needs the permission for its Content-Type", Label("case:259", "code:HeaderDisallowedByPreflightResponse"), func(ctx SpecContext) {
		Expect(report(ctx, harness.Request{From: app}, servers.Case{Preflight: &servers.Reply{Status: 204, Header: allow("*")}})).
			To(blocked(harness.HeaderDisallowedByPreflightResponse, "content-type"))
	})

	It("to the page's own origin needs no preflight", Label("case:260"), func(ctx SpecContext) {
		Expect(inBuild(ctx, &chrome, harness.Request{From: app, URL: serveAt(app, servers.Case{}), Via: harness.ViaReport})).To(SatisfyAll(harness.BeOpaque(), arrive("POST")))
	})

	It("to a server that tells nobody what arrives: an error", func(ctx SpecContext) {
		_, err := inBuild(ctx, &chrome, harness.Request{From: app, URL: "https://api.example.com/", Via: harness.ViaReport})
		Expect(err).To(MatchError(ContainSubstring("only a server of the fixture network, or a recorder")))
	})

	DescribeTable("is refused where nothing arrives", func(r harness.Request, says string) {
		r.Via = harness.ViaReport
		Expect(r.Validate()).To(MatchError(ContainSubstring(says)))
	},
		Entry("a server without TLS", harness.Request{From: app, URL: "http://api.test/"}, "https alone"),
		Entry("a page of an opaque origin", harness.Request{From: harness.OpaqueOrigin, URL: api}, "no report of a page at an opaque origin"),
	)
})

// https://html.spec.whatwg.org/multipage/links.html#rel-icon
var _ = Describe("the icon of a page", Label("scenario:initiators", "fetch:concept-request-mode"), func() {
	It("is asked for in mode no-cors, and no script sees it", Label("case:237"), func(ctx SpecContext) {
		for range 2 {
			Expect(inBuild(ctx, &chrome, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", picture.kind), Body: picture.body}}), Via: harness.ViaFavicon})).
				To(SatisfyAll(harness.BeOpaque(), arrive("GET"), arriveWith("Sec-Fetch-Mode", "no-cors"), arriveWith("Sec-Fetch-Dest", "image")))
		}
	})

	It("that the server does not have is not used", Label("case:238", "code:response-unusable"), func(ctx SpecContext) {
		Expect(inBuild(ctx, &chrome, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Status: 404}}), Via: harness.ViaFavicon})).
			To(SatisfyAll(blocked(harness.ResponseUnusable, ""), arrive("GET")))
	})
})
