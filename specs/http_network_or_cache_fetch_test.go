package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// The HTTP cache keeps the headers of CORS like all other headers, and does not
// interpret them: a response that was right for one page is given to the next.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
var _ = Describe("the HTTP cache", Label("scenario:http-cache", "fetch:http-network-or-cache-fetch"), func() {
	// Chrome does not report that a response came from a cache if it is then
	// refused.
	fromCache := SatisfyAll(arrive(), HaveField("Exchanges", HaveExactElements(HaveField("Sent", false))))

	// An image is requested without Origin, so a server that repeats the Origin
	// has nothing to repeat.
	// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
	DescribeTable("answers fetch with what it kept of a plain image", Label("case:57"),
		func(ctx SpecContext, answer func(origin string, present bool) harness.Header, want types.GomegaMatcher) {
			url := serve(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
				lines := append(header("Content-Type", picture.kind, "Cache-Control", "max-age=600"), answer(a.Headers.Get("Origin"))...)
				return servers.Reply{Header: lines, Body: picture.body}
			}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: harness.ViaImage})).To(SatisfyAll(harness.BeOpaque(), arrive("GET")))
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(want)
		},
		Entry("from a server that leaves the line out", Label("code:MissingAllowOriginHeader"),
			func(origin string, present bool) harness.Header {
				if !present {
					return nil
				}
				return allow(origin)
			}, SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), fromCache)),
		Entry("from a server that leaves the line empty", Label("code:InvalidAllowOriginValue"),
			func(origin string, _ bool) harness.Header { return allow(origin) },
			SatisfyAll(blocked(harness.InvalidAllowOriginValue, ""), fromCache)),
		Entry("but not from one that says Vary: Origin", func(origin string, present bool) harness.Header {
			if !present {
				return header("Vary", "Origin")
			}
			return allow(origin, "Vary", "Origin")
		}, SatisfyAll(read(200), arrive("GET"))),
	)

	// A refused response is not read to its end, so the cache may or may not keep
	// it. Another page of the same site, with the same cache, reads it first.
	// https://www.rfc-editor.org/rfc/rfc9111#name-freshening-stored-responses
	DescribeTable("updates what it kept by a 304", Label("case:57"),
		func(ctx SpecContext, neighbour string, stored, update harness.Header, want types.GomegaMatcher) {
			url := serve(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
				if _, revalidates := a.Headers.Get("If-None-Match"); revalidates {
					return servers.Reply{Status: 304, Header: append(header("ETag", `"1"`, "Cache-Control", "max-age=600"), update...)}
				}
				return servers.Reply{Header: append(header("ETag", `"1"`, "Cache-Control", "max-age=0"), stored...), Body: "kept"}
			}})
			Expect(chrome.Fetch(ctx, harness.Request{From: neighbour, URL: url})).To(SatisfyAll(read(200), arrive("GET")))
			r := harness.Request{From: app, URL: url}
			seen, err := chrome.Fetch(ctx, r)
			Expect(seen, err).To(SatisfyAll(want, arrive("GET")))
			Expect(seen.Arrivals[0].Headers.Values("If-None-Match")).To(Equal([]string{`"1"`}))
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(want, fromCache), "the updated response")
		},
		Entry("that allows the page, as what was kept did not", "https://app.test:8443", allow("https://app.test:8443"), allow(app),
			SatisfyAll(read(200), HaveField("Script.Body", "kept"))),
		Entry("that no longer allows the page", Label("code:AllowOriginMismatch"), app, allow(app), allow(evil), blocked(harness.AllowOriginMismatch, evil)),
		Entry("that says nothing, which leaves the line as it was", app, allow(app), nil, SatisfyAll(read(200), HaveField("Script.Body", "kept"))),
	)
})

// The page and a server at another port of its host: two origins that share
// cookies.
// https://www.rfc-editor.org/rfc/rfc6265#section-8.5
var _ = Describe("cookies of another port", Label("scenario:credentials", "fetch:http-network-or-cache-fetch"), func() {
	const port = "https://app.test:8443"

	DescribeTable("by the credentials mode of the request that gets them and of the next", Label("case:58"),
		func(ctx SpecContext, first, then harness.Credentials, cookies []string) {
			profile := harness.Profile{Browser: &chrome}
			DeferCleanup(profile.Close)
			lines := allow(app, acac, "true")
			gives := serveAt(port, servers.Case{Reply: servers.Reply{Header: append(lines, header("Set-Cookie", "sid=1; Path=/")...)}})
			Expect(profile.Fetch(ctx, harness.Request{From: app, URL: gives, Credentials: first})).To(read(200))

			gets := serveAt(port, servers.Case{Reply: servers.Reply{Header: lines}})
			seen, err := profile.Fetch(ctx, harness.Request{From: app, URL: gets, Credentials: then})
			Expect(seen, err).To(SatisfyAll(read(200), arrive("GET")))
			Expect(seen.Arrivals[0].Headers.Values("Cookie")).To(Equal(cookies))
		},
		Entry("include: kept and sent", harness.Include, harness.Include, []string{"sid=1"}),
		Entry("omit: not kept", harness.Omit, harness.Include, nil),
		Entry("same-origin: not kept", harness.SameOrigin, harness.Include, nil),
		Entry("then omit: not sent", harness.Include, harness.Omit, nil),
		Entry("then same-origin: not sent", harness.Include, harness.SameOrigin, nil),
		Entry("then none, which is same-origin: not sent", harness.Include, harness.Credentials(""), nil),
	)
})
