package specs_test

import (
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A page outside that asks a server on this machine needs the user's permission,
// and the browser asks the user only for a secure context. This check comes
// before all others.
// https://wicg.github.io/local-network-access/#integration-with-fetch
var _ = Describe("local network access", Label("scenario:local-network", "fetch:http-network-fetch"), Ordered, func() {
	events := gbytes.NewBuffer()
	denying := harness.Browser{Network: &net, LocalNetwork: harness.PermissionDenied, Trace: events, Timeout: patience}
	AfterAll(func() { Expect(denying.Close()).To(Succeed()) })

	var (
		asked = SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""),
			HaveField("Exchanges", HaveExactElements(SatisfyAll(HaveField("Sent", true), HaveField("AddressSpace", harness.SpacePublic)))))
		unasked = SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), HaveField("Exchanges", HaveExactElements(HaveField("Sent", false))))
	)
	allowing := servers.Case{Reply: servers.Reply{Header: allow("*"), Body: "of this machine"}}

	DescribeTable("of a page at",
		func(ctx SpecContext, from string, space harness.AddressSpace, granted, denied OmegaMatcher) {
			for _, asked := range []struct {
				browser *harness.Browser
				answer  harness.Permission
				want    OmegaMatcher
			}{{&chrome, harness.PermissionGranted, granted}, {&denying, harness.PermissionDenied, denied}} {
				seen, err := asked.browser.Fetch(ctx, harness.Request{From: from, URL: serve(allowing)})
				Expect(seen, err).To(asked.want, "%s", asked.answer)
				Expect(seen.Page).To(SatisfyAll(HaveField("AddressSpace", space), HaveField("LocalNetwork", asked.answer)))
			}
		},
		Entry("https, far away: as the user answers", Label("case:91", "case:92", "code:LocalNetworkAccessPermissionDenied"), foreign, harness.SpacePublic,
			SatisfyAll(read(200), arrive("GET")), SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive())),
		Entry("http, far away: never, as nobody is asked", Label("case:94", "code:InsecureLocalNetwork"), "http://app.example.com", harness.SpacePublic,
			SatisfyAll(blocked(harness.InsecureLocalNetwork, ""), arrive()), SatisfyAll(blocked(harness.InsecureLocalNetwork, ""), arrive())),
		Entry("http, on localhost: always", "http://localhost:3000", harness.SpaceLoopback, read(200), read(200)),
		Entry("http, on the local network: always", "http://192.168.1.10", harness.SpaceLocal, read(200), read(200)),
		Entry("https, on the local network: always", "https://192.168.1.10", harness.SpaceLocal, read(200), read(200)),
		Entry("https, on the fixture network: always", app, harness.SpaceLoopback, read(200), read(200)),
	)

	// The table above has cases 91 and 92 for fetch(), and case 94.
	It("keeps an image away, too", Label("case:91", "deviation:D13"), func(ctx SpecContext) {
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

	// Who may use it, the user does not decide alone.
	// https://wicg.github.io/local-network-access/#permissions-policy
	Describe("is only for a page that its permissions policy lets use it", Label("code:LocalNetworkAccessPermissionDenied"), func() {
		const around = "https://play.example.org"
		barred := SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive(), HaveField("Page.Barred", true))
		reached := SatisfyAll(read(200), arrive("GET"), HaveField("Page.Barred", false))
		none := header("Permissions-Policy", "loopback-network=(), local-network=(), local-network-access=()")

		DescribeTable("such as", func(ctx SpecContext, r harness.Request, want OmegaMatcher) {
			if r.From == "" {
				r.From = foreign
			}
			r.URL = serve(allowing)
			Expect(chrome.Fetch(ctx, r)).To(want)
			Expect(denying.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive()))
		},
			Entry("no frame of another origin", harness.Request{Within: around}, barred),
			Entry("no dedicated worker in such a frame", harness.Request{Within: around, Via: harness.ViaWorker}, barred),
			Entry("a frame that may", harness.Request{Within: around, FrameAllow: "loopback-network"}, reached),
			Entry("a frame that may by the older name", harness.Request{Within: around, FrameAllow: "local-network-access"}, reached),
			Entry("a dedicated worker in a frame that may", harness.Request{Within: around, FrameAllow: "loopback-network", Via: harness.ViaWorker}, reached),
			Entry("no frame that may use something else", harness.Request{Within: around, FrameAllow: "local-network; geolocation"}, barred),
			Entry("no frame that is let and lets itself not", harness.Request{Within: around, FrameAllow: "loopback-network", PageHeaders: none}, barred),
			Entry("a frame of its own origin", harness.Request{Within: foreign}, reached),
			Entry("no page that forbids it", harness.Request{PageHeaders: none}, barred),
			Entry("no page that forbids just this", harness.Request{PageHeaders: header("Permissions-Policy", "loopback-network=()")}, barred),
			Entry("a page that forbids something else", harness.Request{PageHeaders: header("Permissions-Policy", "local-network=()")}, reached),
			Entry("no dedicated worker of a page that forbids it", harness.Request{PageHeaders: none, Via: harness.ViaWorker}, barred),
			Entry("a shared worker of a page that forbids it", harness.Request{PageHeaders: none, Via: harness.ViaSharedWorker}, reached),
		)

		It("by WebSocket, too", func(ctx SpecContext) {
			r := harness.Request{From: foreign, Within: around, URL: serve(servers.Case{Answer: handshake}), Via: harness.ViaWebSocket}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.BlockedByLocalNetworkChecks, ""), arrive()))
			r.FrameAllow = "loopback-network"
			Expect(chrome.Fetch(ctx, r)).To(harness.BeReadable())
		})

		It("in a profile, too", func(ctx SpecContext) {
			profile := harness.Profile{Browser: &chrome}
			DeferCleanup(profile.Close)
			r := harness.Request{From: foreign, URL: serve(allowing)}
			Expect(profile.Fetch(ctx, r)).To(reached)
			r.Within = around
			Expect(profile.Fetch(ctx, r)).To(barred)
			r.FrameAllow = "loopback-network; local-network"
			Expect(profile.Fetch(ctx, r)).To(reached)
			r.FrameAllow = ""
			Expect(profile.Fetch(ctx, r)).To(barred)
		})

		It("and says so", func(ctx SpecContext) {
			seen, err := chrome.Fetch(ctx, harness.Request{From: foreign, Within: around, URL: serve(allowing)})
			Expect(err).NotTo(HaveOccurred())
			Expect(seen.String()).To(ContainSubstring("page is in the public address space; its permissions policy forbids that address space\n"))
		})
	})

	// https://wicg.github.io/local-network-access/#integration-with-fetch
	DescribeTable("compares the server's address space with what the page said", Label("case:95", "code:InvalidLocalNetworkAccess"),
		func(ctx SpecContext, from string, said harness.AddressSpace, want OmegaMatcher) {
			Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: serve(allowing), TargetAddressSpace: said})).To(want)
		},
		Entry("loopback, as it is", app, harness.SpaceLoopback, read(200)),
		Entry("local", app, harness.SpaceLocal, SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive())),
		Entry("public, from a page on this machine", app, harness.SpacePublic, SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive())),
		Entry("local, from a page far away", foreign, harness.SpaceLocal, SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive())),
	)

	// The documents of pages outside come from a server that Chrome takes for a
	// public one. It allows no page by CORS; CORS is checked only for requests
	// that are sent.
	DescribeTable("compares a public server with what the page said", Label("case:95"),
		func(ctx SpecContext, from string, said harness.AddressSpace, want OmegaMatcher) {
			is, err := chrome.Chrome(ctx)
			Expect(err).NotTo(HaveOccurred())
			public := regexp.MustCompile(`--ip-address-space-overrides=.*?([\d.:]+)=public`).FindStringSubmatch(strings.Join(is.Flags, "\n"))
			Expect(public).To(HaveLen(2))
			Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: "http://" + public[1] + "/", TargetAddressSpace: said})).To(want)
		},
		Entry("nothing, from a page on this machine", app, harness.AddressSpace(""), asked),
		Entry("public, from a page far away", foreign, harness.SpacePublic, asked),
		Entry("loopback, from a page on this machine", Label("code:InvalidLocalNetworkAccess"), app, harness.SpaceLoopback, unasked),
		Entry("loopback, from a page far away", Label("code:InvalidLocalNetworkAccess"), foreign, harness.SpaceLoopback, unasked),
		Entry("local, from a page far away", Label("code:InvalidLocalNetworkAccess"), foreign, harness.SpaceLocal, unasked),
	)

	// A page that announces the address space may ask without TLS: the permission
	// decides, and not the mixed content rules.
	// https://wicg.github.io/local-network-access/#mixed-content
	DescribeTable("lets a secure page ask over http for what it said is on this machine", Label("scenario:mixed-content"),
		func(ctx SpecContext, said harness.AddressSpace, granted, denied OmegaMatcher) {
			r := harness.Request{From: foreign, URL: serveAt("http://api.test", allowing), TargetAddressSpace: said}
			Expect(chrome.Fetch(ctx, r)).To(granted)
			Expect(denying.Fetch(ctx, r)).To(denied)
		},
		Entry("as the user answers", Label("code:LocalNetworkAccessPermissionDenied"), harness.SpaceLoopback,
			SatisfyAll(read(200), arrive("GET")), SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive())),
		Entry("but not where it is in another address space", Label("code:InvalidLocalNetworkAccess"), harness.SpaceLocal,
			SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive()), SatisfyAll(blocked(harness.InvalidLocalNetworkAccess, ""), arrive())),
		Entry("nor where the page announced nothing", Label("code:mixed-content"), harness.AddressSpace(""),
			SatisfyAll(blocked(harness.BlockedByMixedContent, ""), arrive()), SatisfyAll(blocked(harness.BlockedByMixedContent, ""), arrive())),
	)

	It("keeps every initiator away", Label("case:91", "case:97"), func(ctx SpecContext) {
		for _, via := range harness.Initiators() {
			want := SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive())
			switch via {
			case harness.ViaServiceWorker: // of a page that is not ours it has no address space
				continue
			case harness.ViaFetchLater, harness.ViaReport: // of which Chrome tells nothing
				continue
			case harness.ViaSVGUse, harness.ViaTrack: // ask no other origin without crossorigin
				want = SatisfyAll(blocked(harness.BlockedByOrigin, ""), arrive())
			case harness.ViaWorkerScript: // takes no script of another origin
				want = SatisfyAll(blocked(harness.RequestRefused, ""), arrive())
			case harness.ViaWebSocket:
				want = SatisfyAll(blocked(harness.BlockedByLocalNetworkChecks, ""), arrive())
			case harness.ViaIframe: // which Chrome says nothing of in the console
			default:
				want = SatisfyAll(want, harness.LogToConsole("Permission was denied for this request to access the `loopback` address space."))
			}
			r := harness.Request{From: foreign, URL: serve(allowing), Via: via}
			seen, err := denying.Fetch(ctx, r)
			if isOnlyFull(ctx, &denying, r, err) {
				continue
			}
			Expect(seen, err).To(want, string(via))
		}
	})

	DescribeTable("allows a request without CORS, once it is granted", func(ctx SpecContext, via harness.Via, c servers.Case, want OmegaMatcher) {
		Expect(chrome.Fetch(ctx, harness.Request{From: foreign, URL: serve(c), Via: via})).To(SatisfyAll(want, arrive("GET")))
	},
		Entry("a frame", harness.ViaIframe, documentOf(""), harness.BeOpaque()),
		Entry("a script", harness.ViaScript, servers.Case{Reply: servers.Reply{Header: header("Content-Type", program.kind), Body: program.body}}, harness.BeOpaque()),
		Entry("a WebSocket", Label("case:97"), harness.ViaWebSocket, servers.Case{Answer: handshake}, harness.BeReadable()),
	)

	// After a granted prompt Chrome calls every failure of the connection a
	// denial, and for a shared worker the server alone reports that anything was sent.
	It("is not the reason where the user allowed it and the server dropped a shared worker's connection", func(ctx SpecContext) {
		_, err := chrome.Fetch(ctx, harness.Request{From: foreign, URL: serve(servers.Case{Reply: servers.Reply{Drop: true}}), Via: harness.ViaSharedWorker})
		Expect(err).To(inconclusive("the request was sent and the connection failed"))
	})

	It("names the address spaces of page and server in the transcript", Label("case:91", "case:92", "case:94"), func(ctx SpecContext) {
		told := func(browser *harness.Browser, from string) string {
			seen, err := browser.Fetch(ctx, harness.Request{From: from, URL: serve(allowing)})
			Expect(err).NotTo(HaveOccurred())
			return seen.String()
		}
		Expect(told(&chrome, foreign)).To(ContainSubstring("page is in the public address space, the server in the loopback one; local network access granted\n"))
		Expect(told(&denying, foreign)).To(ContainSubstring("page is in the public address space; local network access denied\n"))
		Expect(told(&denying, "http://app.example.com")).To(ContainSubstring("page is in the public address space; it is not a secure context; local network access denied\n"))
		Expect(told(&chrome, "https://192.168.1.10")).To(ContainSubstring("page is in the local address space, the server in the loopback one; local network access granted\n"))
		Expect(told(&chrome, app)).NotTo(ContainSubstring("address space"), "the page and the server are in the same one")
	})

	// https://wicg.github.io/local-network-access/#csp
	DescribeTable("treats a page as public if the page says so", Label("case:96", "code:LocalNetworkAccessPermissionDenied"),
		func(ctx SpecContext, at string, want OmegaMatcher) {
			seen, err := denying.Fetch(ctx, harness.Request{From: app, URL: serveAt(at, allowing), PageHeaders: header("Content-Security-Policy", "treat-as-public-address")})
			Expect(seen, err).To(want)
			Expect(seen.Page.AddressSpace).To(Equal(harness.SpacePublic))
		},
		Entry("which may not ask another origin", api, SatisfyAll(blocked(harness.LocalNetworkAccessPermissionDenied, ""), arrive())),
		Entry("and may ask its own", app, SatisfyAll(read(200), arrive("GET"))),
	)

	// https://websockets.spec.whatwg.org/#concept-websocket-establish
	It("stops a WebSocket with a code of its own", Label("case:97", "code:ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"), func(ctx SpecContext) {
		Expect(denying.Fetch(ctx, harness.Request{From: foreign, URL: serve(allowing), Via: harness.ViaWebSocket})).To(SatisfyAll(
			blocked(harness.BlockedByLocalNetworkChecks, ""), arrive(), HaveField("Script.Error", "close event, code 1006"),
			harness.LogToConsole("net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"), HaveField("Issues", BeEmpty())))
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
			HaveField("Exchanges", HaveExactElements(HaveField("AddressSpace", harness.SpaceLoopback))))
	})
})
