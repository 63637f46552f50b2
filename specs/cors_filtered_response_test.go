package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Which headers does a page see of a response that it may read?
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
var _ = Describe("a CORS filtered response", Label("scenario:exposed-headers", "fetch:concept-filtered-response-cors"), func() {
	// answer has headers of its own, one of them named *, and the lines that
	// expose them. Its cookie expires at once, so no browser keeps it.
	answer := func(exposed []string) servers.Case {
		lines := allow(app, acac, "true", "Content-Type", "text/plain", "X-One", "1", "X-Two", "2", "*", "star",
			"Set-Cookie", "over=1; Max-Age=0")
		for _, value := range exposed {
			lines = append(lines, header(aceh, value)...)
		}
		return servers.Case{Reply: servers.Reply{Header: lines, Body: "ok"}}
	}
	// names are the names of the headers that script sees.
	names := func(o harness.Observation) []string {
		var list []string
		for _, field := range o.Script.Headers {
			list = append(list, field.Name)
		}
		return list
	}

	DescribeTable("has", func(ctx SpecContext, credentials harness.Credentials, exposed []string, more ...string) {
		for _, via := range []harness.Via{harness.ViaFetch, harness.ViaXHR} {
			r := harness.Request{From: app, URL: serve(answer(exposed)), Credentials: credentials, Via: via}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200),
				WithTransform(names, ConsistOf(append([]string{"content-length", "content-type"}, more...)))), string(via))
		}
	},
		Entry("of headers that are not exposed, the safelisted ones", Label("case:46"), harness.SameOrigin, nil),
		Entry("by *, all but Set-Cookie", Label("case:46"), harness.SameOrigin, []string{"*"},
			"*", "access-control-allow-credentials", "access-control-allow-origin", "access-control-expose-headers", "x-one", "x-two"),
		Entry("by * with credentials, the header of that name", Label("case:46"), harness.Include, []string{"*"}, "*"),
		Entry("by names with credentials, the named headers", Label("case:46"), harness.Include, []string{"X-One, x-two"}, "x-one", "x-two"),
		Entry("by a list with an invalid name, nothing more", Label("case:47"), harness.SameOrigin, []string{"X-One, no no"}),
		Entry("by two lines, what either lists", Label("case:47"), harness.SameOrigin, []string{"X-One", "X-Two"}, "x-one", "x-two"),
		Entry("by an empty line and another, what the other lists", Label("case:47", "deviation:D24"), harness.SameOrigin, []string{"", "X-Two"}, "x-two"),
		Entry("by * and a name with credentials, the header of that name and the header named *", Label("case:47"), harness.Include, []string{"*, X-One"}, "*", "x-one"),
		Entry("by Set-Cookie, nothing more", Label("case:47"), harness.SameOrigin, []string{"Set-Cookie"}),
		Entry("by Set-Cookie with credentials, nothing more", Label("case:47"), harness.Include, []string{"Set-Cookie, X-One"}, "x-one"),
	)
})
