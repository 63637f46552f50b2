package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A page out there that asks a server on this machine needs the user's leave, and
// a secure context to be asked for it. It comes before everything else.
// https://wicg.github.io/local-network-access/#integration-with-fetch
var _ = Describe("local network access", Label("scenario:local-network", "fetch:http-network-fetch"), Ordered, func() {
	events := gbytes.NewBuffer()
	denying := harness.Browser{Network: &net, LocalNetwork: harness.Denied, Trace: events, Timeout: patience}
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
		Entry("https, far away: as the user answers", Label("case:91", "case:92", "code:LocalNetworkAccessPermissionDenied"), foreign, harness.Public,
			SatisfyAll(read(200), arrive("GET")), SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive())),
		Entry("http, far away: never, as nobody is asked", Label("case:94", "code:InsecureLocalNetwork"), "http://app.example.com", harness.Public,
			SatisfyAll(blocked(harness.InsecureLocalNetwork, ""), arrive()), SatisfyAll(blocked(harness.InsecureLocalNetwork, ""), arrive())),
		Entry("http, on localhost: always", "http://localhost:3000", harness.Loopback, read(200), read(200)),
		Entry("http, on the local network: always", "http://192.168.1.10", harness.Local, read(200), read(200)),
		Entry("https, on the local network: always", "https://192.168.1.10", harness.Local, read(200), read(200)),
		Entry("https, on the fixture network: always", app, harness.Loopback, read(200), read(200)),
	)

	// The table above has case 91 and 92 of fetch(), and 94.
	It("keeps an image away, too", Label("case:91"), func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", picture.kind), Body: picture.body}})
		r := harness.Request{From: foreign, URL: url, Via: harness.ViaImage}
		Expect(denying.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive()))
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(harness.BeOpaque(), arrive("GET")))
	})

	It("is granted in spite of an issue that says it was denied", Label("case:92"), func(ctx SpecContext) {
		own, events := tracing()
		url := serve(allowing)
		Expect(own.Fetch(ctx, harness.Request{From: foreign, URL: url})).To(read(200))
		Eventually(ctx, issuesAbout).WithArguments(events, url).WithTimeout(patience).Should(ConsistOf("CorsIssue LocalNetworkAccessPermissionDenied"))
	})

	It("gives an insecure page two issues for one failure", Label("case:94"), func(ctx SpecContext) {
		url := serve(allowing)
		Expect(denying.Fetch(ctx, harness.Request{From: "http://app.example.com", URL: url})).To(SatisfyAll(
			blocked(harness.InsecureLocalNetwork, ""), HaveField("Page.SecureContext", false)))
		Eventually(ctx, issuesAbout).WithArguments(events, url).WithTimeout(patience).Should(
			ConsistOf("CorsIssue InsecureLocalNetwork", "CorsIssue LocalNetworkAccessPermissionDenied"))
	})

	// https://wicg.github.io/local-network-access/#integration-with-fetch
	DescribeTable("compares the server's address space with what the page said", Label("case:95", "code:InvalidLocalNetworkAccess"),
		func(ctx SpecContext, from string, said harness.AddressSpace, want OmegaMatcher) {
			Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: serve(allowing), TargetAddressSpace: said})).To(want)
		},
		Entry("loopback, as it is", app, harness.Loopback, read(200)),
		Entry("local", app, harness.Local, SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive())),
		Entry("public, from a page on this machine", app, harness.Public, SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive())),
		Entry("local, from a page far away", foreign, harness.Local, SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive())),
	)

	// https://wicg.github.io/local-network-access/#csp
	DescribeTable("counts a page as public that says so", Label("case:96", "code:LocalNetworkAccessPermissionDenied"),
		func(ctx SpecContext, at string, want OmegaMatcher) {
			seen, err := denying.Fetch(ctx, harness.Request{From: app, URL: serveAt(at, allowing), PageHeaders: header("Content-Security-Policy", "treat-as-public-address")})
			Expect(seen, err).To(want)
			Expect(seen.Page.AddressSpace).To(Equal(harness.Public))
		},
		Entry("which may not ask another origin", api, SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive())),
		Entry("and may ask its own", app, SatisfyAll(read(200), arrive("GET"))),
	)

	// https://websockets.spec.whatwg.org/#concept-websocket-establish
	It("stops a WebSocket with a code of its own", Label("case:97", "code:ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"), func(ctx SpecContext) {
		Expect(denying.Fetch(ctx, harness.Request{From: foreign, URL: serve(allowing), Via: harness.ViaWebSocket})).To(SatisfyAll(
			blocked(harness.BlockedByLocalNetworkChecks, ""), arrive()))
	})

	It("comes before the preflight", func(ctx SpecContext) {
		Expect(denying.Fetch(ctx, harness.Request{From: foreign, URL: serve(allowing), Method: "PUT"})).To(SatisfyAll(
			blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive()))
	})

	It("leaves the rest to CORS", Label("case:93"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: foreign, URL: serve(servers.Case{})})).To(SatisfyAll(
			blocked(harness.MissingAllowOriginHeader, ""), arrive("GET")))
	})

	It("names the address space of the server", func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: foreign, URL: serve(allowing)})).To(
			HaveField("Exchanges", HaveExactElements(HaveField("AddressSpace", harness.Loopback))))
	})
})
