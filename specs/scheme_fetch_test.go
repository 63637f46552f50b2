package specs_test

import (
	"net/url"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// CORS is for HTTP(S) alone: a response of another scheme cannot say which pages
// may read it.
// https://fetch.spec.whatwg.org/#scheme-fetch
var _ = Describe("schemes", Label("scenario:schemes", "fetch:scheme-fetch"), func() {
	// file returns the URL of a script in a file.
	file := func() string {
		path := filepath.Join(GinkgoT().TempDir(), "script.js")
		Expect(os.WriteFile(path, []byte("1"), 0o600)).To(Succeed())
		return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
	}

	DescribeTable("of a file are not read by another file", Label("case:100", "code:CorsDisabledScheme"),
		func(ctx SpecContext, via harness.Via) {
			Expect(chrome.Fetch(ctx, harness.Request{From: harness.FilePage, URL: file(), Via: via})).To(SatisfyAll(
				harness.BeBlocked(harness.CorsDisabledScheme), harness.LogToConsole(SatisfyAny(ContainSubstring("http, https"), ContainSubstring(`URL scheme "file" is not supported`)))))
		},
		Entry("fetch", harness.ViaFetch),
		Entry("XMLHttpRequest", harness.ViaXHR),
		Entry("module", harness.ViaModule),
	)

	It("of a file do not keep a script from being run", Label("case:100"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: harness.FilePage, URL: file(), Via: harness.ViaScript})).To(harness.BeOpaque())
	})

	DescribeTable("other than HTTP(S) are not asked by a page", Label("case:100"), func(ctx SpecContext, target string, want OmegaMatcher) {
		for _, from := range []string{app, "http://app.test"} {
			Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: target})).To(SatisfyAll(want, HaveField("Exchanges", Not(ContainElement(HaveField("Sent", true))))), from)
		}
	},
		Entry("ftp", Label("code:CorsDisabledScheme"), "ftp://api.test/x", rejected(harness.CorsDisabledScheme, "ftp")),
		Entry("blob of another origin", Label("code:CorsDisabledScheme"), "blob:https://api.test/0f1d3f5c-0000-4000-8000-000000000000", rejected(harness.CorsDisabledScheme, "blob")),
	)

	It("of a file are not asked by a page, for which the builds have different reasons", Label("case:100", "code:other"), func(ctx SpecContext) {
		want := SatisfyAll(rejected(harness.BlockedByOther, ""), harness.LogToConsole("Not allowed to load local resource: file:///etc/hostname"))
		if headlessShell(ctx) {
			want = SatisfyAll(rejected(harness.CorsDisabledScheme, "file"), harness.LogToConsole(`URL scheme "file" is not supported`))
		}
		for _, from := range []string{app, "http://app.test"} {
			Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: "file:///etc/hostname"})).To(SatisfyAll(want, HaveField("Exchanges", Not(ContainElement(HaveField("Sent", true))))), from)
		}
	})

	// https://fetch.spec.whatwg.org/#main-fetch
	It("of a data: URL are of the page's own origin", func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: "data:text/plain,hello"})).To(SatisfyAll(
			read(200), HaveField("Script.Body", "hello"), HaveField("Script.Type", "basic"), HaveField("Script.Headers", header("content-type", "text/plain")),
			WithTransform(harness.Observation.String, Not(ContainSubstring("Access-Control-Allow-Origin")))))
	})

	// https://fetch.spec.whatwg.org/#data-url-processor
	DescribeTable("of a data: URL that is none are an error", Label("code:ERR_INVALID_URL"), func(ctx SpecContext, r harness.Request) {
		r.From = app
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.InvalidURL, ""), HaveField("Arrivals", BeEmpty())))
	},
		Entry("without a comma", harness.Request{URL: "data:notAdataUrl.com"}),
		Entry("without a comma, by XMLHttpRequest", harness.Request{URL: "data:notAdataUrl.com", Via: harness.ViaXHR}),
		Entry("without a comma, in a worker", harness.Request{URL: "data:notAdataUrl.com", Via: harness.ViaWorker}),
		Entry("with a body that is not base64", harness.Request{URL: "data:;base64,!", Mode: harness.NoCORS}),
	)
})

