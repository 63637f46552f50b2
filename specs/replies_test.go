package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Each answer with the code by which Chrome names its fault. The order in which
// faults are found is that of the standard.
var _ = Describe("the reason", Label("scenario:reasons"), func() {
	ok := allow(app, acac, "true")

	DescribeTable("of a request that never left the browser", Label("fetch:main-fetch"),
		func(ctx SpecContext, r harness.Request, reason harness.Reason, parameter string) {
			r.From = app
			if r.URL == "" {
				r.URL = serve(servers.Case{Reply: servers.Reply{Header: ok}})
			}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(reason, parameter), HaveField("Script.Error", HavePrefix("TypeError: ")), WithTransform(arrivals, Equal("nothing"))))
		},
		Entry("mode same-origin", Label("case:72", "code:DisallowedByMode"), harness.Request{Mode: harness.SameOriginOnly}, harness.DisallowedByMode, ""),
		Entry("no-cors with redirect manual", Label("case:72", "code:NoCorsRedirectModeNotFollow"), harness.Request{Mode: harness.NoCORS, Redirect: harness.Manual}, harness.NoCorsRedirectModeNotFollow, ""),
		Entry("a scheme that CORS does not know", Label("code:CorsDisabledScheme"), harness.Request{URL: "ftp://api.test/file"}, harness.CorsDisabledScheme, "ftp"),
		Entry("a port that is not for the web", Label("code:ERR_UNSAFE_PORT"), harness.Request{URL: "https://api.test:25/"}, harness.UnsafePort, ""),
		Entry("http from a page on https", Label("code:mixed-content"), harness.Request{URL: "http://api.test/"}, harness.BlockedByMixedContent, ""),
		Entry("a method that is forbidden", Label("code:request-refused"), harness.Request{Method: "TRACE"}, harness.RequestRefused, ""),
		Entry("what no cache has, and no server is to be asked", Label("code:ERR_CACHE_MISS"),
			harness.Request{URL: app + "/", Mode: harness.SameOriginOnly, Cache: harness.OnlyIfCached}, harness.NotInCache, ""),
		Entry("PUT in no-cors mode", Label("case:72"), harness.Request{Method: "PUT", Mode: harness.NoCORS}, harness.RequestRefused, ""),
	)
})
