package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A secure page asks for nothing over http, whatever CORS says.
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
var _ = Describe("mixed content", Label("scenario:mixed-content", "fetch:main-fetch"), func() {
	const insecure = "http://api.test"
	anyone := servers.Case{Reply: servers.Reply{Header: allow("*", acam, "PUT"), Body: "ok"}}

	DescribeTable("is blocked before anything is sent", Label("code:mixed-content"),
		func(ctx SpecContext, r harness.Request) {
			if r.From == "" {
				r.From = app
			}
			r.URL = serveAt(insecure, anyone)
			Expect(inBuild(ctx, &chrome, r)).To(SatisfyAll(blocked(harness.BlockedByMixedContent, ""), arrive()))
		},
		Entry("by fetch", harness.Request{}),
		Entry("by fetch in no-cors mode", harness.Request{Mode: harness.NoCORS}),
		Entry("by a fetch with a preflight", harness.Request{Method: "PUT"}),
		Entry("by keepalive fetch", harness.Request{Via: harness.ViaKeepalive}),
		Entry("by fetch in a dedicated worker", harness.Request{Via: harness.ViaWorker}),
		Entry("by fetch in a service worker", harness.Request{Via: harness.ViaServiceWorker}),
		Entry("by importScripts", harness.Request{Via: harness.ViaImportScripts}),
		Entry("by XMLHttpRequest", harness.Request{Via: harness.ViaXHR}),
		Entry("by a synchronous XMLHttpRequest", harness.Request{Via: harness.ViaXHRSync}),
		Entry("by a module", harness.Request{Via: harness.ViaModule}),
		Entry("by import()", harness.Request{Via: harness.ViaImport}),
		Entry("by a track", harness.Request{Via: harness.ViaTrack, Mode: harness.CORS}),
		Entry("by a manifest", harness.Request{Via: harness.ViaManifest}),
		Entry("by a script", harness.Request{Via: harness.ViaScript}),
		Entry("by a style sheet", harness.Request{Via: harness.ViaStylesheet}),
		Entry("by a font", harness.Request{Via: harness.ViaFont}),
		Entry("by EventSource", harness.Request{Via: harness.ViaEventSource}),
		Entry("by a preload", harness.Request{Via: harness.ViaPreload}),
		Entry("by a frame, and the page gets no event", harness.Request{Via: harness.ViaIframe}),
		Entry("by a beacon", harness.Request{Via: harness.ViaBeacon, Body: harness.Text("x")}),
		Entry("from a page far away, before local network access is looked at", harness.Request{From: foreign}),
		Entry("from a sandboxed page that came over https", harness.Request{From: harness.OpaqueOrigin}),
	)

	// A shared worker has settings of its own, and Chrome does not check them.
	DescribeTable("goes through by fetch in a shared worker, which Chrome only warns of", func(ctx SpecContext, r harness.Request, want OmegaMatcher, arrived ...string) {
		r.From, r.URL, r.Via = app, serveAt(insecure, anyone), harness.ViaSharedWorker
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(want, arrive(arrived...), harness.LogToConsole("This content should also be served over HTTPS.")))
	},
		Entry("to be read", harness.Request{}, read(200), "GET"),
		Entry("after a preflight", harness.Request{Method: "PUT"}, read(200), "OPTIONS", "PUT"),
		Entry("in no-cors mode", harness.Request{Mode: harness.NoCORS}, harness.BeOpaque(), "GET"),
	)

	It("is refused at once by WebSocket", Label("fetch:websocket-protocol"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serveAt(insecure, anyone), Via: harness.ViaWebSocket})).To(SatisfyAll(
			blocked(harness.BlockedByMixedContent, ""), arrive(), HaveField("Script.Error", HavePrefix("SecurityError: "))))
	})

	It("is named in the console", Label("code:mixed-content"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serveAt(insecure, anyone)})).To(SatisfyAll(
			blocked(harness.BlockedByMixedContent, ""), harness.LogToConsole("Mixed Content: ")))
	})

	It("is blocked where a redirect leads to it", Label("fetch:http-redirect-fetch"), func(ctx SpecContext) {
		target, before := serveAt(insecure, anyone), net.LastSeq()
		url := serve(servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", target)}})
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(`fetch(%q).then((r) => r.status, String)`, url))).To(MatchJSON(`"TypeError: Failed to fetch"`))
		Expect(net.Arrivals(before, []string{url})).To(HaveLen(1))
		Expect(net.Arrivals(before, []string{target})).To(BeEmpty())
	})

	// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
	DescribeTable("is asked for over https instead, as long as it is no CORS request", Label("fetch:main-fetch"),
		func(ctx SpecContext, crossOrigin string, secure, load bool) {
			place := net.Add(servers.Case{Reply: servers.Reply{Header: allow("*", "Content-Type", picture.kind), Body: picture.body}})
			DeferCleanup(place.Close)
			before := net.LastSeq()
			Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(`new Promise((resolve) => {
				const image = new Image()
				if (%[2]q) image.crossOrigin = %[2]q
				image.onload = () => resolve(true)
				image.onerror = () => resolve(false)
				image.src = %[1]q
			})`, place.URL(insecure), crossOrigin))).To(MatchJSON(fmt.Sprint(load)))
			Expect(net.Arrivals(before, []string{place.URL(insecure)})).To(BeEmpty())
			Expect(len(net.Arrivals(before, []string{place.URL(api)})) == 1).To(Equal(secure))
		},
		Entry("by an image", "", true, true),
		Entry("by an image with crossorigin", "anonymous", true, true),
	)

	// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
	Describe("of a secure page is asked for over https, and the question knows it", Label("fetch:main-fetch"), func() {
		ask := func(ctx SpecContext, via harness.Via, mode harness.Mode, reply servers.Reply) (harness.Observation, error) {
			place := net.Add(servers.Case{Reply: reply})
			DeferCleanup(place.Close)
			seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: place.URL(insecure), Via: via, Mode: mode})
			Expect(seen.Exchanges).To(HaveExactElements(SatisfyAll(HaveField("URL", place.URL(api)), HaveField("Sent", true))))
			Expect(seen.Arrivals).To(SatisfyAll(Not(BeEmpty()), HaveEach(HaveField("URL", place.URL(api)))))
			return seen, err
		}
		DescribeTable("by", func(ctx SpecContext, via harness.Via, mode harness.Mode, want OmegaMatcher) {
			Expect(ask(ctx, via, mode, servers.Reply{Header: allow("*", "Content-Type", picture.kind), Body: picture.body})).To(want)
		},
			Entry("an image", harness.ViaImage, harness.Mode(""), harness.BeOpaque()),
			Entry("an image with crossorigin", harness.ViaImage, harness.CORS, harness.BeReadable()),
			Entry("an image in a canvas", harness.ViaCanvas, harness.Mode(""), harness.BeOpaque()),
			Entry("an image of a style sheet", harness.ViaCSSImage, harness.Mode(""), harness.BeOpaque()),
		)
		It("when it is refused there", func(ctx SpecContext) {
			Expect(ask(ctx, harness.ViaImage, harness.CORS, servers.Reply{Header: header("Content-Type", picture.kind), Body: picture.body})).To(
				blocked(harness.MissingAllowOriginHeader, ""))
		})
		It("when it fails there", func(ctx SpecContext) {
			seen, err := ask(ctx, harness.ViaVideo, "", servers.Reply{Drop: true})
			Expect(err).To(inconclusive("without an answer"))
			Expect(seen.String()).To(ContainSubstring("GET https://api.test/"))
		})
	})

	// An opaque page came from somewhere, and that decides. Chrome looks at the frames
	// around it, too. https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
	DescribeTable("is judged by where an opaque page comes from", func(ctx SpecContext, r harness.Request, want OmegaMatcher, place string) {
		r.URL = serveAt(insecure, servers.Case{Reply: servers.Reply{Header: allow("null"), Body: "ok"}})
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(want)
		Expect(seen.String()).To(ContainSubstring(place))
		Expect(seen.Request.OpaqueScheme).To(Equal(r.OpaqueScheme))
	},
		Entry("a sandboxed page that came over http", harness.Request{From: harness.OpaqueOrigin, OpaqueScheme: "http"},
			SatisfyAll(read(200), arriveWith("Origin", "null"), HaveField("Page.SecureContext", false)), "null (an opaque origin, over http)"),
		Entry("a sandboxed frame of a page that came over http", harness.Request{From: harness.OpaqueOrigin, Within: "http://other.test:8000"},
			SatisfyAll(read(200), arriveWith("Origin", "null"), HaveField("Page.SecureContext", false)), "null (an opaque origin, over http)"),
		Entry("a sandboxed frame over https of a page that came over http", harness.Request{From: harness.OpaqueOrigin, Within: "http://other.test", OpaqueScheme: "https"},
			SatisfyAll(blocked(harness.BlockedByMixedContent, ""), arrive()), "null (an opaque origin, over https)"),
		Entry("a sandboxed frame of a page that came over https", harness.Request{From: harness.OpaqueOrigin, Within: "https://other.test"},
			SatisfyAll(blocked(harness.BlockedByMixedContent, ""), arrive()), "null (an opaque origin, over https)"),
		Entry("a sandboxed page of which nothing is said", harness.Request{From: harness.OpaqueOrigin},
			SatisfyAll(blocked(harness.BlockedByMixedContent, ""), arrive()), "null (an opaque origin, over https)"),
		Entry("a data: frame of a page that came over http", harness.Request{From: harness.DataPage, Within: "http://other.test"},
			SatisfyAll(read(200), arriveWith("Origin", "null")), "data: (an opaque origin)"),
		Entry("a data: frame of a page that came over https", harness.Request{From: harness.DataPage, Within: "https://other.test"},
			SatisfyAll(blocked(harness.BlockedByMixedContent, ""), arrive()), "data: (an opaque origin)"),
		Entry("a file", harness.Request{From: harness.FilePage}, SatisfyAll(read(200), arriveWith("Origin", "null")), "file: (an opaque origin)"),
	)

	// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
	DescribeTable("does not include requests", func(ctx SpecContext, from, target string) {
		Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: serveAt(target, anyone), Method: "PUT"})).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT")))
	},
		Entry("on localhost, which never leaves the machine", app, "http://api.localhost"),
		Entry("from a page that came over http itself", "http://app.test", insecure),
		Entry("from such a page on localhost, though that is a secure context", "http://app.localhost", insecure),
		Entry("from http to https", "http://app.test", api),
	)
})
