package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A header that only the browser may set is dropped silently, so the preflight
// does not ask for it either.
// https://fetch.spec.whatwg.org/#forbidden-request-header
var _ = Describe("a forbidden request-header", Label("scenario:preflight", "fetch:forbidden-request-header"), func() {
	allowing := servers.Case{
		Preflight: &servers.Reply{Header: allow("*", acam, "PUT", acah, "*")},
		Reply:     servers.Reply{Header: allow("*")},
	}
	const privateNetwork = "Access-Control-Request-Private-Network"

	DescribeTable("is dropped", Label("case:42"),
		func(ctx SpecContext, name, value string) {
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(allowing), Headers: header(name, value)})).To(SatisfyAll(
				read(200), arrive("GET"), arriveWith(name), HaveField("Script.Dropped", ConsistOf(name))))
		},
		Entry("DNT", "DNT", "1"),
		Entry("Cookie", "Cookie", "sid=1"),
		Entry("X-HTTP-Method with a forbidden method", "X-HTTP-Method", "TRACE"),
	)

	DescribeTable("is not dropped", Label("case:42"),
		func(ctx SpecContext, name, value, asked string) {
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(allowing), Headers: header(name, value)})).To(SatisfyAll(
				read(200), arrive("OPTIONS", "GET"), askFor("GET", asked), arriveWith(name, value), HaveField("Script.Dropped", BeEmpty())))
		},
		Entry("X-HTTP-Method with another method", "X-HTTP-Method", "GET", "x-http-method"),
		Entry(privateNetwork, privateNetwork, "true", "access-control-request-private-network"),
	)

	// https://wicg.github.io/local-network-access/
	It("was "+privateNetwork+", which Chrome sends no more", Label("case:42"), func(ctx SpecContext) {
		seen, err := chrome.Fetch(ctx, harness.Request{From: foreign, URL: serve(allowing), Method: "PUT"})
		Expect(seen, err).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT"), HaveField("Page.AddressSpace", harness.SpacePublic)))
		for _, a := range seen.Arrivals {
			Expect(a.Headers.Values(privateNetwork)).To(BeEmpty(), a.Method)
		}
	})
})
