package specs_test

import (
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// gathered gives the answers of a server that answers none of n requests before all of them
// have arrived. Further requests are answered at once. GET requests of one site for one URL do
// not arrive together: Chrome's HTTP cache lets the second wait for the first, up to 20 seconds.
func gathered(n int, answer func(harness.Arrival) servers.Reply) func(harness.Arrival) servers.Reply {
	var mu sync.Mutex
	all := make(chan struct{})
	return func(a harness.Arrival) servers.Reply {
		reply := answer(a)
		reply.Until = all
		mu.Lock()
		defer mu.Unlock()
		if n--; n == 0 {
			close(all)
		}
		return reply
	}
}

// inOneTab matches where one of two questions that were asked at the same time matches
// one, and the other one matches other.
func inOneTab(one, other types.GomegaMatcher) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(o harness.Observation) (bool, error) {
		tabs := []any{o, o.Beside[0]}
		straight, err := ConsistOf(one, other).Match(tabs)
		return straight, err
	}).WithTemplate("Expected one tab {{.To}} match the first matcher, and the other tab the second.\n\n{{.Actual}}\n\n{{index .Actual.Beside 0}}")
}

// Questions of two tabs share what their profile has: cookies, the HTTP cache, connections.
var _ = Describe("questions at the same time", Label("scenario:beside"), func() {
	const (
		shop = "https://shop.test"    // of another site
		www  = "https://www.app.test" // of the same site
	)
	toAll := func(more ...string) func(harness.Arrival) servers.Reply {
		return func(a harness.Arrival) servers.Reply {
			origin, _ := a.Headers.Get("Origin")
			return servers.Reply{Header: allow(origin, append([]string{acac, "true", acam, "PUT"}, more...)...)}
		}
	}
	both := func(ctx SpecContext, r harness.Request, other harness.Request) (harness.Observation, error) {
		r.Beside = []harness.Request{other}
		return chrome.Fetch(ctx, r)
	}

	// https://fetch.spec.whatwg.org/#cors-preflight-cache has entries of answers alone.
	It("send a preflight each, also for one URL", Label("case:261", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(servers.Case{Answer: gathered(2, toAll(acma, "600"))}), Method: "PUT"}
		seen, err := both(ctx, r, r)
		own := SatisfyAll(read(200), harness.BePreflighted(), arrive("OPTIONS", "PUT"))
		Expect(seen, err).To(inOneTab(own, own))
		Expect(seen.String()).To(ContainSubstring("beside PUT " + r.URL + " from " + app + ", in another tab at the same time, in no order: sent a preflight, 200, readable"))
	})

	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
	It("share an answer that may be cached", Label("case:262", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(servers.Case{Answer: toAll("Cache-Control", "max-age=600")})}
		seen, err := both(ctx, r, r)
		Expect(seen, err).To(inOneTab(SatisfyAll(read(200), arrive("GET")), SatisfyAll(read(200), arrive())))
		Expect(seen.String()).To(Or(ContainSubstring("another request"), ContainSubstring("the disk cache"), ContainSubstring("(from disk cache)")))
	})

	// https://fetch.spec.whatwg.org/#http-cache-partitions
	It("of two sites share no answer", Label("case:263", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(servers.Case{Answer: gathered(2, toAll("Cache-Control", "max-age=600"))})}
		other := harness.Request{From: shop, URL: r.URL}
		own := SatisfyAll(read(200), arrive("GET"))
		Expect(both(ctx, r, other)).To(inOneTab(own, own))
	})

	// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
	It("of two origins of a site share an answer that is for one of them", Label("case:264", "fetch:http-network-or-cache-fetch", "code:AllowOriginMismatch"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(servers.Case{Answer: toAll("Cache-Control", "max-age=600")})}
		other := harness.Request{From: www, URL: r.URL}
		Expect(both(ctx, r, other)).To(inOneTab(SatisfyAll(read(200), arrive("GET")), SatisfyAll(harness.BeBlocked(harness.AllowOriginMismatch), arrive())))
	})

	It("are in flight together", Label("case:265", "fetch:http-network-fetch"), func(ctx SpecContext) {
		answer := gathered(2, toAll())
		url := func() string { return serve(servers.Case{Answer: answer}) }
		own := SatisfyAll(read(200), arrive("GET"))
		Expect(both(ctx, harness.Request{From: app, URL: url()}, harness.Request{From: app, URL: url()})).To(inOneTab(own, own))
	})

	Context("with a login", Label("case:266", "fetch:http-network-or-cache-fetch"), func() {
		asks := func() (login, me harness.Request) {
			login = harness.Request{From: app, URL: serve(servers.Case{Answer: toAll("Set-Cookie", "sid=1; Secure; SameSite=None")}), Credentials: harness.Include}
			return login, harness.Request{From: app, URL: serve(servers.Case{Answer: toAll()}), Credentials: harness.Include}
		}

		It("beside them, promise no order", func(ctx SpecContext) {
			login, me := asks()
			seen, err := both(ctx, me, login)
			Expect(seen, err).To(inOneTab(read(200), read(200)))
			Expect(seen.String()).To(ContainSubstring("in no order: 200, readable, stored the cookie sid"))
		})

		It("before them, all have it", func(ctx SpecContext) {
			login, me := asks()
			other := me
			other.URL = serve(servers.Case{Answer: toAll()})
			me.Before = []harness.Request{login}
			Expect(both(ctx, me, other)).To(inOneTab(harness.SendCookie("sid"), harness.SendCookie("sid")))
		})
	})

	DescribeTable("have an environment each", Label("case:267", "fetch:http-network-fetch"), func(ctx SpecContext, r harness.Request) {
		answer := gathered(2, toAll())
		r.From, r.URL = app, serve(servers.Case{Answer: answer})
		other := r
		other.URL = serve(servers.Case{Answer: answer})
		Expect(both(ctx, r, other)).To(inOneTab(read(200), read(200)))
	},
		Entry("a worker", harness.Request{Where: harness.WhereWorker}),
		Entry("a shared worker", harness.Request{Where: harness.WhereSharedWorker}),
		Entry("a service worker", harness.Request{Where: harness.WhereServiceWorker}),
		Entry("a page that a service worker controls", harness.Request{Controller: harness.Controller{Answer: harness.AnswersWithFetch}}),
	)

	It("wait for no others in a circle", Label("case:268", "fetch:http-network-fetch"), func(ctx SpecContext) {
		a, b := harness.Request{From: app, URL: serve(servers.Case{Answer: toAll()})}, harness.Request{From: app, URL: serve(servers.Case{Answer: toAll()})}
		own := SatisfyAll(read(200), arrive("GET"))
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				defer GinkgoRecover()
				if i%2 == 0 {
					Expect(both(ctx, a, b)).To(inOneTab(own, own))
				} else {
					Expect(both(ctx, b, a)).To(inOneTab(own, own))
				}
			})
		}
		all.Wait()
	})

	It("have no verdict where one of them has none", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		seen, err := both(ctx, harness.Request{From: app, URL: serve(servers.Case{Answer: toAll()})}, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Drop: true}})})
		Expect(err).To(MatchError(ContainSubstring("question 1 of the 1 beside it: no verdict")))
		Expect(seen.Verdict).To(BeEmpty())
		Expect(seen.Beside).To(HaveLen(1))
	})
})
