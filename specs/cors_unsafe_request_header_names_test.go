package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
var _ = Describe("the CORS-unsafe request-header names", Label("scenario:preflight", "fetch:cors-unsafe-request-header-names"), func() {
	abz, zba := header("X-A", "1", "X-B", "2", "X-Z", "3"), header("X-Z", "3", "X-B", "2", "X-A", "1")

	DescribeTable("are asked for in lower case and sorted, whatever the script's order,",
		func(ctx SpecContext, headers harness.Header, allowed string, want OmegaMatcher, arrived ...string) {
			url := serve(servers.Case{Preflight: &servers.Reply{Header: allow(app, acah, allowed)}, Reply: servers.Reply{Header: allow(app)}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Headers: headers})).To(SatisfyAll(
				want, askFor("GET", "x-a", "x-b", "x-z"), arrive(arrived...)))
		},
		Entry("and allowed in any order and case", Label("case:36"), zba, "X-B,x-z, X-a", read(200), "OPTIONS", "GET"),
		// If several are not allowed, a hash table in Chrome decides which one is
		// named.
		Entry("and a header that is not allowed is named", Label("case:36", "code:HeaderDisallowedByPreflightResponse"),
			zba, "x-b", rejected(harness.HeaderDisallowedByPreflightResponse, "x-z"), "OPTIONS"),
		Entry("and it is the same one in another order", Label("case:36", "code:HeaderDisallowedByPreflightResponse"),
			abz, "x-b", rejected(harness.HeaderDisallowedByPreflightResponse, "x-z"), "OPTIONS"),
	)
})
