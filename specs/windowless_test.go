package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

var _ = Describe("a page that is in no window", Label("scenario:initiators", "fetch:concept-request-mode"), Ordered, func() {
	own := harness.Browser{Network: &net, Timeout: patience, Windowless: true, MaxPages: 2}
	BeforeAll(func() { DeferCleanup(own.Close) })

	It("is visible", func(ctx SpecContext) {
		Expect(own.Evaluate(ctx, app, `document.visibilityState`)).To(MatchJSON(`"visible"`))
	})

	DescribeTable("asks as any other does", func(ctx SpecContext, via harness.Via, mode harness.Mode, c content) {
		reply := servers.Reply{Header: header("Content-Type", c.kind), Body: c.body}
		ask := func() (harness.Observation, error) {
			return inBuild(ctx, &own, harness.Request{From: app, URL: serve(servers.Case{Reply: reply}), Via: via, Mode: mode})
		}
		Expect(ask()).To(SatisfyAll(harness.BeBlocked(harness.MissingAllowOriginHeader), arrive("GET")))
		reply.Header = append(reply.Header, allow(app)...)
		Expect(ask()).To(SatisfyAny(harness.BeReadable(), harness.BeOpaque()))
	},
		Entry("fetch", harness.ViaFetch, harness.CORS, anything),
		Entry("in a dedicated worker", harness.ViaWorker, harness.CORS, anything),
		Entry("in a shared worker", harness.ViaSharedWorker, harness.CORS, anything),
		Entry("in a service worker", harness.ViaServiceWorker, harness.CORS, anything),
		Entry("XMLHttpRequest", harness.ViaXHR, harness.Mode(""), anything),
		Entry("image", harness.ViaImage, harness.CORS, picture),
		Entry("canvas", harness.ViaCanvas, harness.CORS, picture),
		Entry("WebGL", harness.ViaWebGL, harness.CORS, picture),
		Entry("module", harness.ViaModule, harness.Mode(""), program),
		Entry("style sheet", harness.ViaStylesheet, harness.CORS, style),
		Entry("font", harness.ViaFont, harness.Mode(""), font),
		Entry("video", harness.ViaVideo, harness.CORS, sound),
		Entry("audio", harness.ViaAudio, harness.CORS, sound),
		Entry("track", harness.ViaTrack, harness.CORS, captions),
		Entry("EventSource", harness.ViaEventSource, harness.Mode(""), stream),
		Entry("manifest, which gets a window", harness.ViaManifest, harness.Mode(""), manifest),
		Entry("CSS mask-image", harness.ViaCSSImage, harness.Mode(""), picture),
	)
})
