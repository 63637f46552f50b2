package specs_test

import (
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// The server of these specs sends a good 200 and has never heard of CORS.
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin
var _ = Describe("the same-origin policy", Label("scenario:same-origin"), func() {
	silent := servers.Case{Reply: servers.Reply{Header: header("Content-Type", "text/plain"), Body: "for my own origin"}}

	DescribeTable("an origin is scheme, host and port", Label("claim:01", "fetch:cors-check"),
		func(ctx SpecContext, from string, want OmegaMatcher) {
			seen, err := chrome.Fetch(ctx, harness.Request{From: from, URL: serveAt(app, silent)})
			Expect(seen, err).To(want)
			Expect(seen).To(SatisfyAll(Not(harness.BePreflighted()), arrive("GET"), answered(harness.ActualRequest, 200)))
		},
		Entry("the same scheme, host and port are the same origin", "https://app.test", read(200)),
		Entry("another scheme is another origin", "http://app.test", harness.BeBlocked(harness.MissingAllowOriginHeader)),
		Entry("another host is another origin", "https://other.test", harness.BeBlocked(harness.MissingAllowOriginHeader)),
		Entry("a sub-domain is another origin", "https://www.app.test", harness.BeBlocked(harness.MissingAllowOriginHeader)),
		Entry("another port is another origin", "https://app.test:8443", harness.BeBlocked(harness.MissingAllowOriginHeader)),
		Entry("an opaque origin is another origin", "null", harness.BeBlocked(harness.MissingAllowOriginHeader)),
	)

	It("lets script read a same-origin response without any header of CORS", Label("claim:01", "fetch:main-fetch"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serveAt(app, silent), Method: "PUT"})).To(SatisfyAll(
			read(200), HaveField("Script.Type", "basic"), HaveField("Script.Body", "for my own origin"), arrive("PUT")))
	})

	It("is enforced in the browser: the server saw a good 200, the page a TypeError, the console the reason",
		Label("case:1", "claim:02", "code:MissingAllowOriginHeader", "fetch:cors-check"), func(ctx SpecContext) {
			seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serve(silent)})
			Expect(seen, err).To(harness.BeBlocked(harness.MissingAllowOriginHeader))
			By("the server")
			Expect(seen).To(SatisfyAll(arrive("GET"), answered(harness.ActualRequest, 200, acao, "")))
			By("the page")
			Expect(seen.Script).To(SatisfyAll(
				HaveField("Error", "TypeError: Failed to fetch"), HaveField("Status", 0), HaveField("Headers", BeEmpty()), HaveField("Body", "")))
			By("the console")
			Expect(seen).To(harness.LogToConsole("No 'Access-Control-Allow-Origin' header is present on the requested resource"))
		})

	It("says no more to XMLHttpRequest than an error event", Label("case:1", "claim:02", "code:MissingAllowOriginHeader", "fetch:cors-check"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(silent), Via: harness.ViaXHR})).To(SatisfyAll(
			harness.BeBlocked(harness.MissingAllowOriginHeader), HaveField("Script.Error", "error event, status 0"),
			arrive("GET"), harness.LogToConsole("Access to XMLHttpRequest at")))
	})

	It("restricts reading, not sending: a form-like POST takes effect at a server that allows nobody",
		Label("claim:04", "fetch:cors-safelisted-method"), func(ctx SpecContext) {
			var orders atomic.Int32
			url := serve(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
				if a.Method == "POST" {
					orders.Add(1)
				}
				return servers.Reply{Status: 201}
			}})
			Expect(chrome.Fetch(ctx, harness.Request{
				From: evil, URL: url, Method: "POST", Body: harness.Form(harness.Field{Name: "item", Value: "1"}),
			})).To(SatisfyAll(harness.BeBlocked(harness.MissingAllowOriginHeader), Not(harness.BePreflighted()), arrive("POST")))
			Expect(orders.Load()).To(BeEquivalentTo(1))
		})

	DescribeTable("the Origin header of a request", Label("claim:05"),
		func(ctx SpecContext, r harness.Request, origins []string) {
			r.From, r.URL = app, serve(servers.Case{Reply: servers.Reply{Header: servers.Allow("*")}})
			seen, err := chrome.Fetch(ctx, r)
			Expect(err).NotTo(HaveOccurred())
			Expect(seen).To(arrive("GET"))
			Expect(seen.Arrivals[0].Headers.Values("Origin")).To(Equal(origins))
		},
		Entry("names the page where the response is to be read", Label("fetch:append-a-request-origin-header"),
			harness.Request{}, []string{app}),
		Entry("is not sent with a GET in no-cors mode, though that is cross-origin, too", Label("case:25", "fetch:append-a-request-origin-header"),
			harness.Request{Mode: harness.NoCORS}, nil),
	)

	It("keeps a no-cors response opaque, which is not the way round it", Label("case:25", "claim:02", "fetch:concept-filtered-response-opaque"),
		func(ctx SpecContext) {
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(silent), Mode: harness.NoCORS})).To(SatisfyAll(
				harness.BeOpaque(), HaveField("Script.Type", "opaque"), HaveField("Script.Status", 0), HaveField("Script.Body", ""), arrive("GET")))
		})
})
