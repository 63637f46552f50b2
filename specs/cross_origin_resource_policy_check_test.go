package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A response to a request without CORS is allowed unless the server, or the page,
// forbids it. https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
var _ = Describe("the cross-origin resource policy check", Label("scenario:resource-policy", "fetch:cross-origin-resource-policy-check"), func() {
	const corp = "Cross-Origin-Resource-Policy"

	DescribeTable("of a no-cors response with the policy", Label("case:87"),
		func(ctx SpecContext, policy, at string, want OmegaMatcher) {
			url := serveAt(at, servers.Case{Reply: servers.Reply{Header: header(corp, policy), Body: "x"}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Mode: harness.NoCORS})).To(SatisfyAll(want, arrive("GET")))
		},
		Entry("same-origin", Label("code:corp-not-same-origin"), "same-origin", api, SatisfyAll(blocked(harness.BlockedByCORPNotSameOrigin, ""),
			HaveField("NetError", "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin"))),
		Entry("same-site, of another site", Label("code:corp-not-same-site"), "same-site", api, SatisfyAll(blocked(harness.BlockedByCORPNotSameSite, ""),
			HaveField("NetError", "net::ERR_BLOCKED_BY_RESPONSE.NotSameSite"))),
		Entry("same-site, of the same site", "same-site", "https://www.app.test", harness.BeOpaque()),
		Entry("cross-origin", "cross-origin", api, harness.BeOpaque()),
		Entry("Same-Origin, which is no policy: case counts", "Same-Origin", api, harness.BeOpaque()),
	)

	It("is not made where CORS decides", Label("case:87"), func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, corp, "same-origin")}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(read(200))
	})

	// https://html.spec.whatwg.org/multipage/browsers.html#coep
	Describe("of a page with Cross-Origin-Embedder-Policy", func() {
		silent := servers.Case{Reply: servers.Reply{Header: header("Content-Type", picture.kind), Body: picture.body}}
		requiring := header("Cross-Origin-Embedder-Policy", "require-corp")

		It("wants a policy where require-corp does", Label("case:89", "code:corp-not-same-origin-after-defaulted-to-same-origin-by-coep"), func(ctx SpecContext) {
			r := harness.Request{From: app, URL: serve(silent), Via: harness.ViaImage, PageHeaders: requiring}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.BlockedByCORPDefaultedByCOEP, ""), arrive("GET")))
			r.Mode, r.URL = harness.CORS, serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", picture.kind), Body: picture.body}})
			Expect(chrome.Fetch(ctx, r)).To(harness.BeReadable(), "CORS is permission enough")
			r.Mode, r.URL = "", serve(servers.Case{Reply: servers.Reply{Header: header(corp, "cross-origin", "Content-Type", picture.kind), Body: picture.body}})
			Expect(chrome.Fetch(ctx, r)).To(harness.BeOpaque(), "and so is the policy")
		})

		// Chrome has a reason for this, and does not give it.
		It("wants a frame to have such a policy, too", Label("case:89"), func(ctx SpecContext) {
			r := harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", page.kind), Body: page.body}}),
				Via: harness.ViaIframe, PageHeaders: requiring}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.BlockedByCORPDefaultedByCOEP, ""), arrive("GET")))
		})

		// https://html.spec.whatwg.org/multipage/webappapis.html#dom-crossoriginisolated
		It("isolates a page that has Cross-Origin-Opener-Policy as well", Label("case:89"), func(ctx SpecContext) {
			r := harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: allow(app)}}), PageHeaders: requiring}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), HaveField("Page.Isolated", false)))
			r.PageHeaders = append(header("Cross-Origin-Opener-Policy", "same-origin"), requiring...)
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), HaveField("Page.Isolated", true)))
		})

		// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
		It("lets everything in without cookies where credentialless does", Label("case:90"), func(ctx SpecContext) {
			profile := harness.Profile{Browser: &chrome}
			DeferCleanup(profile.Close)
			setting := serve(servers.Case{Reply: servers.Reply{Header: allow(app, acac, "true", "Set-Cookie", "sid=1; Secure; SameSite=None; Path=/")}})
			Expect(profile.Fetch(ctx, harness.Request{From: app, URL: setting, Credentials: harness.Include})).To(read(200))
			r := harness.Request{From: app, URL: serve(silent), Via: harness.ViaImage}
			Expect(profile.Fetch(ctx, r)).To(SatisfyAll(harness.BeOpaque(), harness.SendCookie("sid")))
			r.URL, r.PageHeaders = serve(silent), header("Cross-Origin-Embedder-Policy", "credentialless")
			Expect(profile.Fetch(ctx, r)).To(SatisfyAll(harness.BeOpaque(), Not(harness.SendCookie("sid"))))
		})
	})

	// https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy
	DescribeTable("is demanded by a page in a secure context alone", func(ctx SpecContext, from, within, policy string, want OmegaMatcher) {
		silent := serveAt("https://api.test", servers.Case{})
		Expect(chrome.Fetch(ctx, harness.Request{From: from, Within: within, URL: silent, Mode: harness.NoCORS,
			PageHeaders: header("Cross-Origin-Embedder-Policy", policy)})).To(want)
	},
		Entry("https", app, "", "require-corp", harness.BeBlocked(harness.BlockedByCORPDefaultedByCOEP)),
		Entry("https, in a secure page", app, "https://top.test", "require-corp", harness.BeBlocked(harness.BlockedByCORPDefaultedByCOEP)),
		Entry("this machine", "http://localhost:3000", "", "require-corp", harness.BeBlocked(harness.BlockedByCORPDefaultedByCOEP)),
		Entry("not on http", "http://app.test", "", "require-corp", harness.BeOpaque()),
		Entry("not in a page on http", app, "http://top.test", "require-corp", harness.BeOpaque()),
		Entry("nor with a header that is no item", app, "", "require-corp;", harness.BeOpaque()),
	)

	// https://github.com/annevk/orb
	Describe("is followed by opaque response blocking", func() {
		DescribeTable("of an image that is", Label("case:88", "code:ERR_BLOCKED_BY_ORB"), func(ctx SpecContext, h harness.Header, body string) {
			url := serve(servers.Case{Reply: servers.Reply{Header: h, Body: body}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: harness.ViaImage})).To(SatisfyAll(
				blocked(harness.BlockedByORB, ""), arrive("GET"), HaveField("Script.Error", "error event")))
		},
			Entry("JSON", header("Content-Type", "application/json"), `{"a": 1}`),
			Entry("HTML", header("Content-Type", "text/html"), "<!doctype html><title>x</title>"),
			Entry("JSON that cannot be told from a script, but must not be sniffed",
				header("Content-Type", "application/json", "X-Content-Type-Options", "nosniff"), `[1]`),
			Entry("text that must not be sniffed", header("Content-Type", "text/plain", "X-Content-Type-Options", "nosniff"), "x"),
		)

		// Chrome sniffs: only { with a key in quotes is JSON and cannot be a
		// script. The image gets the other bodies and cannot show them.
		DescribeTable("of an image that says it is JSON, and begins as a script could, it does not come to", Label("case:88"), func(ctx SpecContext, body string) {
			url := serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", "application/json"), Body: body}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: harness.ViaImage})).To(SatisfyAll(blocked(harness.ResponseUnusable, ""), arrive("GET"),
				HaveField("NetError", ""), HaveField("Issues", BeEmpty()), HaveField("Script.Error", "error event")))
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: harness.ViaScript})).To(harness.BeOpaque(), "a script runs it")
		},
			Entry("a list", `[1]`),
			Entry("an object without a key", `{}`),
			Entry("a text", `"x"`),
		)

		It("which empties what fetch() gets, without an error", Label("case:88", "deviation:D12"), func(ctx SpecContext) {
			url := serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", "application/json"), Body: `{"a": 1}`}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Mode: harness.NoCORS})).To(SatisfyAll(harness.BeOpaque(), arrive("GET"),
				HaveField("Script.Error", ""), HaveField("Script.BodySize", BeEquivalentTo(0))))
		})
	})

	It("and opaque response blocking have issues about what they keep", Label("case:87", "case:88"), func(ctx SpecContext) {
		own, events := tracing()
		kept := func(h harness.Header, via harness.Via) []string {
			url := serve(servers.Case{Reply: servers.Reply{Header: h, Body: `{"a": 1}`}})
			r := harness.Request{From: app, URL: url, Via: via}
			if via == harness.ViaFetch {
				r.Mode = harness.NoCORS
			}
			Expect(own.Fetch(ctx, r)).NotTo(harness.BeReadable())
			Eventually(ctx, issuesAbout).WithArguments(events, url).WithTimeout(patience).ShouldNot(BeEmpty())
			return issuesAbout(events, url)
		}
		Expect(kept(header(corp, "same-origin"), harness.ViaFetch)).To(ConsistOf("BlockedByResponseIssue CorpNotSameOrigin"))
		json := header("Content-Type", "application/json")
		Expect(kept(json, harness.ViaImage)).To(ConsistOf("GenericIssue ResponseWasBlockedByORB"))
		Expect(kept(json, harness.ViaFetch)).To(ConsistOf("GenericIssue ResponseWasBlockedByORB"))
	})
})
