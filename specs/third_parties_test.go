package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Which cookies of the user does a server of another site get? The cookie's
// SameSite decides, and then the user's setting. CORS does not: every answer here
// is readable.
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
var _ = Describe("third parties", Label("scenario:cookies", "claim:21"), Ordered, func() {
	denying := harness.Browser{Network: &net, ThirdPartyCookies: harness.PermissionDenied, Timeout: patience}
	AfterAll(func() { Expect(denying.Close()).To(Succeed()) })

	const (
		same     = "https://app.example.test" // another origin of the server's site
		cross    = "https://other.test"       // another site
		everyone = "none=1; lax=1; strict=1; default=1"
	)
	// setting is a server that sets cookies and allows every page to read.
	setting := func(cookies ...string) string {
		return serveAt(hostOf("example.test"), servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			origin, _ := a.Headers.Get("Origin")
			lines := allow(origin, acac, "true")
			for _, cookie := range cookies {
				lines = append(lines, header("Set-Cookie", cookie)...)
			}
			return servers.Reply{Header: lines}
		}})
	}
	bySameSite := []string{"none=1; Secure; SameSite=None", "lax=1; Secure; SameSite=Lax", "strict=1; Secure; SameSite=Strict", "default=1; Secure"}
	include := func(from, url string) harness.Request {
		return harness.Request{From: from, URL: url, Credentials: harness.Include}
	}
	// both runs a function in each browser, with the result expected there.
	both := func(granted, denied string, do func(browser *harness.Browser, want string)) {
		By("third-party cookies granted")
		do(&chrome, granted)
		By("third-party cookies denied")
		do(&denying, denied)
	}

	// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-same-site-and-cross-site-re
	DescribeTable("cookies that a server set for its own site go along from", Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, from, granted, denied string) {
			url := setting(bySameSite...)
			both(granted, denied, func(browser *harness.Browser, want string) {
				Expect(browser.Fetch(ctx, include(same, url))).To(read(200))
				Expect(carried(browser.Fetch(ctx, include(from, url)))).To(Equal(want))
			})
		},
		Entry("another host of the site: all", same, everyone, everyone),
		Entry("another port of such a host: all, as the port is not part of the site", same+":8443", everyone, everyone),
		Entry("the registrable domain itself: all", "https://example.test", everyone, everyone),
		Entry("another site", cross, "none=1", ""),
		Entry("the same site over http, as the scheme is part of it", "http://app.example.test", "none=1", ""),
		Entry("an opaque origin, which is a site of its own", harness.OpaqueOrigin, "none=1", ""),
	)

	// Only the Origin header tells a server which page opened the WebSocket.
	// https://websockets.spec.whatwg.org/#concept-websocket-establish
	DescribeTable("cookies go along with the handshake of a WebSocket from", Label("fetch:websocket-protocol"),
		func(ctx SpecContext, from, granted, denied string) {
			url := serveAt(hostOf("example.test"), servers.Case{Answer: func(a harness.Arrival) servers.Reply {
				if _, upgrade := a.Headers.Get("Sec-WebSocket-Key"); upgrade {
					return handshake(a)
				}
				return servers.Reply{Header: allow(same, acac, "true", "Set-Cookie", bySameSite[0], "Set-Cookie", bySameSite[1])}
			}})
			both(granted, denied, func(browser *harness.Browser, want string) {
				Expect(browser.Fetch(ctx, include(same, url))).To(read(200))
				seen, err := browser.Fetch(ctx, harness.Request{From: from, URL: url, Via: harness.ViaWebSocket})
				Expect(seen, err).To(SatisfyAll(harness.BeReadable(), arriveWith("Origin", from)))
				Expect(carried(seen, nil)).To(Equal(want))
			})
		},
		Entry("another host of the site: all", same, "none=1; lax=1", "none=1; lax=1"),
		Entry("another site", cross, "none=1", ""),
	)

	// The server learns the relation between the page and itself. Requests over
	// http do not have the header.
	// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
	DescribeTable("a request names the relation between its page and its server", Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, from, to, said string) {
			url := serveAt(to, servers.Case{Reply: servers.Reply{Header: allow("*")}})
			Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: url})).To(SatisfyAll(read(200), arriveWith("Sec-Fetch-Site", said)))
		},
		Entry("as same-origin", same, same, "same-origin"),
		Entry("as same-site, with another host", same, "https://api.example.test", "same-site"),
		Entry("as same-site, with another port", same, same+":8443", "same-site"),
		Entry("as cross-site, with another registrable domain", cross, same, "cross-site"),
		Entry("as cross-site, with another scheme", "http://app.example.test", same, "cross-site"),
		Entry("as cross-site, with an opaque origin", harness.OpaqueOrigin, same, "cross-site"),
	)

	// https://html.spec.whatwg.org/multipage/browsers.html#top-level-site
	DescribeTable("cookies go along from a frame of the server's own site in a page at", Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, page, granted, denied string) {
			url := setting(append(bySameSite, "part=1; Secure; SameSite=None; Partitioned")...)
			both(granted, denied, func(browser *harness.Browser, want string) {
				Expect(browser.Fetch(ctx, include(same, url))).To(read(200))
				framed := include(same, url)
				framed.Within = page
				Expect(carried(browser.Fetch(ctx, framed))).To(Equal(want))
				if page == cross { // cookies set there are in the partition of that page
					Expect(carried(browser.Fetch(ctx, framed))).To(HaveSuffix("part=1"))
				}
			})
		},
		Entry("that site: all", "https://www.example.test", everyone+"; part=1", everyone+"; part=1"),
		Entry("another site", cross, "none=1", ""),
		Entry("that site over http", "http://www.example.test", "none=1", ""),
	)

	DescribeTable("cookies that a server sets are kept, for a page at", Label("fetch:http-network-fetch"),
		func(ctx SpecContext, from, granted, denied string) {
			url := setting(bySameSite...)
			both(granted, denied, func(browser *harness.Browser, want string) {
				Expect(browser.Fetch(ctx, include(from, url))).To(read(200))
				Expect(carried(browser.Fetch(ctx, include(same, url)))).To(Equal(want))
			})
		},
		Entry("another host of the site: all", same, everyone, everyone),
		Entry("another site", cross, "none=1", ""),
		Entry("the same site over http", "http://app.example.test", "none=1", ""),
		Entry("an opaque origin", harness.OpaqueOrigin, "none=1", ""),
	)

	// https://privacycg.github.io/CHIPS/
	DescribeTable("a partitioned cookie that was set on a page of other.test goes along from", Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, from, granted, denied string) {
			url := setting("part=1; Secure; SameSite=None; Partitioned", "none=1; Secure; SameSite=None")
			both(granted, denied, func(browser *harness.Browser, want string) {
				Expect(browser.Fetch(ctx, include(cross, url))).To(read(200))
				Expect(carried(browser.Fetch(ctx, include(from, url)))).To(Equal(want))
			})
		},
		Entry("that page, also where third-party cookies are blocked", cross, "part=1; none=1", "part=1"),
		Entry("another host of that page's site", "https://www.other.test", "part=1; none=1", "part=1"),
		Entry("not from that host over http", "http://other.test", "none=1", ""),
		Entry("not from a third site", "https://third.test", "none=1", ""),
		Entry("not from the server's own site", same, "none=1", ""),
	)

	It("a partitioned cookie that was set on its own site stays there", Label("fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		url := setting("part=1; Secure; SameSite=None; Partitioned")
		both("part=1", "part=1", func(browser *harness.Browser, want string) {
			Expect(browser.Fetch(ctx, include(same, url))).To(read(200))
			Expect(carried(browser.Fetch(ctx, include(cross, url)))).To(BeEmpty())
			Expect(carried(browser.Fetch(ctx, include("https://example.test", url)))).To(Equal(want))
		})
	})

	DescribeTable("a partitioned cookie is not kept", Label("fetch:http-network-fetch"),
		func(ctx SpecContext, cookie string) {
			url := setting(cookie)
			both("", "", func(browser *harness.Browser, want string) {
				Expect(browser.Fetch(ctx, include(cross, url))).To(read(200))
				Expect(carried(browser.Fetch(ctx, include(cross, url)))).To(Equal(want))
			})
		},
		Entry("without Secure", "part=1; SameSite=None; Partitioned"),
		Entry("with SameSite=Lax", "part=1; Secure; SameSite=Lax; Partitioned"),
		Entry("without SameSite", "part=1; Secure; Partitioned"),
	)

	It("cookies that are not sent name the user's setting as the reason", Label("fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		url := setting("none=1; Secure; SameSite=None")
		why := "UserPreferences"
		if headlessShell(ctx) {
			why = "ThirdPartyPhaseout" // it has no such setting, and is started with a flag
		}
		both("", why, func(browser *harness.Browser, want string) {
			Expect(browser.Fetch(ctx, include(same, url))).To(read(200))
			seen, err := browser.Fetch(ctx, include(cross, url))
			Expect(seen, err).To(SatisfyAll(read(200), HaveField("Exchanges", HaveLen(1))))
			Expect(seen.Exchanges[0].Cookies).To(ContainElement(SatisfyAll(
				HaveField("Name", "none"), HaveField("Sent", want == ""), WithTransform(reasons, Equal(want)))))
			Expect(WithTransform(notStored, Equal(want)).Match(seen)).To(BeTrue(), "what the answer sets meets the same setting")
		})
	})

	It("a password that the browser was given is sent from another site only where cookies would be", Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext) {
			server := hostOf("example.test")
			url := serveAt(server, guarded("Basic realm=x"))
			for browser, status := range map[*harness.Browser]int{&chrome: 200, &denying: 401} {
				Expect(browser.Fetch(ctx, login(server, url))).To(read(200))
				Expect(browser.Fetch(ctx, include(same, url))).To(SatisfyAll(read(200), arrive("GET")))
				Expect(browser.Fetch(ctx, include(cross, url))).To(SatisfyAll(read(status), arrive("GET")))
			}
		})
})

// reasons are the reasons why a cookie was blocked, in one line.
func reasons(c harness.Cookie) string { return strings.Join(c.Blocked, " ") }

// notStored are the reasons why the first answer's cookies were not kept.
func notStored(o harness.Observation) string {
	var all []string
	for _, c := range o.Exchanges[0].NotStored {
		all = append(all, reasons(c))
	}
	return strings.Join(all, ", ")
}
