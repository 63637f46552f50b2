package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A document that a page makes itself has no server that could give it an origin: it
// inherits origin and policies.
// https://html.spec.whatwg.org/multipage/document-sequences.html#determining-the-origin
var _ = Describe("inherited origins", Label("scenario:origins"), func() {
	const (
		srcdoc = harness.SrcdocDocument
		blob   = harness.BlobDocument
		blank  = harness.BlankDocument
	)
	ask := func(ctx SpecContext, r harness.Request, h harness.Header) (harness.Observation, error) {
		r.URL = serve(servers.Case{Reply: servers.Reply{Header: h}})
		return chrome.Fetch(ctx, r)
	}

	DescribeTable("are the origin of the page", Label("fetch:cors-check", "code:MissingAllowOriginHeader"), func(ctx SpecContext, r harness.Request, origin string) {
		Expect(ask(ctx, r, nil)).To(SatisfyAll(rejected(harness.MissingAllowOriginHeader, ""), arrive("GET"), arriveWith("Origin", origin)))
		Expect(ask(ctx, r, allow(origin))).To(SatisfyAll(read(200), arriveWith("Origin", origin), HaveField("Page.Origin", origin)))
	},
		Entry("of an about:srcdoc frame", Label("case:181"), harness.Request{From: app, Document: srcdoc}, app),
		Entry("of a blob: frame", Label("case:182"), harness.Request{From: app, Document: blob}, app),
		Entry("of an about:blank frame", Label("case:183"), harness.Request{From: app, Document: blank}, app),
		Entry("of an about:srcdoc frame in a frame of another site", harness.Request{From: app, Within: "https://other.test", Document: srcdoc}, app),
		Entry("of an about:srcdoc frame in a frame of the same site", harness.Request{From: app, Within: "https://www.app.test", Document: srcdoc}, app),
		Entry("of an about:srcdoc frame in a sandboxed page", Label("case:184"), harness.Request{From: harness.OpaqueOrigin, Document: srcdoc}, "null"),
		Entry("of a blob: frame in a sandboxed page", Label("case:184"), harness.Request{From: harness.OpaqueOrigin, Document: blob}, "null"),
		Entry("of an about:srcdoc frame in a sandboxed frame", harness.Request{From: harness.OpaqueOrigin, Within: app, Document: srcdoc}, "null"),
		Entry("of an about:srcdoc frame in a file", harness.Request{From: harness.FilePage, Document: srcdoc}, "null"),
		Entry("of a dedicated worker of a blob: frame", harness.Request{From: app, Document: blob, Where: harness.WhereWorker}, app),
		Entry("of a shared worker of an about:srcdoc frame", harness.Request{From: app, Document: srcdoc, Where: harness.WhereSharedWorker}, app),
	)

	// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
	DescribeTable("come without a URL of a server", Label("case:185", "fetch:main-fetch"), func(ctx SpecContext, d harness.Document, referrer ...string) {
		r := harness.Request{From: app, Document: d, PagePath: "/shop/?id=7", ReferrerPolicy: harness.UnsafeURL}
		Expect(ask(ctx, r, allow(app))).To(SatisfyAll(read(200), arriveWith("Referer", referrer...)))
	},
		Entry("the referrer is the page's, at about:srcdoc", srcdoc, app+"/shop/?id=7"),
		Entry("there is no referrer, at about:blank", blank),
		Entry("there is no referrer, at a blob: URL", blob),
	)

	// https://html.spec.whatwg.org/multipage/browsers.html#determining-navigation-params-policy-container
	DescribeTable("come with the policies of the page", Label("case:186", "fetch:main-fetch"), func(ctx SpecContext, d harness.Document) {
		r := harness.Request{From: app, Document: d, PageHeaders: header("Content-Security-Policy", "connect-src 'none'")}
		Expect(ask(ctx, r, allow(app))).To(SatisfyAll(blocked(harness.BlockedByCSP, "connect-src"), arrive()))
	},
		Entry(nil, srcdoc), Entry(nil, blob), Entry(nil, blank),
	)

	It("need no permission at home", Label("case:187", "fetch:main-fetch"), func(ctx SpecContext) {
		for _, d := range []harness.Document{srcdoc, blob, blank} {
			r := harness.Request{From: app, Document: d, URL: serveAt(app, servers.Case{})}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), HaveField("Script.Type", "basic")), string(d))
		}
	})

	DescribeTable("are preflighted", Label("case:188", "fetch:cors-preflight-fetch"), func(ctx SpecContext, d harness.Document, dry bool, outcome types.GomegaMatcher) {
		r := harness.Request{From: app, Document: d, Method: "PUT", DryRun: dry}
		r.URL = serve(servers.Case{Preflight: &servers.Reply{Status: 204, Header: allow(app, acam, "PUT")}, Reply: servers.Reply{Header: allow(app)}})
		Expect(chrome.Fetch(ctx, r)).To(outcome)
	},
		Entry("at about:srcdoc", srcdoc, false, SatisfyAll(read(200), arrive("OPTIONS", "PUT"))),
		Entry("at a blob: URL", blob, false, SatisfyAll(read(200), arrive("OPTIONS", "PUT"))),
		Entry("at a blob: URL, in a dry run", blob, true, SatisfyAll(harness.BeReadable(), arrive("OPTIONS"))),
	)
})
