package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// One server, asked over HTTP/1.1, HTTP/2 and HTTP/3: CORS does not depend on the
// version.
// https://fetch.spec.whatwg.org/#http-network-fetch
var _ = Describe("the version of HTTP", Label("scenario:http-versions"), Ordered, func() {
	const h2 = "https://h2.test"
	old := harness.Browser{Network: &net, HTTP1: true, Timeout: patience}
	quic := harness.Browser{Network: &net, HTTP3: []string{"h2.test:443", "h1.test:443"}, Timeout: patience}
	BeforeAll(func() {
		net.OfferHTTP2("h2.test")
		Expect(net.OfferHTTP3("h2.test")).To(Succeed())
		DeferCleanup(old.Close)
		DeferCleanup(quic.Close)
	})

	DescribeTable("changes no verdict",
		func(ctx SpecContext, r harness.Request, lines harness.Header, want OmegaMatcher) {
			r.From = app
			for browser, protocol := range map[*harness.Browser]string{&chrome: "h2", &old: "http/1.1", &quic: "h3"} {
				r.URL = serveAt(h2, servers.Case{Reply: servers.Reply{Header: append(header("X-One", "1"), lines...), Body: "ok"}})
				seen, err := browser.Fetch(ctx, r)
				Expect(seen, err).To(want, protocol)
				for _, e := range seen.Exchanges {
					if e.Sent {
						Expect(e.Protocol).To(Equal(protocol))
					}
				}
				Expect(seen.Arrivals).NotTo(BeEmpty())
			}
		},
		Entry("a GET that is allowed", Label("case:180", "fetch:cors-check"), harness.Request{}, allow(app),
			SatisfyAll(read(200), HaveField("Script.Body", "ok"), arrive("GET"), Not(harness.ExposeHeader("X-One")))),
		Entry("a header that is exposed", Label("fetch:concept-filtered-response-cors"), harness.Request{},
			allow("*", "Access-Control-Expose-Headers", "X-One"), SatisfyAll(read(200), harness.ExposeHeader("X-One", "1"))),
		Entry("a GET that is not", Label("fetch:cors-check"), harness.Request{}, nil,
			SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"))),
		Entry("two lines of one header", Label("fetch:cors-check"), harness.Request{}, allow(app, acao, app),
			blocked(harness.MultipleAllowOriginValues, app+", "+app)),
		Entry("another origin", Label("fetch:cors-check"), harness.Request{}, allow(evil), blocked(harness.AllowOriginMismatch, evil)),
		Entry("* with credentials", Label("fetch:cors-check"), harness.Request{Credentials: harness.Include}, allow("*", acac, "true"),
			blocked(harness.WildcardOriginNotAllowed, "")),
		Entry("credentials that are not allowed", Label("fetch:cors-check"), harness.Request{Credentials: harness.Include}, allow(app),
			blocked(harness.InvalidAllowCredentials, "")),
		Entry("mode no-cors", Label("fetch:concept-filtered-response-opaque"), harness.Request{Mode: harness.NoCORS}, nil, harness.BeOpaque()),
		Entry("a PUT that is allowed", Label("fetch:cors-preflight-fetch"), harness.Request{Method: "PUT", Headers: header("X-A", "1")},
			allow(app, acam, "PUT", acah, "x-a"), SatisfyAll(read(200), arrive("OPTIONS", "PUT"))),
		Entry("a method that is not allowed", Label("fetch:cors-preflight-fetch"), harness.Request{Method: "PUT"}, allow(app),
			SatisfyAll(blocked(harness.MethodDisallowedByPreflightResponse, "PUT"), arrive("OPTIONS"))),
		Entry("a header that is not allowed", Label("fetch:cors-preflight-fetch"), harness.Request{Headers: header("X-A", "1")}, allow(app),
			SatisfyAll(blocked(harness.HeaderDisallowedByPreflightResponse, "x-a"), arrive("OPTIONS"))),
		Entry("a preflight that is not answered as one", Label("fetch:cors-preflight-fetch"), harness.Request{Method: "DELETE"}, nil,
			SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS"))),
	)

	It("changes no verdict where a redirect leads from one to the other", Label("fetch:http-redirect-fetch"), func(ctx SpecContext) {
		url := serveAt(h2, servers.Case{Reply: servers.Reply{Status: 307, Header: allow(app, "Location", serve(servers.Case{Reply: servers.Reply{Header: allow("null")}}))}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(SatisfyAll(read(200), HaveField("Exchanges", HaveExactElements(
			HaveField("Protocol", "h2"), HaveField("Protocol", "http/1.1")))))
	})

	It("is named in the transcript, and what arrived says so, too", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		url := serveAt(h2, servers.Case{Reply: servers.Reply{Header: allow(app, acam, "PUT"), Body: "ok"}})
		seen, err := quic.Fetch(ctx, harness.Request{From: app, URL: url, Method: "PUT"})
		Expect(seen, err).To(SatisfyAll(read(200), HaveField("Arrivals", HaveEach(HaveField("Protocol", "HTTP/3.0")))))
		Expect(seen.String()).To(SatisfyAll(ContainSubstring("PUT -> 200, by HTTP/3"), ContainSubstring("OPTIONS -> 200, by HTTP/3")))
	})

	It("gives no verdict where a server that is to speak HTTP/3 does not", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		_, err := quic.Fetch(ctx, harness.Request{From: app, URL: serveAt("https://h1.test", servers.Case{})})
		Expect(err).To(inconclusive("it does not speak HTTP/3 there"))
	})
})
