package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Script does not see a header that the server does not expose, though it can
// read the body.
// https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
var _ = Describe("the CORS-exposed header-name list", Label("scenario:exposed-headers", "fetch:concept-filtered-response-cors"), func() {
	It("decides on headers alone: the body is readable without it", Label("case:23"), func(ctx SpecContext) {
		ask := func(lines harness.Header) (harness.Observation, error) {
			url := serve(servers.Case{Reply: servers.Reply{Header: lines, Body: "whole"}})
			return chrome.Fetch(ctx, harness.Request{From: app, URL: url})
		}
		Expect(ask(allow(app, "X-One", "1"))).To(SatisfyAll(read(200), HaveField("Script.Body", "whole"),
			answered(harness.ActualRequest, 200, "X-One", "1"), Not(harness.ExposeHeader("x-one"))))
		Expect(ask(allow(app, "X-One", "1", "Access-Control-Expose-Headers", "X-One"))).To(SatisfyAll(read(200), HaveField("Script.Body", "whole"),
			harness.ExposeHeader("x-one", "1")))
	})
})
