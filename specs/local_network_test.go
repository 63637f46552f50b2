package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A page out there that asks a server on this machine needs the user's leave, and
// a secure context to be asked for it. It comes before everything else.
// https://wicg.github.io/local-network-access/#integration-with-fetch
var _ = Describe("local network access", Label("scenario:local-network", "fetch:http-network-fetch"), Ordered, func() {
	denying := harness.Browser{Network: &net, LocalNetwork: harness.Denied, Timeout: patience}
	AfterAll(func() { Expect(denying.Close()).To(Succeed()) })

	allowing := servers.Case{Reply: servers.Reply{Header: allow("*"), Body: "of this machine"}}

	DescribeTable("of a page at",
		func(ctx SpecContext, from string, space harness.AddressSpace, granted, denied OmegaMatcher) {
			for _, asked := range []struct {
				browser *harness.Browser
				answer  harness.Permission
				want    OmegaMatcher
			}{{&chrome, harness.Granted, granted}, {&denying, harness.Denied, denied}} {
				seen, err := asked.browser.Fetch(ctx, harness.Request{From: from, URL: serve(allowing)})
				Expect(seen, err).To(asked.want, "%s", asked.answer)
				Expect(seen.Page).To(SatisfyAll(HaveField("AddressSpace", space), HaveField("LocalNetwork", asked.answer)))
			}
		},
		Entry("https, far away: as the user answers", foreign, harness.Public,
			SatisfyAll(read(200), arrive("GET")), SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive())),
		Entry("http, far away: never, as nobody is asked", "http://app.example.com", harness.Public,
			SatisfyAll(blocked(harness.InsecureLocalNetwork, ""), arrive()), SatisfyAll(blocked(harness.InsecureLocalNetwork, ""), arrive())),
		Entry("http, on localhost: always", "http://localhost:3000", harness.Loopback, read(200), read(200)),
		Entry("http, on the local network: always", "http://192.168.1.10", harness.Local, read(200), read(200)),
		Entry("https, on the local network: always", "https://192.168.1.10", harness.Local, read(200), read(200)),
		Entry("https, on the fixture network: always", app, harness.Loopback, read(200), read(200)),
	)

	It("comes before the preflight", func(ctx SpecContext) {
		Expect(denying.Fetch(ctx, harness.Request{From: foreign, URL: serve(allowing), Method: "PUT"})).To(SatisfyAll(
			blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive()))
	})

	It("leaves the rest to CORS", func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: foreign, URL: serve(servers.Case{})})).To(SatisfyAll(
			blocked(harness.MissingAllowOriginHeader, ""), arrive("GET")))
	})

	It("names the address space of the server", func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: foreign, URL: serve(allowing)})).To(
			HaveField("Exchanges", HaveExactElements(HaveField("AddressSpace", harness.Loopback))))
	})
})
