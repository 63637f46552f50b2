package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
)

// A service worker that controls the page answers the page's requests, so that the browser
// judges the answer of the service worker.
// https://fetch.spec.whatwg.org/#http-fetch
var _ = Describe("a page with a service worker", Label("scenario:controller", "fetch:http-fetch"), func() {
	ask := func(ctx SpecContext, r harness.Request, c servers.Case) (harness.Observation, error) {
		r.From, r.URL = app, serve(c)
		return chrome.Fetch(ctx, r)
	}
	answers := func(a harness.ControllerAnswer) harness.Request {
		return harness.Request{Controller: harness.Controller{Answer: a}}
	}
	fetches := func(mode harness.Mode, as harness.Mode) harness.Request {
		return harness.Request{Mode: as, Controller: harness.Controller{Answer: harness.AnswersWithFetch, Mode: mode}}
	}
	hello := func(h harness.Header) servers.Case {
		return servers.Case{Reply: servers.Reply{Header: h, Body: "hello"}}
	}
	sent := func(by ...bool) types.GomegaMatcher { // for each exchange, whether the service worker sent it
		return WithTransform(func(o harness.Observation) []bool {
			var list []bool
			for _, e := range o.Exchanges {
				list = append(list, e.Controller)
			}
			return list
		}, Equal(by))
	}

	DescribeTable("is refused without the header, and allowed with it", Label("fetch:cors-check", "code:MissingAllowOriginHeader"),
		func(ctx SpecContext, r harness.Request, by types.GomegaMatcher) {
			Expect(ask(ctx, r, hello(nil))).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), by))
			Expect(ask(ctx, r, hello(allow(app)))).To(SatisfyAll(read(200), arrive("GET"), arriveWith("Origin", app), by, HaveField("Script.Type", "cors")))
		},
		Entry("that passes requests through", Label("case:196"), answers(harness.PassesThrough), sent(true, false)),
		Entry("that does not answer", Label("case:197"), answers(harness.Ignores), sent(false)),
		Entry("that answers with a fetch of its own", Label("case:198"), answers(harness.AnswersWithFetch), sent(true, false)),
		Entry("that answers from the Cache API", Label("case:199"), answers(harness.AnswersFromCache), sent(true, false)),
	)

	It("preflights what it passes through", Label("case:200", "fetch:cors-preflight-fetch", "code:MethodDisallowedByPreflightResponse"), func(ctx SpecContext) {
		r := answers(harness.PassesThrough)
		r.Method = "PUT"
		c := servers.Case{Preflight: &servers.Reply{Status: 204, Header: allow(app)}, Reply: servers.Reply{Header: allow(app)}}
		Expect(ask(ctx, r, c)).To(SatisfyAll(blocked(harness.MethodDisallowedByPreflightResponse, "PUT"), arrive("OPTIONS"), sent(true, true, false)))
		c.Preflight.Header = allow(app, acam, "PUT")
		Expect(ask(ctx, r, c)).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT"), sent(true, true, false)))
	})

	It("preflights a listened upload, which the standard does not", Label("case:201", "deviation:D54", "fetch:use-cors-preflight-flag"), func(ctx SpecContext) {
		r := answers(harness.PassesThrough)
		r.Via, r.Method, r.Body = harness.ViaXHRUpload, "POST", harness.Text("a")
		seen, err := ask(ctx, r, hello(allow(app)))
		Expect(seen, err).To(SatisfyAll(read(200), arrive("OPTIONS", "POST")))
		decided := oracle.Decide(oracle.Question{Request: seen.Request, Server: func(oracle.Exchange) oracle.Reply { return oracle.Reply{Header: allow(app)} }})
		Expect(decided.Exchanges).To(HaveExactElements(HaveField("Method", "POST")))
	})

	DescribeTable("that makes the response itself is read whatever the URL, and nothing is sent", Label("fetch:concept-filtered-response"),
		func(ctx SpecContext, r harness.Request, status int) {
			r.Controller.Answer, r.Controller.Headers, r.Controller.Body = harness.AnswersItself, header("X-Own", "1"), "mine"
			Expect(ask(ctx, r, hello(nil))).To(SatisfyAll(read(status), arrive(), sent(false), HaveField("Script.Type", "basic"),
				HaveField("Script.Body", "mine"), HaveField("Script.Headers", ContainElement(harness.Field{Name: "x-own", Value: "1"}))))
		},
		Entry("in mode cors", Label("case:202", "deviation:D50"), harness.Request{}, 200),
		Entry("in mode no-cors, too", Label("case:203"), harness.Request{Mode: harness.NoCORS}, 200),
		Entry("also with an error status", Label("case:204"), harness.Request{Controller: harness.Controller{Status: 503}}, 503),
	)

	DescribeTable("whose answer the browser does not take", Label("code:service-worker-answer"),
		func(ctx SpecContext, r harness.Request, c servers.Case, why string, arrived ...string) {
			Expect(ask(ctx, r, c)).To(SatisfyAll(blocked(harness.ServiceWorkerAnswer, ""), arrive(arrived...),
				WithTransform(harness.Explain, HaveField("Meaning", ContainSubstring(why)))))
		},
		Entry("an error", Label("case:205"), answers(harness.AnswersWithError), hello(allow(app)), "error response object"),
		Entry("an opaque response in mode cors", Label("case:206"), fetches(harness.NoCORS, ""), hello(allow(app)), `an "opaque" response was used`, "GET"),
		Entry("a fetch that throws", Label("case:207"), fetches(harness.SameOriginOnly, ""), hello(allow(app)), "the promise was rejected"),
	)

	It("whose redirected answer the browser does not take", Label("case:208", "code:service-worker-answer"), func(ctx SpecContext) {
		target := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		r := harness.Request{Redirect: harness.RedirectError, Controller: harness.Controller{Answer: harness.AnswersWithFetch}}
		Expect(ask(ctx, r, servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", target)}})).
			To(SatisfyAll(blocked(harness.ServiceWorkerAnswer, ""), arrive("GET", "GET"), sent(true, true, false)))
	})

	It("gives an opaque response in mode no-cors", Label("case:209", "fetch:concept-filtered-response-opaque"), func(ctx SpecContext) {
		Expect(ask(ctx, fetches(harness.NoCORS, harness.NoCORS), hello(nil))).To(SatisfyAll(harness.BeOpaque(), arrive("GET"), sent(true, false)))
	})

	It("gives a response of type cors to a request of mode no-cors", Label("case:210", "fetch:concept-filtered-response-cors"), func(ctx SpecContext) {
		Expect(ask(ctx, fetches("", harness.NoCORS), hello(allow(app)))).To(SatisfyAll(read(200), arrive("GET"), HaveField("Script.Type", "cors")))
	})

	It("asks another URL than the page", Label("case:211"), func(ctx SpecContext) {
		other := serve(servers.Case{Reply: servers.Reply{Header: allow(app), Body: "other"}})
		r := harness.Request{Controller: harness.Controller{Answer: harness.AnswersWithFetch, URL: other}}
		Expect(ask(ctx, r, hello(nil))).To(SatisfyAll(read(200), HaveField("Script.Body", "other"), HaveField("Script.URL", other), arrive("GET")))
	})

	It("answers with a data: URL, also in mode no-cors", Label("fetch:scheme-fetch"), func(ctx SpecContext) {
		r := harness.Request{Mode: harness.NoCORS, Controller: harness.Controller{Answer: harness.AnswersWithFetch, URL: "data:,a"}}
		Expect(ask(ctx, r, hello(nil))).To(SatisfyAll(read(200), HaveField("Script.Type", "basic"), HaveField("Script.Body", "a"), arrive()))
	})

	It("sends credentials where its own fetch does", Label("case:212", "fetch:concept-request-credentials-mode", "code:WildcardOriginNotAllowed"), func(ctx SpecContext) {
		r := harness.Request{Controller: harness.Controller{Answer: harness.AnswersWithFetch, Credentials: harness.Include}}
		Expect(ask(ctx, r, hello(allow("*")))).To(SatisfyAll(blocked(harness.WildcardOriginNotAllowed, ""), arrive("GET"), sent(true, false)))
	})

	DescribeTable("is asked for what an element loads", func(ctx SpecContext, via harness.Via) {
		r := answers(harness.AnswersWithError)
		r.Via = via
		Expect(ask(ctx, r, hello(allow(app)))).To(SatisfyAll(blocked(harness.ServiceWorkerAnswer, ""), arrive()))
	},
		Entry("an image", Label("case:213"), harness.ViaImage), Entry("a font", harness.ViaFont), Entry("a module", harness.ViaModule),
		Entry("an EventSource", harness.ViaEventSource), Entry("a beacon", Label("case:214"), harness.ViaBeacon),
	)

	// https://xhr.spec.whatwg.org/#the-send()-method
	It("is not asked for a synchronous XMLHttpRequest", Label("case:215", "deviation:D49"), func(ctx SpecContext) {
		r := answers(harness.AnswersWithError)
		r.Via = harness.ViaXHRSync
		Expect(ask(ctx, r, hello(allow(app)))).To(SatisfyAll(read(200), arrive("GET"), sent(false)))
	})

	DescribeTable("hands on", func(ctx SpecContext, r harness.Request, reply harness.Header, seen types.GomegaMatcher) {
		r.Controller.Answer = harness.PassesThrough
		Expect(ask(ctx, r, hello(reply))).To(seen)
	},
		Entry("a response header beyond ASCII as other characters", Label("deviation:D51"), harness.Request{}, allow(app, "X-Two", "\xe9", "Access-Control-Expose-Headers", "x-two"),
			HaveField("Script.Headers", ContainElement(harness.Field{Name: "x-two", Value: "Ã©"}))),
		Entry("a request header beyond ASCII without its value", Label("deviation:D53"), harness.Request{From: app, Headers: header("Accept-Language", "é")}, allow(app),
			arriveWith("Accept-Language", "")),
	)

	It("is not let pass a URL with a user name through", Label("deviation:D52", "code:origin"), func(ctx SpecContext) {
		r := answers(harness.PassesThrough)
		r.From, r.Via, r.URL = app, harness.ViaXHR, strings.Replace(serveAt(app, hello(nil)), "https://", "https://user@", 1)
		Expect(chrome.Fetch(ctx, r)).To(blocked(harness.BlockedByOrigin, ""))
	})

	It("has a tab of its own, and another page gets another service worker", func(ctx SpecContext) {
		few := &harness.Browser{Network: &net, MaxPages: 1}
		DeferCleanup(few.Close)
		r := answers(harness.AnswersWithError)
		for _, from := range []string{app, "https://shop.test", app} {
			r.From, r.URL = from, serve(hello(allow("*")))
			Expect(few.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.ServiceWorkerAnswer, ""), arrive()))
		}
	})

	It("cannot be had where the page is no secure context", Label("case:216"), func(ctx SpecContext) {
		r := answers(harness.PassesThrough)
		r.From, r.URL = "http://app.test", serve(hello(nil))
		_, err := chrome.Fetch(ctx, r)
		Expect(err).To(MatchError(ContainSubstring("no service worker at http://app.test: it is not a secure context")))
	})

	DescribeTable("is refused where there is none", func(r harness.Request, says string) {
		r.From, r.URL = app, api
		Expect(r.Validate()).To(MatchError(ContainSubstring(says)))
	},
		Entry("in a worker", harness.Request{Where: harness.WhereWorker, Controller: harness.Controller{Answer: harness.Ignores}}, "remove Where"),
		Entry("at a path of another page", harness.Request{PagePath: "/", Controller: harness.Controller{Answer: harness.Ignores}}, "remove PagePath"),
		Entry("for a WebSocket", harness.Request{Via: harness.ViaWebSocket, Controller: harness.Controller{Answer: harness.Ignores}}, "is not asked via websocket"),
		Entry("without an answer", harness.Request{Controller: harness.Controller{Status: 200}}, "what does the service worker answer?"),
		Entry("with the wrong fields", harness.Request{Controller: harness.Controller{Answer: harness.Ignores, Status: 200}}, "remove Status, Headers and Body"),
		Entry("with a status that no response has", harness.Request{Controller: harness.Controller{Answer: harness.AnswersItself, Status: 100}}, "200 to 599"),
	)
})
