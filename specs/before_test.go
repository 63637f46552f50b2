package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A question may depend on what an earlier question left in the browser: a cookie, a
// cached response, a cached preflight.
var _ = Describe("questions before", Label("scenario:before"), func() {
	const shop = "https://shop.test" // of another site
	login := func(cookie string) string {
		return serve(servers.Case{Reply: servers.Reply{Header: allow(app, acac, "true", "Set-Cookie", cookie)}})
	}
	me := func() string { return serve(servers.Case{Reply: servers.Reply{Header: allow(app, acac, "true")}}) }
	signedIn := func(cookie string) harness.Request {
		return harness.Request{From: app, URL: me(), Credentials: harness.Include, Before: []harness.Request{
			{From: app, URL: login(cookie), Method: "POST", Credentials: harness.Include},
		}}
	}

	It("log in", Label("case:133", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		seen, err := chrome.Fetch(ctx, signedIn("sid=1; Secure; SameSite=None; HttpOnly"))
		Expect(seen, err).To(SatisfyAll(read(200), harness.SendCookie("sid"), HaveField("Before", HaveExactElements(harness.BeReadable()))))
		Expect(seen.String()).To(MatchRegexp(`before POST https://api\.test/\S+ +200, readable, stored the cookie sid`))
		Expect(seen.Before[0].String()).To(ContainSubstring("(Set-Cookie sid was stored)"))
	})

	It("say why a login does not last", Label("case:134", "fetch:http-network-fetch"), func(ctx SpecContext) {
		seen, err := chrome.Fetch(ctx, signedIn("sid=1; Secure; SameSite=Lax"))
		Expect(seen, err).To(SatisfyAll(read(200), Not(harness.SendCookie("sid"))))
		Expect(seen.String()).To(MatchRegexp(`before POST \S+ +200, readable, did not store the cookie sid: it is SameSite=Lax`))
	})

	// https://fetch.spec.whatwg.org/#concept-http-network-fetch
	It("store nothing of a request without credentials, and the transcript does not say so", Label("case:135", "fetch:http-network-fetch"), func(ctx SpecContext) {
		r := signedIn("sid=1; Secure; SameSite=None")
		r.Before[0].Credentials = harness.Omit
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(SatisfyAll(read(200), Not(harness.SendCookie("sid"))))
		Expect(seen.String()).NotTo(ContainSubstring("stored the cookie"))
	})

	It("are gone with the question: the next one is a stranger again", Label("case:136", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, signedIn("sid=1; Secure; SameSite=None"))).To(harness.SendCookie("sid"))
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: me(), Credentials: harness.Include})).To(Not(harness.SendCookie("sid")))
	})

	// https://fetch.spec.whatwg.org/#cors-preflight-cache
	It("warm the preflight cache", Label("case:137", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		url := serve(servers.Case{
			Preflight: &servers.Reply{Status: 204, Header: allow(app, acam, "PUT", "Access-Control-Max-Age", "600")},
			Reply:     servers.Reply{Header: allow(app)},
		})
		put := harness.Request{From: app, URL: url, Method: "PUT"}
		Expect(chrome.Fetch(ctx, put)).To(SatisfyAll(read(200), harness.BePreflighted()))
		put.Before = []harness.Request{put}
		Expect(chrome.Fetch(ctx, put)).To(SatisfyAll(read(200), Not(harness.BePreflighted()), HaveField("Before", HaveExactElements(harness.BePreflighted()))))
	})

	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
	It("load an image that a later fetch gets from the cache, without the header", Label("case:138", "fetch:http-network-or-cache-fetch", "code:MissingAllowOriginHeader"), func(ctx SpecContext) {
		url := serve(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			reply := servers.Reply{Header: header("Content-Type", picture.kind, "Cache-Control", "max-age=600"), Body: picture.body}
			if origin, asked := a.Headers.Get("Origin"); asked {
				reply.Header = append(reply.Header, allow(origin)...)
			}
			return reply
		}})
		r := harness.Request{From: app, URL: url}
		Expect(chrome.Fetch(ctx, r)).To(read(200))
		r.Before = []harness.Request{{From: app, URL: url, Via: harness.ViaImage}}
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), HaveField("Arrivals", BeEmpty())))
	})

	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
	It("get an ETag, with which the browser asks again", Label("case:139", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		url := serve(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if _, again := a.Headers.Get("If-None-Match"); again {
				return servers.Reply{Status: 304, Header: allow(app, "ETag", `"1"`)}
			}
			return servers.Reply{Header: allow(app, "ETag", `"1"`, "Cache-Control", "no-cache"), Body: "kept"}
		}})
		r := harness.Request{From: app, URL: url}
		r.Before = []harness.Request{r}
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), HaveField("Script.Body", "kept"), arriveWith("If-None-Match", `"1"`)))
	})

	It("belong to a profile with cookies of its own", Label("case:140", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		profile := &harness.Profile{Browser: &chrome, Cookies: []harness.SetCookie{{URL: api, Line: "own=1; Secure; SameSite=None"}}}
		DeferCleanup(profile.Close)
		r := harness.Request{From: app, URL: me(), Credentials: harness.Include}
		Expect(profile.Fetch(ctx, r)).To(harness.SendCookie("own"))
		Expect(chrome.Fetch(ctx, r)).To(Not(harness.SendCookie("own")))
	})

	It("belong to a profile with a cookie whose value no server should send", Label("case:231", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		const own = `own={"a":1, "b": "c d"}`
		profile := &harness.Profile{Browser: &chrome, Cookies: []harness.SetCookie{{URL: api, Line: own + "; Secure; SameSite=None"}}}
		DeferCleanup(profile.Close)
		Expect(profile.Fetch(ctx, harness.Request{From: app, URL: me(), Credentials: harness.Include})).To(arriveWith("Cookie", own))
	})

	It("that have no verdict end the question", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: me(), Before: []harness.Request{{From: shop, URL: serve(servers.Case{Reply: servers.Reply{Drop: true}})}}}
		seen, err := chrome.Fetch(ctx, r)
		Expect(err).To(MatchError(ContainSubstring("question 1 of the 1 before it: no verdict")))
		Expect(seen.Before).To(HaveLen(1))
		Expect(seen.Verdict).To(BeEmpty())
	})

	It("are checked like any other, all at once", Label("fetch:main-fetch"), func() {
		r := harness.Request{From: app, URL: api, Before: []harness.Request{{From: "app.test", URL: "/login"}, {From: app, URL: api, Before: []harness.Request{{}}}}}
		Expect(r.Validate()).To(MatchError(SatisfyAll(ContainSubstring("before 1: from"), ContainSubstring("before 1: url"), ContainSubstring("before 2"))))
	})
})
