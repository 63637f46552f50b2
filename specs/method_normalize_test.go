package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Six methods are changed to upper case; PATCH is not among them. The result is
// compared with Access-Control-Allow-Methods byte for byte.
// https://fetch.spec.whatwg.org/#concept-method-normalize
var _ = Describe("normalizing a method", Label("scenario:preflight", "fetch:concept-method-normalize"), func() {
	DescribeTable("asks for",
		func(ctx SpecContext, method, allowed, sent string, want OmegaMatcher, arrived ...string) {
			url := serve(servers.Case{Preflight: &servers.Reply{Header: allow(app, acam, allowed)}, Reply: servers.Reply{Header: allow(app)}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Method: method})).To(SatisfyAll(
				want, askFor(sent), arrive(arrived...)))
		},
		Entry("PUT in place of put", Label("case:34"), "put", "PUT", "PUT", read(200), "OPTIONS", "PUT"),
		Entry("PUT in place of put, which put does not allow", Label("case:34", "code:MethodDisallowedByPreflightResponse"),
			"put", "put", "PUT", rejected(harness.MethodDisallowedByPreflightResponse, "PUT"), "OPTIONS"),
		Entry("PUT, which put does not allow", Label("case:34", "code:MethodDisallowedByPreflightResponse"),
			"PUT", "put", "PUT", rejected(harness.MethodDisallowedByPreflightResponse, "PUT"), "OPTIONS"),
		Entry("patch as it is, which PATCH does not allow", Label("case:35", "code:MethodDisallowedByPreflightResponse"),
			"patch", "PATCH", "patch", rejected(harness.MethodDisallowedByPreflightResponse, "patch"), "OPTIONS"),
		Entry("patch as it is, which patch allows", Label("case:35"), "patch", "patch", "patch", read(200), "OPTIONS", "patch"),
	)
})
