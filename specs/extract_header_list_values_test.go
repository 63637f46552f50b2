package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Access-Control-Allow-Methods and -Headers are read as lists of tokens, all
// lines together. If one item is not a token, the whole list is invalid.
// https://fetch.spec.whatwg.org/#extract-header-list-values
var _ = Describe("extracting header list values", Label("scenario:preflight", "fetch:extract-header-list-values"), func() {
	put := harness.Request{Method: "PUT"}
	custom := harness.Request{Headers: header("X-A", "1")}
	ask := func(ctx SpecContext, r harness.Request, lines harness.Header) (harness.Observation, error) {
		r.From = app
		r.URL = serve(servers.Case{Preflight: &servers.Reply{Header: append(servers.Allow(app), lines...)}, Reply: servers.Reply{Header: allow(app)}})
		return chrome.Fetch(ctx, r)
	}

	DescribeTable("finds the method in", Label("case:32"),
		func(ctx SpecContext, lines harness.Header) {
			Expect(ask(ctx, put, lines)).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT")))
		},
		Entry("a list with empty items", header(acam, ", ,PUT,,")),
		Entry("the second of two lines", header(acam, "GET", acam, "PUT")),
	)

	DescribeTable("fails on",
		func(ctx SpecContext, r harness.Request, lines harness.Header, reason harness.Reason, parameter string) {
			Expect(ask(ctx, r, lines)).To(SatisfyAll(rejected(reason, parameter), arrive("OPTIONS")))
		},
		Entry("methods without a comma", Label("case:32", "code:InvalidAllowMethodsPreflightResponse"),
			put, header(acam, "PUT POST"), harness.InvalidAllowMethodsPreflightResponse, ""),
		Entry("a method in quotes", Label("case:32", "code:InvalidAllowMethodsPreflightResponse"),
			put, header(acam, `"PUT"`), harness.InvalidAllowMethodsPreflightResponse, ""),
		Entry("a header that is no token, beside the one that is asked for", Label("case:33", "code:InvalidAllowHeadersPreflightResponse"),
			custom, header(acah, "x-a, b@d"), harness.InvalidAllowHeadersPreflightResponse, ""),
	)
})
