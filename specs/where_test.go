package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Where a script stands and by what it asks are two things: a worker has most of the means
// of a page.
// https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object
var _ = Describe("environments", Label("scenario:where"), func() {
	const (
		worker  = harness.WhereWorker
		shared  = harness.WhereSharedWorker
		service = harness.WhereServiceWorker
	)
	ask := func(ctx SpecContext, r harness.Request, c content, h harness.Header) (harness.Observation, error) {
		r.From = app
		r.URL = serve(servers.Case{Reply: servers.Reply{Header: append(h, header("Content-Type", c.kind)...), Body: c.body}})
		return chrome.Fetch(ctx, r)
	}

	DescribeTable("a worker is refused without the header, and allowed with it", Label("fetch:cors-check", "code:MissingAllowOriginHeader"),
		func(ctx SpecContext, where harness.Where, via harness.Via, c content, sees string) {
			r := harness.Request{Where: where, Via: via}
			Expect(ask(ctx, r, c, nil)).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), HaveField("Script.Error", ContainSubstring(sees))))
			Expect(ask(ctx, r, c, allow(app))).To(SatisfyAll(harness.BeReadable(), arrive("GET"), arriveWith("Origin", app), HaveField("Script.Error", "")))
		},
		Entry("fetch in a dedicated worker", Label("case:101"), worker, harness.ViaFetch, anything, "TypeError: Failed to fetch"),
		Entry("keepalive fetch in a dedicated worker", Label("case:102"), worker, harness.ViaKeepalive, anything, "TypeError: Failed to fetch"),
		Entry("keepalive fetch in a shared worker", Label("case:103"), shared, harness.ViaKeepalive, anything, "TypeError: Failed to fetch"),
		Entry("keepalive fetch in a service worker", Label("case:104"), service, harness.ViaKeepalive, anything, "TypeError: Failed to fetch"),
		Entry("XMLHttpRequest in a dedicated worker", Label("case:105"), worker, harness.ViaXHR, anything, "error event, status 0"),
		Entry("XMLHttpRequest in a shared worker", Label("case:106"), shared, harness.ViaXHR, anything, "error event, status 0"),
		Entry("synchronous XMLHttpRequest in a dedicated worker", Label("case:107"), worker, harness.ViaXHRSync, anything, "NetworkError"),
		Entry("synchronous XMLHttpRequest in a shared worker", Label("case:108"), shared, harness.ViaXHRSync, anything, "NetworkError"),
		Entry("EventSource in a dedicated worker", Label("case:109"), worker, harness.ViaEventSource, stream, "error event, readyState 2"),
		Entry("EventSource in a shared worker", Label("case:110"), shared, harness.ViaEventSource, stream, "error event, readyState 2"),
		Entry("EventSource in a service worker", Label("case:111"), service, harness.ViaEventSource, stream, "error event, readyState 2"),
		Entry("font in a dedicated worker", Label("case:112"), worker, harness.ViaFont, font, "NetworkError"),
		Entry("font in a shared worker", Label("case:113"), shared, harness.ViaFont, font, "NetworkError"),
		Entry("import() in a dedicated worker", Label("case:114"), worker, harness.ViaImport, program, "TypeError: Failed to fetch dynamically imported module"),
		Entry("import() in a shared worker", Label("case:115"), shared, harness.ViaImport, program, "TypeError: Failed to fetch dynamically imported module"),
	)

	DescribeTable("XMLHttpRequest is preflighted", Label("fetch:cors-preflight-fetch", "code:PreflightMissingAllowOriginHeader"),
		func(ctx SpecContext, where harness.Where) {
			r := harness.Request{From: app, Where: where, Via: harness.ViaXHR, Method: "PUT", Headers: header("X-One", "1")}
			r.URL = serve(servers.Case{})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")))
			r.URL = serve(servers.Case{
				Preflight: &servers.Reply{Status: 204, Header: allow(app, acam, "PUT", "Access-Control-Allow-Headers", "x-one")},
				Reply:     servers.Reply{Header: allow(app), Body: "hello"},
			})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT"), HaveField("Script.Body", "hello")))
		},
		Entry("in a dedicated worker", Label("case:116"), worker), Entry("in a shared worker", shared),
	)

	// https://html.spec.whatwg.org/multipage/workers.html#import-scripts-into-worker-global-scope
	It("importScripts in a shared worker takes a script of any origin", Label("case:117", "fetch:concept-request-mode"), func(ctx SpecContext) {
		Expect(ask(ctx, harness.Request{Where: shared, Via: harness.ViaImportScripts}, program, nil)).To(SatisfyAll(harness.BeOpaque(), arrive("GET")))
	})

	// https://websockets.spec.whatwg.org/#concept-websocket-establish
	DescribeTable("the handshake of a WebSocket has the origin of the page", Label("fetch:websocket-protocol"), func(ctx SpecContext, where harness.Where) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, Where: where, Via: harness.ViaWebSocket, URL: serve(servers.Case{})})).
			To(SatisfyAll(harness.BeBlocked(harness.HandshakeRefused), arriveWith("Origin", app)))
	},
		Entry("in a dedicated worker", Label("case:118"), worker), Entry("in a shared worker", shared), Entry("in a service worker", service),
	)

	DescribeTable("the names of fetch in a worker are short for two fields", Label("fetch:concept-request-mode"), func(ctx SpecContext, via harness.Via, where harness.Where) {
		short := harness.Request{From: app, Via: via}
		Expect(short.EffectiveWhere()).To(Equal(where))
		Expect(short.EffectiveVia()).To(Equal(harness.ViaFetch))
		Expect(harness.Request{From: app, URL: api, Via: via, Where: where}.Validate()).To(Succeed())
		Expect(harness.Request{From: app, URL: api, Via: via, Where: harness.WhereWindow}.Validate()).To(MatchError(ContainSubstring("remove Via or Where")))
	},
		Entry(nil, harness.ViaWorker, worker), Entry(nil, harness.ViaSharedWorker, shared), Entry(nil, harness.ViaServiceWorker, service),
	)
})