// The page's own policy is independent of the server.
var _ = Describe("the page's own policy", Label("scenario:page-policy", "fetch:main-fetch"), func() {
	// https://w3c.github.io/webappsec-csp/#should-block-request
	DescribeTable("of what it may connect to", Label("code:csp"), func(ctx SpecContext, via harness.Via, at string, want OmegaMatcher) {
		url := serveAt(at, servers.Case{Reply: servers.Reply{Header: allow(app)}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via,
			PageHeaders: header("Content-Security-Policy", "connect-src 'self'; img-src 'none'")})).To(want)
	},
		Entry("forbids fetch, without a CORS code", Label("case:99"), harness.ViaFetch, api, SatisfyAll(rejected(harness.BlockedByCSP, "connect-src"), arrive(),
			logFrom("security", "violates the following Content Security Policy directive"), HaveField("Exchanges", BeEmpty()),
			HaveField("Issues", ConsistOf(harness.Issue{Code: "ContentSecurityPolicyIssue", Detail: "connect-src"})))),
		Entry("forbids keepalive fetch", harness.ViaKeepalive, api, SatisfyAll(rejected(harness.BlockedByCSP, "connect-src"), arrive())),
		Entry("forbids XMLHttpRequest", harness.ViaXHR, api, SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive())),
		Entry("forbids a synchronous XMLHttpRequest", harness.ViaXHRSync, api, SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive())),
		Entry("forbids a preload of what fetch would get", harness.ViaPreload, api, SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive())),
		Entry("forbids EventSource", harness.ViaEventSource, api, SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive())),
		Entry("forbids a beacon, which says that it was queued", harness.ViaBeacon, api, SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive(), HaveField("Script.Error", ""))),
		Entry("forbids a WebSocket", harness.ViaWebSocket, api, SatisfyAll(harness.BeBlocked(harness.BlockedByCSP), arrive())),
		Entry("forbids an image", harness.ViaImage, api, SatisfyAll(blocked(harness.BlockedByCSP, ""), arrive(), harness.LogToConsole("img-src 'none'"))),
		Entry("allows the page's own origin", harness.ViaFetch, app, read(200)),
		Entry("allows a WebSocket of the page's own origin", harness.ViaWebSocket, app, SatisfyAll(blocked(harness.HandshakeRefused, ""), arrive("GET"))),
	)

	It("holds where a redirect leads elsewhere", Label("case:99", "code:csp", "fetch:http-redirect-fetch"), func(ctx SpecContext) {
		urls := chain(hop{at: app, status: 302}, hop{at: api, lines: allow("*")})
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: urls[0], PageHeaders: header("Content-Security-Policy", "connect-src 'self'")})
		Expect(seen, err).To(SatisfyAll(rejected(harness.BlockedByCSP, ""), HaveField("BlockedReason", "csp"),
			logFrom("security", "violates the following Content Security Policy directive: \"connect-src")))
		Expect(travelled(urls)).To(Equal([]string{"GET app.test"}))
	})

	It("that is only reported blocks nothing", Label("case:99"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: allow(app)}}),
			PageHeaders: header("Content-Security-Policy-Report-Only", "connect-src 'self'")})).To(read(200))
	})

	// The hash of "1", and the hash of nothing.
	const right, wrong = "sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

	// https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist
	DescribeTable("of what a response's hash must be", Label("code:integrity"), func(ctx SpecContext, r harness.Request, want OmegaMatcher) {
		r.From, r.URL = app, serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", program.kind), Body: program.body}})
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(want, arrive("GET"), HaveField("NetError", "")))
	},
		Entry("lets fetch have the right one", harness.Request{Integrity: right}, read(200)),
		Entry("keeps the wrong one from fetch", harness.Request{Integrity: wrong}, rejected(harness.BlockedByIntegrity, "")),
		Entry("lets a script with CORS have the right one", harness.Request{Integrity: right, Via: harness.ViaScript, Mode: harness.CORS}, harness.BeReadable()),
		Entry("keeps the wrong one from a script", harness.Request{Integrity: wrong, Via: harness.ViaScript, Mode: harness.CORS}, blocked(harness.BlockedByIntegrity, "")),
		Entry("keeps the right one from a script without CORS, since the browser may not compare it", Label("case:86"),
			harness.Request{Integrity: right, Via: harness.ViaScript}, SatisfyAll(blocked(harness.BlockedByIntegrity, ""), logFrom("security", "requires the request to be CORS enabled"))),
		Entry("keeps the wrong one from a module", harness.Request{Integrity: wrong, Via: harness.ViaModule}, blocked(harness.BlockedByIntegrity, "")),
		Entry("keeps the wrong one from a style sheet", harness.Request{Integrity: wrong, Via: harness.ViaStylesheet, Mode: harness.CORS}, blocked(harness.BlockedByIntegrity, "")),
	)
})
