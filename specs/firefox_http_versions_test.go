package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// Firefox over HTTP/1.1 and HTTP/2: what it decides does not depend on the version.
// https://fetch.spec.whatwg.org/#http-network-fetch
var _ = Describe("the version of HTTP, in Firefox,", Label("scenario:http-versions", "scenario:firefox"), Ordered, func() {
	const h2 = "https://h2-firefox.test"
	old := harness.Browser{Kind: harness.Firefox, Network: &net, HTTP1: true, Timeout: patience}
	BeforeAll(func() {
		net.OfferHTTP2("h2-firefox.test")
		DeferCleanup(old.Close)
	})

	DescribeTable("changes no verdict",
		func(ctx SpecContext, r harness.Request, preflight, response harness.Header, want OmegaMatcher) {
			r.From = app
			for browser, protocol := range map[*harness.Browser]string{&firefox: "h2", &old: "http/1.1"} {
				r.URL = serveAt(h2, answer(preflight, response))
				seen, err := browser.Fetch(ctx, r)
				Expect(seen, err).To(want, protocol)
				Expect(seen.Arrivals).NotTo(BeEmpty())
				for _, e := range seen.Exchanges {
					if e.Sent {
						Expect(e.Protocol).To(Equal(protocol))
					}
				}
			}
		},
		Entry("a GET that is allowed", Label("fetch:cors-check"), harness.Request{}, nil, allow(app), SatisfyAll(read(200), arrive("GET"))),
		Entry("a GET that is not", Label("fetch:cors-check"), harness.Request{}, nil, nil, categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2")),
		Entry("a PUT that is allowed", Label("fetch:cors-preflight-fetch"), harness.Request{Method: "PUT"}, allow(app, acam, "PUT"), allow(app), SatisfyAll(read(200), arrive("OPTIONS", "PUT"))),
		Entry("a PUT that is not", Label("fetch:cors-preflight-fetch"), harness.Request{Method: "PUT"}, allow(app), nil, categorised(harness.MethodDisallowedByPreflightResponse, "CORSMethodNotFound")),
	)
})
