package specs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

// unreaching are the flags of a Chrome that cannot connect to this machine, and so cannot use
// our proxy, as in a container of its own.
const unreaching = "--host-resolver-rules=MAP 127.0.0.1 ~NOTFOUND"

// seenAlike is what must not depend on the Chrome that is asked, or on the way to it.
func seenAlike(o harness.Observation) string {
	text := fmt.Sprint(o.Verdict, " ", o.Reason, " ", o.Parameter, " script ", o.Script.Status, " ", o.Script.Type)
	for _, e := range o.Exchanges {
		text += fmt.Sprint("; ", e.Kind, " ", e.Method, " ", e.Status, " sent ", e.Sent)
		for _, name := range []string{acao, acac, acam, acah, "Location"} {
			text += fmt.Sprint(" ", e.ResponseHeaders.Values(name))
		}
	}
	for _, a := range o.Arrivals {
		text += fmt.Sprint("; arrived ", a.Method, " ", a.Headers.Values("Origin"), a.Headers.Values("Cookie"), a.Headers.Values("Content-Type"))
	}
	return text
}

var _ = Describe("a Chrome that somebody else started", Ordered, ContinueOnFailure, Label("scenario:foreign", "fetch:http-cors-protocol"), func() {
	var ways map[string]*harness.Browser
	var near *outsider

	BeforeAll(func(ctx SpecContext) {
		near = startOutsider(ctx, 0)
		ways = map[string]*harness.Browser{
			"the proxy":        browserAt(near.at),
			"the Fetch domain": browserAt(startOutsider(ctx, 0, unreaching).at),
		}
	}, NodeTimeout(2*patience))

	type question struct {
		reply   servers.Reply
		request harness.Request
		at      string
	}
	entries := []any{
		Entry("a readable response", question{reply: servers.Reply{Header: allow(app)}}),
		Entry("no permission", question{}),
		Entry("another origin's permission", question{reply: servers.Reply{Header: allow(evil)}}),
		Entry("two permissions", question{reply: servers.Reply{Header: append(allow(app), allow(app)...)}}),
		Entry("* with credentials", question{reply: servers.Reply{Header: allow("*")}, request: harness.Request{Credentials: harness.Include}}),
		Entry("credentials", question{reply: servers.Reply{Header: allow(app, acac, "true")}, request: harness.Request{Credentials: harness.Include}}),
		Entry("an allowed PUT with JSON", question{reply: servers.Reply{Header: allow(app, acam, "PUT", acah, "content-type")}, request: harness.Request{Method: "PUT", Body: harness.Body{Kind: harness.JSONBody, Content: `{"a":1}`}}}),
		Entry("a refused PUT", question{reply: servers.Reply{Header: allow(app)}, request: harness.Request{Method: "PUT"}}),
		Entry("a refused header", question{reply: servers.Reply{Header: allow(app)}, request: harness.Request{Headers: header("X-A", "1")}}),
		Entry("a preflight with an error status", question{reply: servers.Reply{Status: 500, Header: allow(app)}, request: harness.Request{Method: "DELETE"}}),
		Entry("a redirect", question{reply: servers.Reply{Status: 302, Header: allow(app, "Location", "https://other.test/nowhere")}}),
		Entry("an XMLHttpRequest", question{request: harness.Request{Via: harness.ViaXHR}}),
		Entry("plain HTTP from a plain page", question{reply: servers.Reply{Header: allow("http://app.test")}, request: harness.Request{From: "http://app.test"}, at: "http://api.test"}),
		Entry("another port", question{reply: servers.Reply{Header: allow(app)}, at: "https://api.test:8443"}),
		Entry("a name in .localhost", question{reply: servers.Reply{Header: allow(app)}, at: "https://api.localhost"}),
		Entry("a page out there", question{reply: servers.Reply{Header: allow(foreign)}, request: harness.Request{From: foreign}}),
		Entry("a page with an opaque origin", question{reply: servers.Reply{Header: allow("null")}, request: harness.Request{From: harness.OpaqueOrigin}}),
		Entry("a page in a frame", question{request: harness.Request{Within: "https://outer.test"}}),
	}
	connected := []any{
		Entry("no-cors", question{request: harness.Request{Mode: harness.NoCORS}}),
		Entry("a script of another origin", question{reply: servers.Reply{Header: header("Content-Type", "text/javascript")}, request: harness.Request{Via: harness.ViaScript}}),
		Entry("Cross-Origin-Resource-Policy", question{reply: servers.Reply{Header: header("Cross-Origin-Resource-Policy", "same-origin")}, request: harness.Request{Mode: harness.NoCORS}}),
		Entry("a redirect to an invalid URL", question{reply: servers.Reply{Status: 302, Header: allow(app, "Location", "https://[")}}),
		Entry("a WebSocket", question{request: harness.Request{Via: harness.ViaWebSocket}, at: "wss://api.test"}),
		Entry("a worker", question{reply: servers.Reply{Header: allow(app)}, request: harness.Request{Via: harness.ViaWorker}}),
	}
	for way, entries := range map[string][]any{"the proxy": append(connected, entries...), "the Fetch domain": entries} {
		DescribeTable("decides by "+way+" as the Chrome that is started here", append([]any{func(ctx SpecContext, q question) {
			q.request.URL = serveAt(or(q.at, api), servers.Case{Reply: q.reply})
			q.request.From = or(q.request.From, app)
			want, err := chrome.Fetch(ctx, q.request)
			Expect(err).NotTo(HaveOccurred())
			q.request.URL = serveAt(or(q.at, api), servers.Case{Reply: q.reply})
			got, err := ways[way].Fetch(ctx, q.request)
			Expect(err).NotTo(HaveOccurred())
			Expect(seenAlike(got)).To(Equal(seenAlike(want)), "%s", got)
			Expect(got.Browser.Endpoint).To(HavePrefix("http://127.0.0.1:"))
		}}, entries...)...)
	}

	It("leaves a workers' page, a profile and a dry run as they are", func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, acam, "DELETE")}})
		Expect(ways["the proxy"].Fetch(ctx, harness.Request{From: app, URL: url, Via: harness.ViaWorker})).To(read(200))
		held, err := ways["the proxy"].Fetch(ctx, harness.Request{From: app, URL: url, Method: "DELETE", DryRun: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(held.Withheld()).To(BeTrue())
		lenient := &harness.Browser{Endpoint: near.at, Network: &net, Timeout: patience, ThirdPartyCookies: harness.PermissionGranted}
		DeferCleanup(lenient.Close)
		profile := harness.Profile{Browser: lenient, Cookies: []harness.SetCookie{{URL: api, Line: "sid=1; Secure; SameSite=None"}}}
		DeferCleanup(profile.Close)
		url = serve(servers.Case{Reply: servers.Reply{Header: allow(app, acac, "true")}})
		seen, err := profile.Fetch(ctx, harness.Request{From: app, URL: url, Credentials: harness.Include})
		Expect(err).NotTo(HaveOccurred())
		Expect(seen.Arrivals).To(HaveLen(1))
		Expect(seen.Arrivals[0].Headers.Values("Cookie")).To(Equal([]string{"sid=1"}))
	}, SpecTimeout(patience))

	It("asks a real target directly, and judges local network access there", func(ctx SpecContext) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set(acao, "*") }))
		DeferCleanup(server.Close)
		denying := &harness.Browser{Endpoint: near.at, LocalNetwork: harness.PermissionDenied, Timeout: patience}
		DeferCleanup(denying.Close)
		Expect(ways["the proxy"].Fetch(ctx, harness.Request{From: foreign, URL: server.URL})).To(read(200))
		Expect(denying.Fetch(ctx, harness.Request{From: foreign, URL: server.URL})).To(harness.BeBlocked(harness.LocalNetworkAccessPermissionDenied))
		_, err := denying.Fetch(ctx, harness.Request{From: "http://192.168.7.7", URL: server.URL})
		Expect(err).To(MatchError(ContainSubstring("cannot open a page in the local address space, where the page at http://192.168.7.7 comes from")))
	}, SpecTimeout(patience))

	It("is verified against, and named in the report", func(ctx SpecContext) {
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") == foreign {
				w.Header().Set(acao, foreign)
				w.Header().Set(acac, "true")
			}
			w.Header().Set("Vary", "Origin")
		})
		p := memberOnly(server.URL)
		p.Rules.Origins.List = append(p.Rules.Origins.List[:0:0], foreign)
		own := &harness.Browser{Endpoint: near.at, Network: servers.Foreign{Network: &net}}
		DeferCleanup(own.Close)
		report := verified(ctx, verify.Run{Policy: p, Browser: own, Select: only("K01", "K02")})
		plain := 0
		for _, f := range report.Findings {
			if f.Outcome == finding.Inconclusive {
				Expect(f.Why).To(ContainSubstring("a page of a Chrome at an endpoint counts as public"))
				plain++
				continue
			}
			Expect(f.Outcome).To(Equal(finding.Held), f.Why)
		}
		Expect(plain).To(BeNumerically("<", len(report.Findings)))
		Expect(report.Chrome.Endpoint).To(Equal(near.at))
	}, SpecTimeout(2*patience))

	It("keeps its own tabs, and none of ours", func(ctx SpecContext) {
		before := near.pages()
		visitor := &harness.Browser{Endpoint: near.at, Network: &net, Timeout: patience}
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app)}})
		Expect(visitor.Fetch(ctx, harness.Request{From: app, URL: url})).To(read(200))
		Expect(near.pages()).To(BeNumerically(">", before))
		Expect(visitor.Close()).To(Succeed())
		Eventually(ctx, near.pages).WithTimeout(patience).Should(Equal(before))
		Expect(ways["the proxy"].Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: allow(app)}})})).To(read(200), "the other client goes on")
	}, SpecTimeout(patience))

	DescribeTable("cannot", func(ctx SpecContext, way string, r harness.Request, what string) {
		r.From, r.URL = or(r.From, app), serve(servers.Case{Reply: servers.Reply{Header: allow(app)}})
		begun := time.Now()
		if r.AddressSpace != "" {
			r.URL = "https://api.example.com/"
		}
		_, err := ways[way].Fetch(ctx, r)
		Expect(err).To(MatchError(SatisfyAll(ContainSubstring("A Chrome that runs already cannot "), ContainSubstring(what))))
		Expect(time.Since(begun)).To(BeNumerically("<", patience/2))
	},
		Entry("choose the address space of a page", "the proxy", harness.Request{AddressSpace: harness.SpaceLoopback}, "open a page in the loopback address space"),
		Entry("have local network access decide about the fixture network", "the proxy", harness.Request{From: "http://app.example.com"}, "let local network access decide"),
		Entry("name an address space of the fixture network", "the proxy", harness.Request{TargetAddressSpace: harness.SpaceLoopback}, "let local network access decide"),
		Entry("have a permissions policy decide about the fixture network", "the proxy", harness.Request{From: foreign, Within: "https://outer.example.com"}, "let a permissions policy decide"),
		Entry("open a file", "the proxy", harness.Request{From: harness.FilePage}, "open a page at file:"),
		Entry("run a shared worker over https", "the proxy", harness.Request{Via: harness.ViaSharedWorker}, "a shared worker"),
		Entry("run a service worker over https", "the proxy", harness.Request{Via: harness.ViaServiceWorker}, "a service worker"),
		Entry("open a WebSocket without a connection", "the Fetch domain", harness.Request{Via: harness.ViaWebSocket}, "ask via websocket"),
		Entry("ask from a worker without a connection", "the Fetch domain", harness.Request{Via: harness.ViaWorker}, "ask from a worker"),
		Entry("judge what the network service judges", "the Fetch domain", harness.Request{Mode: harness.NoCORS}, "judge a response in no-cors mode"),
		Entry("judge what the network service judges of an element", "the Fetch domain", harness.Request{Via: harness.ViaScript}, "judge a response in no-cors mode"),
		Entry("choose caches without a connection", "the Fetch domain", harness.Request{Cache: harness.CacheReload}, "choose what its HTTP cache answers"),
	)

	It("cannot pass a redirect on that leads nowhere, without a connection", func(ctx SpecContext) {
		_, err := ways["the Fetch domain"].Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Status: 302, Header: allow(app, "Location", "https://[")}})})
		Expect(err).To(MatchError(ContainSubstring("it redirects to an invalid URL")))
	}, SpecTimeout(patience))

	It("cannot pass a dropped connection on without a connection", func(ctx SpecContext) {
		_, err := ways["the Fetch domain"].Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Drop: true}})})
		Expect(err).To(MatchError(ContainSubstring("be given the answer of the server: ")))
	}, SpecTimeout(patience))

	It("cannot keep answers of the fixture network in a profile over https", func(ctx SpecContext) {
		profile := harness.Profile{Browser: ways["the proxy"]}
		DeferCleanup(profile.Close)
		place := servers.Case{Reply: servers.Reply{Header: allow("*", "Cache-Control", "max-age=60")}}
		url := serve(place)
		Expect(profile.Fetch(ctx, harness.Request{From: app, URL: url})).To(read(200))
		_, err := profile.Fetch(ctx, harness.Request{From: app, URL: url})
		Expect(err).To(MatchError(ContainSubstring("cannot keep answers of the fixture network over https")))
		url = serveAt("http://api.test", place)
		Expect(profile.Fetch(ctx, harness.Request{From: "http://app.test", URL: url})).To(read(200))
		kept, err := profile.Fetch(ctx, harness.Request{From: "http://app.test", URL: url})
		Expect(err).NotTo(HaveOccurred())
		Expect(kept.Exchanges[len(kept.Exchanges)-1].FromCache).NotTo(BeEmpty())
	}, SpecTimeout(patience))

	It("says all faults of its fields at once", func() {
		err := (&harness.Browser{
			Endpoint: "ftp://x", Path: "x", Flags: []string{"--lang=de"}, Visible: true, HTTP1: true, HTTP3: []string{"api.test:443"},
			Resolve: []string{"api.test:443:127.0.0.1"}, ThirdPartyCookies: harness.PermissionDenied,
		}).Validate()
		Expect(err).To(MatchError(SatisfyAll(containAll("endpoint", "path", "flags", "visible", "http1", "http3", "resolve", "thirdpartycookies")...)))
	})
})

// containAll are matchers for the beginnings of the lines about fields.
func containAll(fields ...string) []types.GomegaMatcher {
	var list []types.GomegaMatcher
	for _, field := range fields {
		list = append(list, ContainSubstring(field+" \""))
	}
	return list
}

// or is the first text that is not empty.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
