package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
)

// A redirect starts main fetch again, with the mode of the request.
// https://fetch.spec.whatwg.org/#main-fetch
var _ = Describe("mode same-origin", Label("scenario:redirects", "fetch:main-fetch"), func() {
	DescribeTable("holds after a redirect", Label("case:72"), func(ctx SpecContext, to string, want types.GomegaMatcher, arrived ...string) {
		urls := chain(hop{at: app, status: 302}, hop{at: to, lines: allow("*")})
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: urls[0], Mode: harness.SameOriginOnly})
		Expect(seen, err).To(want)
		Expect(travelled(urls)).To(Equal(arrived), seen.String)
	},
		Entry("to another origin, for which Chrome has no code of CORS", api,
			SatisfyAll(blocked(harness.BlockedByOrigin, ""), HaveField("BlockedReason", "origin")), "GET app.test"),
		Entry("within the page's own", app, read(200), "GET app.test", "GET app.test"),
	)

	It("has a line in the console where a redirect breaks it", Label("case:72"), func(ctx SpecContext) {
		urls := chain(hop{at: app, status: 302}, hop{at: api, lines: allow("*")})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: urls[0], Mode: harness.SameOriginOnly})).To(SatisfyAll(
			blocked(harness.BlockedByOrigin, ""), HaveField("Script.Error", "TypeError: Failed to fetch"),
			logFrom("security", "Unsafe attempt to load URL "+urls[1])))
	})
})
