package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// content is what an initiator can use: its Content-Type and the body.
type content struct{ kind, body string }

// media reads a file of the fixtures.
func media(name string) string {
	data, err := fixtures.FS.ReadFile("media/" + name)
	if err != nil {
		panic(err) // embedded: it is there or nothing compiles
	}
	return string(data)
}

var (
	anything = content{"text/plain", "ok"}
	picture  = content{"image/png", media("image.png")}
	sound    = content{"audio/wav", media("sound.wav")}
	program  = content{"text/javascript", "1"}
	style    = content{"text/css", "a{}"}
	font     = content{"font/woff2", media("font.woff2")}
	captions = content{"text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"}
	stream   = content{"text/event-stream", "data: 1\n\n"}
	manifest = content{"application/manifest+json", "{}"}
	page     = content{"text/html", "<title>frame</title>"}
)

// Every initiator that asks in mode cors is refused without the header, and let
// with it; one that asks in mode no-cors gets what it cannot look into.
// https://fetch.spec.whatwg.org/#concept-request-mode
var _ = Describe("initiators", Label("scenario:initiators", "fetch:concept-request-mode"), func() {
	ask := func(ctx SpecContext, via harness.Via, mode harness.Mode, c content, h harness.Header) (harness.Observation, error) {
		url := serve(servers.Case{Reply: servers.Reply{Header: append(h, header("Content-Type", c.kind)...), Body: c.body}})
		return chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via, Mode: mode})
	}

	DescribeTable("in mode cors", func(ctx SpecContext, via harness.Via, mode harness.Mode, c content) {
		Expect(ask(ctx, via, mode, c, nil)).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), harness.LogToConsole("Access to ")))
		Expect(ask(ctx, via, mode, c, allow(app))).To(SatisfyAll(harness.BeReadable(), arrive("GET")))
	},
		Entry("fetch", harness.ViaFetch, harness.CORS, anything),
		Entry("keepalive fetch", harness.ViaKeepalive, harness.CORS, anything),
		Entry("XMLHttpRequest", harness.ViaXHR, harness.Mode(""), anything),
		Entry("synchronous XMLHttpRequest", harness.ViaXHRSync, harness.Mode(""), anything),
		Entry("image", harness.ViaImage, harness.CORS, picture),
		Entry("canvas", harness.ViaCanvas, harness.CORS, picture),
		Entry("ImageBitmap", harness.ViaImageBitmap, harness.CORS, picture),
		Entry("WebGL", harness.ViaWebGL, harness.CORS, picture),
		Entry("script", harness.ViaScript, harness.CORS, program),
		Entry("module", harness.ViaModule, harness.Mode(""), program),
		Entry("import()", harness.ViaImport, harness.Mode(""), program),
		Entry("style sheet", harness.ViaStylesheet, harness.CORS, style),
		Entry("font", harness.ViaFont, harness.Mode(""), font),
		Entry("video", harness.ViaVideo, harness.CORS, sound),
		Entry("audio", harness.ViaAudio, harness.CORS, sound),
		Entry("track", harness.ViaTrack, harness.CORS, captions),
		Entry("EventSource", harness.ViaEventSource, harness.Mode(""), stream),
		Entry("preload", harness.ViaPreload, harness.CORS, anything),
	)

	DescribeTable("in mode cors, without anything that a script could read", func(ctx SpecContext, via harness.Via, c content) {
		Expect(ask(ctx, via, "", c, nil)).To(blocked(harness.MissingAllowOriginHeader, ""))
		Expect(ask(ctx, via, "", c, allow(app))).To(harness.BeOpaque())
	},
		Entry("module preload", harness.ViaModulePreload, program),
		Entry("manifest", harness.ViaManifest, manifest),
		Entry("CSS image", harness.ViaCSSImage, picture),
	)

	DescribeTable("in mode no-cors", func(ctx SpecContext, via harness.Via, mode harness.Mode, c content) {
		for _, h := range []harness.Header{nil, allow(app)} {
			Expect(ask(ctx, via, mode, c, h)).To(harness.BeOpaque())
		}
	},
		Entry("fetch", harness.ViaFetch, harness.NoCORS, anything),
		Entry("image", harness.ViaImage, harness.Mode(""), picture),
		Entry("canvas", harness.ViaCanvas, harness.Mode(""), picture),
		Entry("ImageBitmap", harness.ViaImageBitmap, harness.Mode(""), picture),
		Entry("WebGL", harness.ViaWebGL, harness.Mode(""), picture),
		Entry("script", harness.ViaScript, harness.Mode(""), program),
		Entry("style sheet", harness.ViaStylesheet, harness.Mode(""), style),
		Entry("video", harness.ViaVideo, harness.Mode(""), sound),
		Entry("audio", harness.ViaAudio, harness.Mode(""), sound),
		Entry("frame", harness.ViaIframe, harness.Mode(""), page),
	)

	DescribeTable("not across origins at all", func(ctx SpecContext, via harness.Via, c content) {
		Expect(ask(ctx, via, "", c, allow(app))).To(SatisfyAll(blocked(harness.BlockedByOrigin, ""), arrive()))
	},
		Entry("SVG use", harness.ViaSVGUse, content{"image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"}),
		Entry("track of a video without CORS", harness.ViaTrack, captions),
	)

	// https://fetch.spec.whatwg.org/#use-cors-preflight-flag
	It("are preflighted where an XMLHttpRequest listens to its upload", func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app)}})
		r := harness.Request{From: app, URL: url, Via: harness.ViaXHRUpload, Method: "POST", Body: harness.Text("x")}
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(harness.BeReadable(), harness.BePreflighted(), arrive("OPTIONS", "POST")))
	})

	// https://w3c.github.io/beacon/#sec-processing-model
	It("hide from a beacon that its preflight was refused", func(ctx SpecContext) {
		url := serve(servers.Case{})
		simple := harness.Request{From: app, URL: url, Via: harness.ViaBeacon, Body: harness.Text("x")}
		Expect(chrome.Fetch(ctx, simple)).To(SatisfyAll(harness.BeOpaque(), arrive("POST")))
		preflighted := harness.Request{From: app, URL: url, Via: harness.ViaBeacon, Body: harness.JSON("{}")}
		seen, err := chrome.Fetch(ctx, preflighted)
		Expect(seen, err).To(SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")))
		Expect(seen.Script.Error).To(BeEmpty())
	})

	// https://websockets.spec.whatwg.org/#concept-websocket-establish
	It("send a WebSocket's Origin, and leave the decision to the server", func(ctx SpecContext) {
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Status: 403}}), Via: harness.ViaWebSocket})
		Expect(seen, err).To(blocked(harness.HandshakeRefused, ""))
		Expect(seen.Exchanges[0].RequestHeaders.Values("Origin")).To(ConsistOf(app))
	})

	It("know what each of them cannot do", func() {
		for _, via := range harness.Initiators() {
			r := harness.Request{From: app, URL: api, Via: via, Redirect: harness.Manual, Mode: harness.SameOriginOnly}
			if via == harness.ViaFetch || via == harness.ViaKeepalive {
				Expect(r.Validate()).To(Succeed())
			} else {
				Expect(r.Validate()).To(MatchError(ContainSubstring("has no such option")), string(via))
			}
		}
	})
})
