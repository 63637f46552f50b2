package specs_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// What fetch() and XMLHttpRequest can say beside method, headers and body, and what a
// script gets to see.
// https://fetch.spec.whatwg.org/#requestinit
var _ = Describe("options of a script", Label("scenario:script-options"), func() {
	open := func(r harness.Request) harness.Request {
		r.From = app
		r.URL = serve(servers.Case{Reply: servers.Reply{Header: allow(app, acac, "true"), Body: "hello"}, Preflight: &servers.Reply{Header: allow(app, acac, "true")}})
		return r
	}

	// https://fetch.spec.whatwg.org/#dom-requestinit-referrer
	DescribeTable("referrer", Label("fetch:main-fetch"), func(ctx SpecContext, r harness.Request, referrer string) {
		r.PagePath, r.ReferrerPolicy = "/page", harness.UnsafeURL
		Expect(chrome.Fetch(ctx, open(r))).To(SatisfyAll(read(200), arriveWith("Referer", referrer)))
	},
		Entry("of the page's origin", Label("case:141"), harness.Request{Referrer: "https://app.test/other?x=1"}, "https://app.test/other?x=1"),
		Entry("relative to the page", Label("case:142"), harness.Request{Referrer: "sub"}, "https://app.test/sub"),
		Entry("of another origin: the page's own is sent", Label("case:143"), harness.Request{Referrer: "https://other.test/"}, "https://app.test/page"),
		Entry("about:client: the page's own is sent", Label("case:144"), harness.Request{Referrer: "about:client"}, "https://app.test/page"),
	)
	It("refuses a referrer that is no URL", Label("case:145", "fetch:main-fetch", "code:request-refused"), func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, open(harness.Request{Referrer: "https://["}))).To(SatisfyAll(blocked(harness.RequestRefused, ""), arrive()))
	})

	DescribeTable("change nothing for CORS", Label("fetch:cors-check"), func(ctx SpecContext, r harness.Request) {
		Expect(chrome.Fetch(ctx, open(r))).To(SatisfyAll(read(200), arrive("GET"), HaveField("Script.Body", "hello")))
		r.From, r.URL = app, serve(servers.Case{})
		Expect(chrome.Fetch(ctx, r)).To(blocked(harness.MissingAllowOriginHeader, ""))
	},
		Entry("keepalive", Label("case:146"), harness.Request{Keepalive: true}),
		Entry("keepalive in a worker", Label("case:147"), harness.Request{Keepalive: true, Where: harness.WhereWorker}),
		Entry("priority", Label("case:148"), harness.Request{Priority: harness.PriorityLow}),
		Entry("a time-out that is not reached", Label("case:149"), harness.Request{TimeoutAfter: time.Minute}),
		Entry("a time-out of XMLHttpRequest that is not reached", Label("case:150"), harness.Request{Via: harness.ViaXHR, TimeoutAfter: time.Minute}),
		Entry("an abort that comes too late", Label("case:151"), harness.Request{AbortAfter: time.Minute}),
		Entry("withCredentials before open()", Label("case:152"), harness.Request{Via: harness.ViaXHR, Credentials: harness.Include, XHR: harness.XHR{CredentialsBeforeOpen: true}}),
		Entry("responseType text", Label("case:153"), harness.Request{Via: harness.ViaXHR, XHR: harness.XHR{ResponseType: harness.ResponseText}}),
		Entry("responseType blob", Label("case:154"), harness.Request{Via: harness.ViaXHR, XHR: harness.XHR{ResponseType: harness.ResponseBlob}}),
		Entry("responseType text, in a worker and synchronous", Label("case:155"), harness.Request{Via: harness.ViaXHRSync, Where: harness.WhereWorker, XHR: harness.XHR{ResponseType: harness.ResponseText}}),
	)
	// https://xhr.spec.whatwg.org/#the-responsetype-attribute
	It("refuses responseType for a synchronous XMLHttpRequest of a window", Label("case:156", "fetch:main-fetch", "code:request-refused"), func(ctx SpecContext) {
		r := open(harness.Request{Via: harness.ViaXHRSync, XHR: harness.XHR{ResponseType: harness.ResponseText}})
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.RequestRefused, ""), arrive()))
	})

	// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
	It("refuses a stream with keepalive", Label("fetch:main-fetch", "code:request-refused"), func(ctx SpecContext) {
		r := open(harness.Request{Method: "POST", Body: harness.Stream("x"), Keepalive: true})
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.RequestRefused, ""), arrive()))
	})

	slow := func() string {
		return serve(servers.Case{Reply: servers.Reply{Header: allow(app), Hang: true}})
	}
	DescribeTable("end the request themselves", func(ctx SpecContext, r harness.Request, reason harness.Reason, sees string) {
		r.From, r.URL = app, slow()
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(harness.BeBlocked(reason), arrive("GET"), HaveField("Script.Error", ContainSubstring(sees))))
	},
		Entry("by an AbortSignal", Label("case:157", "fetch:main-fetch", "code:script-aborted"), harness.Request{AbortAfter: 100 * time.Millisecond}, harness.ScriptAborted, "AbortError"),
		Entry("by abort()", Label("case:158", "fetch:main-fetch", "code:script-aborted"), harness.Request{Via: harness.ViaXHR, AbortAfter: 100 * time.Millisecond}, harness.ScriptAborted, "abort event"),
		Entry("by an AbortSignal in a worker", Label("case:159", "fetch:main-fetch", "code:script-aborted"), harness.Request{Where: harness.WhereWorker, AbortAfter: 100 * time.Millisecond}, harness.ScriptAborted, "AbortError"),
		Entry("by AbortSignal.timeout()", Label("case:160", "fetch:main-fetch", "code:script-timed-out"), harness.Request{TimeoutAfter: 100 * time.Millisecond}, harness.ScriptTimedOut, "TimeoutError"),
		Entry("by the time-out of XMLHttpRequest", Label("case:161", "fetch:main-fetch", "code:script-timed-out"), harness.Request{Via: harness.ViaXHR, TimeoutAfter: 100 * time.Millisecond}, harness.ScriptTimedOut, "timeout event"),
	)

	// https://xhr.spec.whatwg.org/#the-open()-method
	It("a user name in open() goes along with credentials, where the server asks for it", Label("case:162", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		url := serveAt(app, servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if value, sent := a.Headers.Get("Authorization"); sent {
				return servers.Reply{Body: value}
			}
			return servers.Reply{Status: 401, Header: header("WWW-Authenticate", `Basic realm="x"`)}
		}})
		profile := harness.Profile{Browser: &chrome} // the browser keeps the password, and sends it along from then on
		DeferCleanup(profile.Close)
		r := harness.Request{From: app, URL: url, Via: harness.ViaXHR, XHR: harness.XHR{User: "ann", Password: "s3cret"}}
		seen, err := profile.Fetch(ctx, r)
		Expect(seen, err).To(SatisfyAll(read(200), HaveField("Script.Body", "Basic YW5uOnMzY3JldA==")))
		Expect(seen.String()).NotTo(ContainSubstring("s3cret"))
	})

	// https://fetch.spec.whatwg.org/#dom-response-redirected
	It("tell the script of a redirect and of the status message", Label("case:163", "fetch:http-redirect-fetch"), func(ctx SpecContext) {
		to := serve(servers.Case{Reply: servers.Reply{Status: 202, Header: allow("*")}})
		r := harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", to)}})}
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(202), HaveField("Script.Redirected", true), HaveField("Script.StatusText", "Accepted")))
		r.URL = to
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(202), HaveField("Script.Redirected", false)))
	})

	// https://xhr.spec.whatwg.org/#events
	It("tell the script of progress", Label("case:164", "fetch:main-fetch"), func(ctx SpecContext) {
		names := func(via harness.Via) []string {
			r := open(harness.Request{Via: via, Method: "POST", Body: harness.Text("sent")})
			seen, err := chrome.Fetch(ctx, r)
			Expect(seen, err).To(read(200))
			var list []string
			for _, e := range seen.Script.Events {
				if e.Name != "progress" && e.Name != "readystatechange" && e.Name != "upload.progress" {
					list = append(list, e.Name)
				}
			}
			return list
		}
		Expect(names(harness.ViaXHR)).To(Equal([]string{"loadstart", "load", "loadend"}))
		Expect(names(harness.ViaXHRUpload)).To(Equal([]string{"loadstart", "upload.loadstart", "upload.load", "upload.loadend", "load", "loadend"}))
	})

	DescribeTable("are refused where they do not exist", Label("fetch:main-fetch"), func(r harness.Request, says string) {
		r.From, r.URL = app, api
		Expect(r.Validate()).To(MatchError(ContainSubstring(says)))
	},
		Entry("a referrer of an image", harness.Request{Via: harness.ViaImage, Referrer: "/"}, "img has no such option"),
		Entry("keepalive of XMLHttpRequest", harness.Request{Via: harness.ViaXHR, Keepalive: true}, "xhr has no such option"),
		Entry("a priority that is none", harness.Request{Priority: "urgent"}, "want auto, high, low"),
		Entry("a responseType of fetch()", harness.Request{XHR: harness.XHR{ResponseType: harness.ResponseJSON}}, "fetch has no such option"),
		Entry("an abort of a synchronous request", harness.Request{Via: harness.ViaXHRSync, AbortAfter: time.Second}, "no script runs while"),
		Entry("a time-out in the past", harness.Request{TimeoutAfter: -time.Second}, "want a time above 0"),
		Entry("half a millisecond", harness.Request{AbortAfter: time.Microsecond}, "want 1ms or more"),
		Entry("a password alone", harness.Request{Via: harness.ViaXHR, XHR: harness.XHR{Password: "s3cret"}}, "there is no user"),
	)
})
