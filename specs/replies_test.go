package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Each answer has the code that Chrome gives for its fault. Faults are found in
// the order of the standard.
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
		Entry("no-cors with redirect manual", Label("case:72", "code:NoCorsRedirectModeNotFollow"), harness.Request{Mode: harness.NoCORS, Redirect: harness.RedirectManual}, harness.NoCorsRedirectModeNotFollow, ""),
		Entry("a scheme that CORS does not know", Label("code:CorsDisabledScheme"), harness.Request{URL: "ftp://api.test/file"}, harness.CorsDisabledScheme, "ftp"),
		Entry("a port that is not for the web", Label("code:ERR_UNSAFE_PORT"), harness.Request{URL: "https://api.test:25/"}, harness.UnsafePort, ""),
		Entry("http from a page on https", Label("code:mixed-content"), harness.Request{URL: "http://api.test/"}, harness.BlockedByMixedContent, ""),
		Entry("a method that is forbidden", Label("code:request-refused"), harness.Request{Method: "TRACE"}, harness.RequestRefused, ""),
		Entry("what no cache has, and no server is to be asked", Label("code:ERR_CACHE_MISS"),
			harness.Request{URL: app + "/", Mode: harness.SameOriginOnly, Cache: harness.CacheOnlyIfCached}, harness.NotInCache, ""),
		Entry("PUT in no-cors mode", Label("case:72"), harness.Request{Method: "PUT", Mode: harness.NoCORS}, harness.RequestRefused, ""),
	)

	// https://fetch.spec.whatwg.org/#dom-request
	DescribeTable("of a fault of the page itself is told to the page or in the console", Label("case:72"),
		func(ctx SpecContext, r harness.Request, sees, said string) {
			r.From, r.URL = app, serve(servers.Case{Reply: servers.Reply{Header: ok}})
			seen, err := chrome.Fetch(ctx, r)
			Expect(seen, err).To(SatisfyAll(harness.BeBlocked(), arrive(), HaveField("Script.Error", ContainSubstring(sees))))
			if said == "" {
				Expect(seen.Console).To(BeEmpty())
				return
			}
			Expect(seen).To(logFrom("javascript", "Fetch API cannot load "+r.URL+". "+said))
		},
		Entry("mode same-origin", Label("fetch:main-fetch", "code:DisallowedByMode"), harness.Request{Mode: harness.SameOriginOnly},
			"TypeError: Failed to fetch", `Request mode is "same-origin" but the URL's origin is not same as the request origin https://app.test.`),
		Entry("no-cors with redirect manual", Label("fetch:main-fetch", "code:NoCorsRedirectModeNotFollow"), harness.Request{Mode: harness.NoCORS, Redirect: harness.RedirectManual},
			"TypeError: Failed to fetch", `Request mode is "no-cors" but the redirect mode is not "follow".`),
		Entry("no-cors with redirect error", Label("fetch:main-fetch", "code:NoCorsRedirectModeNotFollow"), harness.Request{Mode: harness.NoCORS, Redirect: harness.RedirectError},
			"TypeError: Failed to fetch", `Request mode is "no-cors" but the redirect mode is not "follow".`),
		Entry("PUT in no-cors mode", Label("fetch:dom-request", "code:request-refused"), harness.Request{Method: "PUT", Mode: harness.NoCORS},
			"'PUT' is unsupported in no-cors mode.", ""),
	)
})
