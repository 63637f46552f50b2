package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// While a page goes, it may still send; no script is left to read the answer, and Chrome tells
// nobody of a refusal: the server sees what became of the request.
// https://fetch.spec.whatwg.org/#request-keepalive-flag
var _ = Describe("a page that goes", Label("scenario:moments", "fetch:http-network-or-cache-fetch"), func() {
	const (
		navigated = harness.MomentNavigated
		closed    = harness.MomentClosed
		hidden    = harness.MomentHidden
	)
	ask := func(ctx SpecContext, r harness.Request, c servers.Case) (harness.Observation, error) {
		r.From, r.URL = app, serve(c)
		return chrome.Fetch(ctx, r)
	}
	own := harness.Field{Name: "X-A", Value: "1"}

	DescribeTable("sends what needs no preflight, whatever the answer allows", func(ctx SpecContext, moment harness.Moment, via harness.Via, method string) {
		Expect(ask(ctx, harness.Request{Moment: moment, Via: via}, servers.Case{})).To(SatisfyAll(harness.BeOpaque(), arrive(method), HaveField("Script.Error", "")))
	},
		Entry("navigated, fetch with keepalive", Label("case:217"), navigated, harness.ViaKeepalive, "GET"),
		Entry("navigated, sendBeacon", Label("case:219"), navigated, harness.ViaBeacon, "POST"),
		Entry("navigated, fetchLater", Label("case:220"), navigated, harness.ViaFetchLater, "GET"),
		Entry("closed, fetch with keepalive", Label("case:221"), closed, harness.ViaKeepalive, "GET"),
		Entry("closed, sendBeacon", Label("case:222"), closed, harness.ViaBeacon, "POST"),
		Entry("closed, fetchLater", Label("case:223"), closed, harness.ViaFetchLater, "GET"),
		Entry("hidden, sendBeacon", Label("case:225"), hidden, harness.ViaBeacon, "POST"),
	)

	DescribeTable("sends a preflight first, and the request only where that allows it", Label("fetch:cors-preflight-fetch", "code:PreflightMissingAllowOriginHeader"),
		func(ctx SpecContext, r harness.Request, method string) {
			Expect(ask(ctx, r, servers.Case{})).To(SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")))
			Expect(ask(ctx, r, servers.Case{Preflight: &servers.Reply{Status: 204, Header: allow(app, "Access-Control-Allow-Credentials", "true", "Access-Control-Allow-Headers", "x-a, content-type")}})).
				To(SatisfyAll(harness.BeOpaque(), arrive("OPTIONS", method)))
		},
		Entry("navigated, fetch with keepalive", Label("case:226"), harness.Request{Moment: navigated, Via: harness.ViaKeepalive, Headers: harness.Header{own}}, "GET"),
		Entry("closed, fetch with keepalive", Label("case:227"), harness.Request{Moment: closed, Via: harness.ViaKeepalive, Headers: harness.Header{own}}, "GET"),
		Entry("closed, fetchLater", Label("case:228"), harness.Request{Moment: closed, Via: harness.ViaFetchLater, Headers: harness.Header{own}}, "GET"),
		Entry("navigated, a beacon of JSON", Label("case:229"), harness.Request{Moment: navigated, Via: harness.ViaBeacon, Body: harness.JSON("{}")}, "POST"),
	)

	It("cannot ask what fetch() refuses", Label("case:230", "fetch:dom-request"), func(ctx SpecContext) {
		Expect(ask(ctx, harness.Request{Moment: closed, Via: harness.ViaKeepalive, Method: "TRACE"}, servers.Case{})).To(SatisfyAll(blocked(harness.RequestRefused, ""), arrive()))
	})

	It("asks a server that tells nobody what arrives: an error", func(ctx SpecContext) {
		_, err := chrome.Fetch(ctx, harness.Request{From: app, URL: "https://api.example.com/", Moment: closed, Via: harness.ViaBeacon})
		Expect(err).To(MatchError(ContainSubstring("only a server of the fixture network, or a recorder")))
	})

	DescribeTable("is refused where nothing is asked", func(r harness.Request, says string) {
		r.From, r.URL = app, api
		Expect(r.Validate()).To(MatchError(ContainSubstring(says)))
	},
		Entry("by an image", harness.Request{Moment: closed, Via: harness.ViaImage}, "asks nothing while the page closes"),
		Entry("by a fetch of a page that is only hidden", Label("case:224"), harness.Request{Moment: hidden, Via: harness.ViaKeepalive}, "gets the answer"),
		Entry("by a fetch that ends with its page", Label("case:218"), harness.Request{Moment: closed}, "set Keepalive"),
		Entry("in a worker", harness.Request{Moment: closed, Where: harness.WhereWorker}, "remove Where"),
		Entry("fetchLater without a moment", harness.Request{Via: harness.ViaFetchLater}, "say when with Moment"),
	)
})
