package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// What a link has loaded is used only by a request that is like the link's.
// https://html.spec.whatwg.org/multipage/links.html#consume-a-preloaded-resource
var _ = Describe("hints", Label("scenario:hints", "fetch:main-fetch"), func() {
	type hint = harness.Hint
	const (
		preload   = harness.HintPreload
		anonymous = harness.Anonymous
		withCreds = harness.UseCredentials
	)
	answer := func(c content, pairs ...string) servers.Case {
		return servers.Case{Reply: servers.Reply{Header: allow(app, append(pairs, acac, "true", "Content-Type", c.kind)...), Body: c.body}}
	}
	used := HaveField("Hinted", Equal(harness.Hinted{Use: harness.HintUsed}))
	unused := func(said string) types.GomegaMatcher {
		return HaveField("Hinted", SatisfyAll(HaveField("Use", harness.HintUnused), HaveField("Said", ContainSubstring(said))))
	}

	DescribeTable("are used", func(ctx SpecContext, r harness.Request, c content, verdict types.GomegaMatcher) {
		r.From, r.URL = app, serve(answer(c))
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(SatisfyAll(verdict, used, arrive("GET")))
		Expect(seen.Exchanges).To(HaveExactElements(SatisfyAll(HaveField("Sent", false), HaveField("FromCache", "preload"), HaveField("Status", 200))))
		Expect(seen.String()).To(ContainSubstring("its response was used, and the question sent no request"))
	},
		Entry("by fetch", Label("case:247"), harness.Request{Hint: hint{Rel: preload, CrossOrigin: anonymous}}, anything, read(200)),
		Entry("by fetch with credentials", Label("case:247"), harness.Request{Credentials: harness.Include, Hint: hint{Rel: preload, CrossOrigin: withCreds}}, anything, read(200)),
		Entry("by an image", Label("case:248"), harness.Request{Via: harness.ViaImage, Hint: hint{Rel: preload, As: "image"}}, picture, harness.BeOpaque()),
		Entry("by a script", Label("case:248"), harness.Request{Via: harness.ViaScript, Hint: hint{Rel: preload, As: "script"}}, program, harness.BeOpaque()),
		Entry("by a style sheet", Label("case:248"), harness.Request{Via: harness.ViaStylesheet, Hint: hint{Rel: preload, As: "style"}}, style, harness.BeOpaque()),
		Entry("by a font", Label("case:249"), harness.Request{Via: harness.ViaFont, Hint: hint{Rel: preload, As: "font", CrossOrigin: anonymous}}, font, harness.BeReadable()),
		Entry("by a module", Label("case:250"), harness.Request{Via: harness.ViaModule, Hint: hint{Rel: harness.HintModulePreload}}, program, harness.BeReadable()),
		Entry("by import()", Label("case:250"), harness.Request{Via: harness.ViaImport, Hint: hint{Rel: harness.HintModulePreload}}, program, harness.BeReadable()),
	)

	const mismatch = "the request credentials mode does not match"
	DescribeTable("are not used", func(ctx SpecContext, r harness.Request, c content, said string, arrived ...string) {
		r.From, r.URL = app, serve(answer(c))
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(SatisfyAll(harness.BeReadable(), unused(said), arrive(arrived...)))
		Expect(seen.String()).To(ContainSubstring("its response was not used"))
	},
		Entry("by fetch, without crossorigin on the link", Label("case:251"), harness.Request{Hint: hint{Rel: preload}}, anything, mismatch, "GET", "GET"),
		Entry("by fetch with credentials, with crossorigin=anonymous", Label("case:252"), harness.Request{Credentials: harness.Include, Hint: hint{Rel: preload, CrossOrigin: anonymous}}, anything, mismatch, "GET", "GET"),
		Entry("by fetch without credentials", Label("case:252"), harness.Request{Credentials: harness.Omit, Hint: hint{Rel: preload, CrossOrigin: anonymous}}, anything, mismatch, "GET", "GET"),
		Entry("by a font, without crossorigin on the link", Label("case:253"), harness.Request{Via: harness.ViaFont, Hint: hint{Rel: preload, As: "font"}}, font, "", "GET", "GET"),
		Entry("by POST", Label("case:254"), harness.Request{Method: "POST", Hint: hint{Rel: preload, CrossOrigin: anonymous}}, anything, "the request HTTP method does not match", "GET", "POST"),
		Entry("by fetch, of what was loaded as a script", Label("case:255"), harness.Request{Hint: hint{Rel: preload, As: "script", CrossOrigin: anonymous}}, anything, "", "GET", "GET"),
	)

	It("that the server refuses are told beside the question", Label("case:256", "code:MissingAllowOriginHeader"), func(ctx SpecContext) {
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{}), Hint: hint{Rel: preload, CrossOrigin: anonymous}})
		Expect(seen, err).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), HaveField("Before", HaveExactElements(blocked(harness.MissingAllowOriginHeader, "")))))
		Expect(seen.String()).To(SatisfyAll(ContainSubstring("the question got the failure of the link"), ContainSubstring("Remedy: make the server send Access-Control-Allow-Origin")))
	})

	It("put a response into the HTTP cache", Label("case:257"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(answer(anything, "Cache-Control", "max-age=60")), Hint: hint{Rel: harness.HintPrefetch, CrossOrigin: anonymous}}
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), used, arrive("GET"), HaveField("Exchanges", HaveExactElements(HaveField("FromCache", "prefetch")))))
		r.URL = serve(answer(anything, "Cache-Control", "no-store"))
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(200), unused(""), arrive("GET", "GET")))
	})

	DescribeTable("are refused where nothing uses them", func(r harness.Request, says string) {
		r.From, r.URL = app, api
		Expect(r.Validate()).To(MatchError(ContainSubstring(says)))
	},
		Entry("by a beacon", harness.Request{Via: harness.ViaBeacon, Hint: hint{Rel: preload}}, "uses nothing that a link has loaded"),
		Entry("in a worker", harness.Request{Where: harness.WhereWorker, Hint: hint{Rel: preload}}, "remove Where"),
		Entry("without its kind", harness.Request{Hint: hint{As: "image"}}, "what kind of link is it?"),
		Entry("with a use that it does not have", harness.Request{Hint: hint{Rel: harness.HintPrefetch, As: "image"}}, "only a preload has the attribute as"),
	)
})
