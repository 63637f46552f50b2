package specs_test

import (
	"errors"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// The page's site, not its origin, and the cookie's SameSite decide which cookies
// are sent. CORS decides only which pages may read the answer.
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
var _ = Describe("cookies", Label("scenario:credentials"), func() {
	const (
		home  = "https://api.example.test" // the server, and its own page
		same  = "https://app.example.test" // another origin of the same site
		cross = "https://other.test"       // another site
	)
	// jar sets a cookie of each kind, and allows each of the pages to read.
	jar := func() string {
		return serveAt(home, servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			origin, _ := a.Headers.Get("Origin")
			return servers.Reply{Header: header(acao, origin, acac, "true",
				"Set-Cookie", "none=1; Secure; SameSite=None",
				"Set-Cookie", "lax=1; Secure; SameSite=Lax",
				"Set-Cookie", "strict=1; Secure; SameSite=Strict",
				"Set-Cookie", "default=1; Secure",
				"Set-Cookie", "insecure=1; SameSite=None")}
		}})
	}
	var profile *harness.Profile
	BeforeEach(func() {
		profile = &harness.Profile{Browser: &chrome}
		DeferCleanup(profile.Close)
	})
	include := func(from, url string) harness.Request {
		return harness.Request{From: from, URL: url, Credentials: harness.Include}
	}
	DescribeTable("that travel", Label("claim:21", "fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, from string, credentials harness.Credentials, cookies string) {
			url := jar()
			Expect(profile.Fetch(ctx, include(same, url))).To(SatisfyAll(read(200), Not(harness.SendCookie("none"))), "the first time there are none")
			r := include(from, url)
			r.Credentials = credentials
			Expect(carried(profile.Fetch(ctx, r))).To(Equal(cookies))
		},
		Entry("to its own origin: all, without asking for it", home, harness.Credentials(""), "none=1; lax=1; strict=1; default=1"),
		Entry("to its own origin with omit: none", home, harness.Omit, ""),
		Entry("within the site with include: all", same, harness.Include, "none=1; lax=1; strict=1; default=1"),
		Entry("within the site by default: none, as that is for the same origin", same, harness.Credentials(""), ""),
		Entry("within the site with same-origin: none", same, harness.SameOrigin, ""),
		Entry("within the site with omit: none", same, harness.Omit, ""),
		Entry("across sites by default: none", cross, harness.Credentials(""), ""),
	)

	It("tell why they stay", Label("claim:21", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		url := jar()
		Expect(profile.Fetch(ctx, include(same, url))).To(read(200))
		seen, err := profile.Fetch(ctx, include(cross, url))
		Expect(seen, err).To(SatisfyAll(read(200), harness.SendCookie("none"),
			Not(harness.SendCookie("lax")), Not(harness.SendCookie("strict")), Not(harness.SendCookie("default")), Not(harness.SendCookie("insecure"))))
		// Chrome puts "Schemeful" in front of the reason, as if only the scheme
		// differed.
		why := map[string]string{}
		for _, c := range seen.Exchanges[0].Cookies {
			why[c.Name] = strings.ReplaceAll(strings.Join(c.Blocked, " "), "Schemeful", "")
		}
		Expect(why).To(Equal(map[string]string{
			"none": "", "lax": "SameSiteLax", "strict": "SameSiteStrict", "default": "SameSiteUnspecifiedTreatedAsLax",
		}))
	})

	It("are set across sites only where they are SameSite=None", Label("claim:21", "fetch:http-network-fetch"), func(ctx SpecContext) {
		url := jar()
		Expect(profile.Fetch(ctx, include(cross, url))).To(read(200))
		Expect(carried(profile.Fetch(ctx, include(same, url)))).To(Equal("none=1"))
	})

	It("are not set by an answer to a request without credentials", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		url := jar()
		Expect(profile.Fetch(ctx, harness.Request{From: same, URL: url})).To(read(200))
		Expect(carried(profile.Fetch(ctx, include(same, url)))).To(BeEmpty())
	})

	It("are set by an answer that the page may not read", Label("claim:22", "case:59", "code:InvalidAllowCredentials", "fetch:http-network-fetch"), func(ctx SpecContext) {
		url := serveAt(home, servers.Case{Reply: servers.Reply{
			Header: append(servers.Allow(same), header("Set-Cookie", "sid=1; Secure; SameSite=None")...)}})
		Expect(profile.Fetch(ctx, include(same, url))).To(SatisfyAll(blocked(harness.InvalidAllowCredentials, ""), arrive("GET")))
		Expect(profile.Fetch(ctx, include(same, url))).To(SatisfyAll(blocked(harness.InvalidAllowCredentials, ""), harness.SendCookie("sid")))
	})

	It("travel with a request whose answer the page may not read", Label("claim:22", "fetch:cors-check"), func(ctx SpecContext) {
		url := jar()
		Expect(profile.Fetch(ctx, include(same, url))).To(read(200))
		silent := serveAt(home, servers.Case{})
		Expect(profile.Fetch(ctx, include(cross, silent))).To(SatisfyAll(
			blocked(harness.MissingAllowOriginHeader, ""), harness.SendCookie("none"), arrive("GET")))
	})

	It("of one profile are not those of another", Label("fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		url := jar()
		Expect(profile.Fetch(ctx, include(same, url))).To(read(200))
		other := harness.Profile{Browser: &chrome}
		DeferCleanup(other.Close)
		Expect(carried(other.Fetch(ctx, include(same, url)))).To(BeEmpty())
		Expect(carried(profile.Fetch(ctx, include(same, url)))).NotTo(BeEmpty())
	})

	It("of the Express server: the page of the document gets back the one that is SameSite=None",
		Label("claim:12", "claim:21", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
			Expect(profile.Fetch(ctx, include(client, expressScenarios.url(ctx, "/cookies/set")))).To(read(200))
			Expect(profile.Fetch(ctx, include(client, expressScenarios.url(ctx, "/cookies/names")))).To(SatisfyAll(
				read(200), HaveField("Script.Body", MatchJSON(`{"cookies": ["none"]}`))))
		})
})

// carried are the cookies that arrived with the last request.
func carried(o harness.Observation, err error) (string, error) {
	if err == nil && len(o.Arrivals) == 0 {
		err = errors.New("the request did not arrive")
	}
	if err != nil {
		return "", err
	}
	cookies, _ := o.Arrivals[len(o.Arrivals)-1].Headers.Get("Cookie")
	return cookies, nil
}
