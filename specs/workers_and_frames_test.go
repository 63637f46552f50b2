package specs_test

import (
	"cmp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A worker and a frame ask as the page at their origin does. Chrome reports their
// events in sessions of their own.
// https://fetch.spec.whatwg.org/#http-cors-protocol
var _ = Describe("workers and frames", Label("scenario:workers-and-frames"), func() {
	const other = "https://other.test"
	places := func(more ...TableEntry) []any {
		list := []any{
			Entry("in a dedicated worker", Label("case:85"), harness.Request{From: app, Via: harness.ViaWorker}),
			Entry("in a service worker", Label("case:85"), harness.Request{From: app, Via: harness.ViaServiceWorker}),
			Entry("in a frame of another site", Label("case:85"), harness.Request{From: app, Within: other}),
			Entry("in a frame of another origin of the site, which is in the same process", harness.Request{From: app, Within: "https://www.app.test"}),
			Entry("in a dedicated worker of a frame", harness.Request{From: app, Within: other, Via: harness.ViaWorker}),
			Entry("in a dedicated worker of a frame of the same site", harness.Request{From: app, Within: "https://www.app.test", Via: harness.ViaWorker}),
		}
		for _, e := range more {
			list = append(list, e)
		}
		return list
	}
	everything := servers.Case{
		Preflight: &servers.Reply{Status: 204, Header: allow(app, acam, "PUT")},
		Reply:     servers.Reply{Header: allow(app), Body: "hello"},
	}
	shared := Entry("in a shared worker", Label("case:85"), harness.Request{From: app, Via: harness.ViaSharedWorker})

	DescribeTable("may read where the page may", append([]any{Label("fetch:cors-check"),
		func(ctx SpecContext, r harness.Request) {
			r.URL, r.Method = serve(everything), "PUT"
			seen, err := chrome.Fetch(ctx, r)
			Expect(seen, err).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT"), HaveField("Script.Body", "hello")))
			Expect(seen.Arrivals).To(HaveEach(HaveField("Headers", ContainElement(harness.Field{Name: "Origin", Value: app}))))
		}}, places(shared)...)...)

	DescribeTable("are refused where the page is", append([]any{Label("fetch:cors-check", "code:MissingAllowOriginHeader"),
		func(ctx SpecContext, r harness.Request) {
			r.URL = serve(servers.Case{})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(rejected(harness.MissingAllowOriginHeader, ""), arrive("GET"),
				harness.LogToConsole("from origin 'https://app.test' has been blocked by CORS policy"),
				HaveField("Exchanges", HaveExactElements(HaveField("Sent", true)))))
		}}, places(shared)...)...)

	// Chrome may report the preflights in any of these sessions.
	DescribeTable("are preflighted as the page is", append([]any{Label("fetch:cors-preflight-fetch", "code:PreflightMissingAllowOriginHeader"),
		func(ctx SpecContext, r harness.Request) {
			r.URL, r.Method = serve(servers.Case{}), "DELETE"
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS"),
				HaveField("Exchanges", HaveExactElements(
					SatisfyAll(HaveField("Kind", harness.Preflight), HaveField("Status", 200)),
					SatisfyAll(HaveField("Kind", harness.ActualRequest), HaveField("Sent", false))))))
		}}, places()...)...)

	// https://w3c.github.io/ServiceWorker/#service-worker-concept
	It("of which Chrome does not tell everything say so: a shared worker's preflights are not seen", Label("case:85", "fetch:cors-preflight-fetch"),
		func(ctx SpecContext) {
			seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{}), Method: "DELETE", Via: harness.ViaSharedWorker})
			Expect(seen, err).To(SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS"), harness.BePreflighted(), // by the server
				HaveField("Exchanges", HaveExactElements(SatisfyAll(HaveField("Unseen", true), HaveField("Sent", false))))))
			Expect(seen.String()).To(ContainSubstring("reports neither the preflights of a shared worker"))
		})

	// What Chrome does not tell of a shared worker, the server does.
	DescribeTable("are refused a redirect that they may not follow", Label("fetch:http-redirect-fetch", "code:redirect-refused", "code:body-not-resent"),
		func(ctx SpecContext, r harness.Request, to string, reason harness.Reason, arrived ...string) {
			net.OfferHTTP2("stream.test")
			for _, status := range []int{301, 302, 307, 308} {
				r.From = app
				r.URL = serveAt("https://stream.test", servers.Case{Preflight: &servers.Reply{Header: allow("*", "Access-Control-Allow-Headers", "*")}, Reply: servers.Reply{Status: status, Header: allow("*", "Location", to)}})
				seen, err := chrome.Fetch(ctx, r)
				Expect(seen, err).To(SatisfyAll(rejected(reason, ""), arrive(arrived...),
					HaveField("Exchanges", ContainElement(SatisfyAll(HaveField("Kind", harness.ActualRequest), HaveField("Sent", true))))), "%d", status)
				Expect(seen.String()).NotTo(ContainSubstring("not sent"))
			}
		},
		Entry("in a dedicated worker, in redirect mode error", harness.Request{Via: harness.ViaWorker, Redirect: harness.RedirectError}, "/elsewhere", harness.RedirectRefused, "GET"),
		Entry("in a shared worker, in redirect mode error", harness.Request{Via: harness.ViaSharedWorker, Redirect: harness.RedirectError}, "/elsewhere", harness.RedirectRefused, "GET"),
		Entry("in a shared worker, in redirect mode error, after a preflight", harness.Request{Via: harness.ViaSharedWorker, Method: "POST", Body: harness.JSON("{}"), Redirect: harness.RedirectError},
			"/elsewhere", harness.RedirectRefused, "OPTIONS", "POST"),
		Entry("in a shared worker, to what is no URL", harness.Request{Via: harness.ViaSharedWorker, Redirect: harness.RedirectError}, "https://", harness.InvalidRedirect, "GET"), // before the mode is looked at
		Entry("in a dedicated worker, with a body that cannot be sent again", harness.Request{Via: harness.ViaWorker, Method: "POST", Body: harness.Stream("x")}, "/elsewhere", harness.BodyNotResent, "OPTIONS", "POST"),
		Entry("in a shared worker, with a body that cannot be sent again", harness.Request{Via: harness.ViaSharedWorker, Method: "POST", Body: harness.Stream("x")}, "/elsewhere", harness.BodyNotResent, "OPTIONS", "POST"),
	)

	It("of which Chrome tells no more than that they failed are said to have sent what the server saw", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Drop: true}}), Via: harness.ViaSharedWorker}
		seen, err := chrome.Fetch(ctx, r)
		Expect(err).To(inconclusive("without an answer"))
		Expect(seen.Arrivals).NotTo(BeEmpty())
		Expect(seen.String()).NotTo(ContainSubstring("not sent"))
	})

	It("at a foreign origin ask, too: the harness supplies the service worker's script", Label("fetch:cors-check"), func(ctx SpecContext) {
		place := net.Add(everything)
		DeferCleanup(place.Close)
		r := harness.Request{From: foreign, URL: place.URL(api), Via: harness.ViaWorker}
		Expect(chrome.Fetch(ctx, r)).To(blocked(harness.AllowOriginMismatch, app))
		r.Via = harness.ViaServiceWorker
		_, err := chrome.Fetch(ctx, r)
		Expect(err).To(inconclusive("corsproof answered the script of the service worker"), "its script has no address space, and the server is on this machine")
	})

	// https://fetch.spec.whatwg.org/#append-a-request-origin-header
	DescribeTable("of an opaque origin ask as null", Label("case:73", "fetch:append-a-request-origin-header"),
		func(ctx SpecContext, r harness.Request, home string) {
			ask := func(url string, h harness.Header) (harness.Observation, error) {
				r := r
				r.URL = serveAt(url, servers.Case{Reply: servers.Reply{Header: h}})
				return chrome.Fetch(ctx, r)
			}
			for _, origin := range []string{"*", "null"} {
				seen, err := ask(api, allow(origin))
				Expect(seen, err).To(read(200))
				Expect(seen.Arrivals[0].Headers.Values("Origin")).To(ConsistOf("null"))
			}
			for _, refused := range []struct {
				at     string
				header harness.Header
				want   OmegaMatcher
			}{
				{api, allow(app), rejected(harness.AllowOriginMismatch, app)},
				{home, nil, rejected(harness.MissingAllowOriginHeader, "")}, // its own server is another origin
			} {
				Expect(ask(refused.at, refused.header)).To(SatisfyAll(refused.want, arrive("GET"), arriveWith("Origin", "null"),
					harness.LogToConsole("from origin 'null' has been blocked by CORS policy")))
			}
		},
		Entry("a sandboxed page", harness.Request{From: harness.OpaqueOrigin}, "https://opaque.test"),
		Entry("a sandboxed frame", harness.Request{From: harness.OpaqueOrigin, Within: app}, app),
		Entry("a data: frame", harness.Request{From: harness.DataPage, Within: app}, app),
		Entry("a file", harness.Request{From: harness.FilePage}, api),
		Entry("a dedicated worker of a file", harness.Request{From: harness.FilePage, Via: harness.ViaWorker}, api),
	)

	It("of a data: URL without a page around it are in no address space", Label("case:73", "fetch:http-network-fetch", "code:InsecureLocalNetwork"),
		func(ctx SpecContext) {
			Expect(chrome.Fetch(ctx, harness.Request{From: harness.DataPage, URL: serve(everything)})).To(SatisfyAll(
				blocked(harness.InsecureLocalNetwork, ""), arrive()))
		})

	own := header("Content-Security-Policy", "connect-src 'self'")

	// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
	DescribeTable("have policies of their own", Label("fetch:main-fetch", "code:csp"), func(ctx SpecContext, r harness.Request, want OmegaMatcher) {
		r.From, r.URL = cmp.Or(r.From, app), serve(servers.Case{Reply: servers.Reply{Header: allow("*"), Body: "hello"}})
		Expect(chrome.Fetch(ctx, r)).To(want)
	},
		Entry("but a dedicated worker does not have those of its page", harness.Request{Via: harness.ViaWorker, PageHeaders: own}, SatisfyAll(read(200), arrive("GET"))),
		Entry("nor does a shared one", harness.Request{Via: harness.ViaSharedWorker, PageHeaders: own}, SatisfyAll(read(200), arrive("GET"))),
		Entry("nor does a dedicated one in a frame", harness.Request{Within: other, Via: harness.ViaWorker, PageHeaders: own}, SatisfyAll(read(200), arrive("GET"))),
		Entry("nor does one in a frame of the same site", harness.Request{Within: "https://www.app.test", Via: harness.ViaWorker, PageHeaders: own}, SatisfyAll(read(200), arrive("GET"))),
		Entry("a dedicated worker", harness.Request{Via: harness.ViaWorker, WorkerHeaders: own}, SatisfyAll(blocked(harness.BlockedByCSP, "connect-src"), arrive())),
		Entry("a shared worker", harness.Request{Via: harness.ViaSharedWorker, WorkerHeaders: own}, SatisfyAll(blocked(harness.BlockedByCSP, "connect-src"), arrive())),
		Entry("a service worker", harness.Request{Via: harness.ViaServiceWorker, WorkerHeaders: own}, SatisfyAll(blocked(harness.BlockedByCSP, "connect-src"), arrive())),
		Entry("a worker that loads scripts", harness.Request{Via: harness.ViaImportScripts, WorkerHeaders: header("Content-Security-Policy", "script-src 'self'")},
			SatisfyAll(blocked(harness.BlockedByCSP, "script-src-elem"), arrive())),
		Entry("a dedicated worker under its own embedder policy", harness.Request{Via: harness.ViaWorker, Mode: harness.NoCORS, WorkerHeaders: header("Cross-Origin-Embedder-Policy", "require-corp")},
			SatisfyAll(blocked(harness.BlockedByCORPDefaultedByCOEP, ""), arrive("GET"))),
		Entry("a frame", harness.Request{Within: other, PageHeaders: own}, SatisfyAll(blocked(harness.BlockedByCSP, "connect-src"), arrive())),
		Entry("except a worker from a blob, at an opaque origin", harness.Request{From: harness.OpaqueOrigin, Via: harness.ViaWorker,
			PageHeaders: header("Content-Security-Policy", "connect-src https://other.test")}, SatisfyAll(blocked(harness.BlockedByCSP, "connect-src"), arrive())),
	)

	// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
	DescribeTable("say where they come from, as a page does", Label("fetch:http-network-or-cache-fetch"), func(ctx SpecContext, r harness.Request, referer string) {
		r.From, r.Method, r.URL = app, "PUT", serve(everything)
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT")))
		for _, a := range seen.Arrivals {
			value, _ := a.Headers.Get("Referer")
			Expect(value).To(Equal(referer), a.Method)
		}
	},
		Entry("in a dedicated worker", harness.Request{Via: harness.ViaWorker}, "https://app.test/"),
		Entry("in a shared worker", harness.Request{Via: harness.ViaSharedWorker}, "https://app.test/"),
		Entry("in a dedicated worker, unless the request's policy is against it", harness.Request{Via: harness.ViaWorker, ReferrerPolicy: harness.NoReferrer}, ""),
		Entry("in a shared worker, unless the script's policy is against it", harness.Request{Via: harness.ViaSharedWorker, WorkerHeaders: header("Referrer-Policy", "no-referrer")}, ""),
	)

	DescribeTable("that a policy forbids are an error, and no verdict", Label("fetch:main-fetch"), func(ctx SpecContext, r harness.Request) {
		r.From, r.URL = app, api
		_, err := chrome.Fetch(ctx, r)
		Expect(err).To(inconclusive("became no worker of the page"))
	},
		Entry("the page's", harness.Request{Via: harness.ViaWorker, PageHeaders: header("Content-Security-Policy", "worker-src 'none'")}),
		// https://html.spec.whatwg.org/multipage/browsers.html#check-a-global-object's-embedder-policy
		Entry("the page's embedder policy, which the script does not have", harness.Request{Via: harness.ViaWorker, PageHeaders: header("Cross-Origin-Embedder-Policy", "require-corp")}),
	)
})
