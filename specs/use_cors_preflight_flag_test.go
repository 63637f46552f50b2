package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// https://fetch.spec.whatwg.org/#use-cors-preflight-flag
var _ = Describe("the use-CORS-preflight flag", Label("scenario:preflight", "fetch:use-cors-preflight-flag"), func() {
	It("is set by an XMLHttpRequest that listens to its upload, and nothing has to be allowed but the origin", Label("case:44"), func(ctx SpecContext) {
		url := serve(servers.Case{Preflight: &servers.Reply{Header: allow(app)}, Reply: servers.Reply{Header: allow(app)}})
		upload := harness.Request{From: app, URL: url, Via: harness.ViaXHRUpload, Method: "POST", Body: harness.Text("x")}
		Expect(chrome.Fetch(ctx, upload)).To(SatisfyAll(read(200), arrive("OPTIONS", "POST"), askFor("POST")))
	})

	// https://fetch.spec.whatwg.org/#concept-request-body
	Describe("is set by a body that is a stream", Label("case:44"), func() {
		streamed := harness.Request{From: app, Method: "POST", Body: harness.Stream("hello")}
		taking := servers.Case{Preflight: &servers.Reply{Header: allow(app)}, Reply: servers.Reply{Header: allow(app)}}

		It("which goes over HTTP/2", func(ctx SpecContext) {
			net.OfferHTTP2("stream.test")
			r := streamed
			r.URL = serveAt("https://stream.test", taking)
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), arrive("OPTIONS", "POST"), HaveField("Exchanges", HaveEach(HaveField("Protocol", "h2"))),
				arriveWith("Content-Length"), askFor("POST")), "a stream has no length beforehand")
		})

		It("which is refused where the preflight allows nothing", Label("code:PreflightMissingAllowOriginHeader"), func(ctx SpecContext) {
			net.OfferHTTP2("stream.test")
			r := streamed
			r.URL = serveAt("https://stream.test", servers.Case{})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(rejected(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")))
		})

		It("which does not go over HTTP/1.1: the preflight passes, and Chrome then fails without a code", Label("deviation:D21"), func(ctx SpecContext) {
			r := streamed
			r.URL = serve(taking)
			seen, err := chrome.Fetch(ctx, r)
			Expect(err).To(inconclusive("net::ERR_ALPN_NEGOTIATION_FAILED"))
			Expect(seen).To(SatisfyAll(arrive("OPTIONS"), HaveField("Issues", BeEmpty())))
		})
	})
})