// A page, the page around it and a worker's script have a URL of their own, and a worker's
// script need not come from a server.
var _ = Describe("URLs of pages and scripts", Label("scenario:where"), func() {
	ask := func(ctx SpecContext, r harness.Request) (harness.Observation, error) {
		r.From, r.URL = app, serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		return chrome.Fetch(ctx, r)
	}

	// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
	DescribeTable("are the referrer", Label("fetch:main-fetch"), func(ctx SpecContext, r harness.Request, referrer string) {
		r.ReferrerPolicy = harness.UnsafeURL
		Expect(ask(ctx, r)).To(SatisfyAll(read(200), arriveWith("Referer", referrer)))
	},
		Entry("of a page", Label("case:119"), harness.Request{PagePath: "/shop/?id=7"}, "https://app.test/shop/?id=7"),
		Entry("of a page in a frame, and not the one around it", Label("case:120"), harness.Request{Within: "https://other.test", WithinPath: "/around", PagePath: "/inside"}, "https://app.test/inside"),
		Entry("of a dedicated worker, and not of its page", Label("case:121"), harness.Request{Where: harness.WhereWorker, PagePath: "/page", WorkerPath: "/js/worker.js?v=2"}, "https://app.test/js/worker.js?v=2"),
		Entry("of a shared worker", Label("case:122"), harness.Request{Where: harness.WhereSharedWorker, WorkerPath: "/js/shared.js"}, "https://app.test/js/shared.js"),
	)

	// https://html.spec.whatwg.org/multipage/workers.html#set-up-a-worker-environment-settings-object
	DescribeTable("are the origin", Label("fetch:http-cors-protocol"), func(ctx SpecContext, r harness.Request, origin string) {
		seen, err := ask(ctx, r)
		Expect(seen, err).To(SatisfyAll(read(200), arriveWith("Origin", origin), HaveField("Page.Origin", origin)))
		r.From, r.URL = app, serve(servers.Case{Reply: servers.Reply{Header: allow(app)}})
		refusal := harness.BeReadable()
		if origin == harness.OpaqueOrigin {
			refusal = harness.BeBlocked(harness.AllowOriginMismatch)
		}
		Expect(chrome.Fetch(ctx, r)).To(refusal)
	},
		Entry("of a dedicated worker from a blob: URL", Label("case:123"), harness.Request{Where: harness.WhereWorker, WorkerScript: harness.BlobScript}, app),
		Entry("of a shared worker from a blob: URL", Label("case:124"), harness.Request{Where: harness.WhereSharedWorker, WorkerScript: harness.BlobScript}, app),
		Entry("but not of a dedicated worker from a data: URL", Label("case:125"), harness.Request{Where: harness.WhereWorker, WorkerScript: harness.DataScript}, harness.OpaqueOrigin),
		Entry("but not of a shared worker from a data: URL", Label("case:126"), harness.Request{Where: harness.WhereSharedWorker, WorkerScript: harness.DataScript}, harness.OpaqueOrigin),
		Entry("but not of an XMLHttpRequest in such a worker", Label("case:127"), harness.Request{Where: harness.WhereWorker, WorkerScript: harness.DataScript, Via: harness.ViaXHR}, harness.OpaqueOrigin),
	)

	It("need not be a worker's own: two workers with one URL are two", Label("case:128", "fetch:main-fetch"), func(ctx SpecContext) {
		for _, where := range []harness.Where{harness.WhereWorker, harness.WhereSharedWorker} {
			for _, csp := range []string{"connect-src *", "connect-src 'none'"} {
				r := harness.Request{Where: where, WorkerPath: "/one.js", WorkerHeaders: header("Content-Security-Policy", csp)}
				outcome := read(200)
				if csp == "connect-src 'none'" {
					outcome = blocked(harness.BlockedByCSP, "connect-src")
				}
				Expect(ask(ctx, r)).To(outcome, "%s, %s", where, csp)
			}
		}
	})

	// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
	DescribeTable("say whose policies a worker has", Label("fetch:main-fetch"), func(ctx SpecContext, script harness.WorkerScript, outcome OmegaMatcher) {
		csp := header("Content-Security-Policy", "connect-src 'self'")
		Expect(ask(ctx, harness.Request{Where: harness.WhereWorker, WorkerScript: script, PageHeaders: csp})).To(outcome)
	},
		Entry("its own, from a server", Label("case:129"), harness.WorkerScript(""), read(200)),
		Entry("the page's, from a blob: URL", Label("case:130"), harness.BlobScript, blocked(harness.BlockedByCSP, "connect-src")),
		Entry("the page's, from a data: URL", Label("case:131"), harness.DataScript, blocked(harness.BlockedByCSP, "connect-src")),
	)

	// https://w3c.github.io/webappsec-permissions-policy/#define-inherited-policy-in-container
	It("the page around has headers, which also hold in the frame", Label("case:132", "fetch:main-fetch"), func(ctx SpecContext) {
		r := harness.Request{From: app, Within: "https://www.app.test", URL: serve(servers.Case{Reply: servers.Reply{Header: allow("*")}}),
			FrameAllow: "loopback-network; local-network", AddressSpace: harness.SpacePublic}
		Expect(chrome.Fetch(ctx, r)).To(read(200))
		r.WithinHeaders = header("Permissions-Policy", "loopback-network=(), local-network=()")
		Expect(chrome.Fetch(ctx, r)).To(harness.BeBlocked(harness.LocalNetworkAccessPermissionDenied))
	})
})
