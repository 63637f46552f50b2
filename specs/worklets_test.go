package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// https://html.spec.whatwg.org/multipage/worklets.html#dom-worklet-addmodule
var _ = Describe("worklets", Label("scenario:initiators", "fetch:cors-check"), func() {
	code := func(h harness.Header) string {
		return serve(servers.Case{Reply: servers.Reply{Header: append(h, header("Content-Type", program.kind)...), Body: program.body}})
	}
	vias := []harness.Via{harness.ViaPaintWorklet, harness.ViaAudioWorklet}

	It("take a script of another origin where that allows it", Label("case:239", "code:MissingAllowOriginHeader"), func(ctx SpecContext) {
		for _, via := range vias {
			seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: code(nil), Via: via})
			Expect(seen, err).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), HaveField("Script.Error", ContainSubstring("AbortError"))), string(via))
			Expect(seen.Arrivals).NotTo(BeEmpty(), string(via))
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: code(allow(app)), Via: via})).
				To(SatisfyAll(harness.BeReadable(), arrive("GET"), arriveWith("Origin", app), HaveField("Script.Type", "cors")), string(via))
		}
	})

	It("ask with credentials where the page says so", Label("case:240", "code:WildcardOriginNotAllowed"), func(ctx SpecContext) {
		for _, via := range vias {
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: code(allow("*", acac, "true")), Via: via, Credentials: harness.Include})).
				To(blocked(harness.WildcardOriginNotAllowed, ""), string(via))
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: code(allow("*")), Via: via, Credentials: harness.Omit})).To(harness.BeReadable(), string(via))
		}
	})

	It("do not take what is no script", Label("case:241", "code:response-unusable"), func(ctx SpecContext) {
		for _, via := range vias {
			url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", "text/html"), Body: "<p>"}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via})).To(blocked(harness.ResponseUnusable, ""), string(via))
		}
	})

	It("ask for nothing themselves", Label("case:242"), func() {
		Expect(harness.Request{From: app, URL: api, Where: "worklet"}.Validate()).To(MatchError(ContainSubstring("its script is asked for via audio-worklet")))
	})
})

// https://html.spec.whatwg.org/multipage/webappapis.html#import-maps
var _ = Describe("import maps", Label("scenario:initiators", "fetch:cors-check"), func() {
	code := func(h harness.Header) string {
		return serve(servers.Case{Reply: servers.Reply{Header: append(h, header("Content-Type", program.kind)...), Body: program.body}})
	}
	const wrong = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	const right = "sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s="

	DescribeTable("send a specifier to a URL of another origin", func(ctx SpecContext, via harness.Via) {
		ask := func(h harness.Header, integrity string) (harness.Observation, error) {
			return chrome.Fetch(ctx, harness.Request{From: app, URL: code(h), Via: via, Specifier: "lodash", Integrity: integrity})
		}
		Expect(ask(nil, "")).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET")))
		Expect(ask(allow(app), "")).To(SatisfyAll(harness.BeReadable(), arrive("GET"), arriveWith("Origin", app), HaveField("Script.Error", "")))
		Expect(ask(allow(app), right)).To(SatisfyAll(harness.BeReadable(), arrive("GET")))
		Expect(ask(allow(app), wrong)).To(SatisfyAll(blocked(harness.BlockedByIntegrity, ""), arrive("GET")))
	},
		Entry("import()", Label("case:243", "code:MissingAllowOriginHeader", "code:integrity"), harness.ViaImport),
		Entry("an import of a module", Label("case:244", "code:MissingAllowOriginHeader", "code:integrity"), harness.ViaModule),
	)

	It("let a module that throws run", Label("case:245"), func(ctx SpecContext) {
		for _, via := range []harness.Via{harness.ViaImport, harness.ViaModule} {
			url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", program.kind), Body: "throw new Error('mine')"}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via, Specifier: "lodash"})).
				To(SatisfyAll(harness.BeReadable(), HaveField("Script.Error", "Error: mine")), string(via))
		}
	})

	DescribeTable("are refused where there is none", func(r harness.Request, says string) {
		r.From, r.URL = app, api
		Expect(r.Validate()).To(MatchError(ContainSubstring(says)))
	},
		Entry("in a worker", Label("case:246"), harness.Request{Via: harness.ViaImport, Where: harness.WhereWorker, Specifier: "lodash"}, "a worker has no import map"),
		Entry("by a classic script", harness.Request{Via: harness.ViaScript, Specifier: "lodash"}, "only a module is imported by a specifier"),
		Entry("for a path", harness.Request{Via: harness.ViaImport, Specifier: "./lodash.js"}, "want a bare specifier"),
	)
})
