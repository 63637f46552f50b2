package specs_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// site makes files answer below one path of every origin of the network, and returns where an
// origin has it. In the text of a file, APP, CDN, API and WIDGET stand for the place at an
// origin.
func site(files map[string]servers.Reply) func(origin string) string {
	var at func(origin string) string
	place := net.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		path, _, _ := strings.Cut(a.URL, "?")
		name := path[strings.LastIndex(path, "/")+1:]
		reply, ok := files[a.Method+" "+name]
		if !ok {
			reply, ok = files[name]
		}
		if !ok {
			return servers.Reply{Status: 404, Body: "no " + name}
		}
		reply.Body = strings.NewReplacer("APP", at(app), "CDN", at("https://cdn.test"), "API", at(api), "WIDGET", at("https://widget.test")).Replace(reply.Body)
		return reply
	}})
	DeferCleanup(place.Close)
	at = func(origin string) string { return strings.TrimSuffix(place.URL(origin), "/") }
	return at
}

// html is a page.
func html(body string, more ...string) servers.Reply {
	return servers.Reply{Header: header(append([]string{"Content-Type", "text/html"}, more...)...), Body: "<!doctype html>" + body}
}

// script is a script that every origin may read.
func script(body string) servers.Reply {
	return servers.Reply{Header: allow("*", "Content-Type", "text/javascript"), Body: body}
}

// requests are the lines of a visit in a few words: who asked, by what, for which file, and the
// reason or the verdict.
func requests(v harness.Visited) []string {
	var list []string
	for _, r := range v.Requests {
		path, _, _ := strings.Cut(r.Seen.Request.URL, "?")
		outcome := string(r.Seen.Verdict)
		switch {
		case r.GivenUp:
			outcome = "given up"
		case r.NoVerdict != "":
			outcome = "no verdict"
		case r.Seen.Withheld():
			outcome = "held back"
		case r.Seen.Reason != "":
			outcome = string(r.Seen.Reason)
		}
		line := fmt.Sprintf("%s, %s: %s %s", r.Asker, r.Seen.Request.EffectiveVia(), path[strings.LastIndex(path, "/")+1:], outcome)
		if r.Count > 1 {
			line += fmt.Sprintf(" x%d", r.Count)
		}
		list = append(list, line)
	}
	return list
}

var _ = Describe("a visit", Label("scenario:visit", "fetch:http-cors-protocol"), func() {
	// everything is a page with a font, a module, a worker, a frame, and an API that is wrong in
	// two ways: one answer permits another origin, and one preflight permits nothing.
	everything := func() func(string) string {
		return site(map[string]servers.Reply{
			"index": html(`<link rel=stylesheet href="CDN/style.css"><p style="font-family: F">text</p>
				<script type=module src="CDN/module.js"></script>
				<script src="APP/app.js"></script>
				<iframe src="WIDGET/widget"></iframe>
				<img src="CDN/logo.svg">`),
			"app.js": script(`new Worker("APP/worker.js");
				for (let i = 0; i < 3; i++) fetch("API/me?try=" + i, { credentials: "include" }).catch(() => {});`),
			"style.css":  {Header: header("Content-Type", "text/css"), Body: `@font-face { font-family: F; src: url("CDN/font.woff2"); }`},
			"font.woff2": {Header: header("Content-Type", "font/woff2"), Body: "no font"},
			"module.js":  script(`fetch("API/orders", { method: "PUT", headers: { "X-Team": "a" } }).catch(() => {});`),
			"worker.js":  script(`fetch("API/public").then((r) => r.text());`),
			"widget":     html(`<script>fetch("API/me", { credentials: "include" }).catch(() => {});</script>`),
			"logo.svg":   {Header: header("Content-Type", "image/svg+xml"), Body: `<svg xmlns="http://www.w3.org/2000/svg"/>`},
			"me":         {Header: allow("https://www.app.test", acac, "true"), Body: "{}"},
			"orders":     {Status: 404},
			"public":     {Header: allow("*"), Body: "{}"},
		})
	}

	It("lists each request of the page, its frames and its workers with the verdict", Label("code:AllowOriginMismatch"), func(ctx SpecContext) {
		at := everything()
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		GinkgoWriter.Println(seen)
		Expect(requests(seen)).To(ConsistOf(
			"the page, fetch: me AllowOriginMismatch x3",
			"a frame, fetch: me AllowOriginMismatch",
			"the page, fetch: orders PreflightMissingAllowOriginHeader",
			"the page, font: font.woff2 MissingAllowOriginHeader",
			"the page, script: module.js readable",
			"the page, stylesheet: style.css opaque",
			"the page, img: logo.svg opaque",
			"the page, iframe: widget opaque",
			"a worker, fetch: public readable",
		))
		Expect(seen.Requests).To(ContainElements(
			SatisfyAll(HaveField("Count", 3), HaveField("Seen.Request.Credentials", harness.Include), HaveField("At", HaveSuffix("/app.js:2"))),
			SatisfyAll(HaveField("Seen.Request.Method", "PUT"), HaveField("Seen.Request.Headers", Equal(header("X-Team", "a")))),
		))
		Expect(seen.Ended).To(Equal(harness.VisitQuiet))
		Expect(seen.Unwatched).To(BeEmpty())
		Expect(seen).NotTo(harness.HaveNothingBlocked())
		for _, r := range seen.Blocked() { // each can be asked alone
			Expect(chrome.Fetch(ctx, r.Seen.Request)).To(harness.BeBlocked(r.Seen.Reason), "%s by %s", r.Seen.Request.URL, r.Asker)
		}
	})

	It("looks for the time that was asked for", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{"index": html(`<script>setTimeout(() => fetch("API/late"), 1000)</script>`), "late": {Header: allow("*")}})
		Expect(chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index", For: 3 * time.Second})).To(SatisfyAll(
			HaveField("Ended", harness.VisitInTime), HaveField("Requests", HaveLen(1)), harness.HaveNothingBlocked()))
	})

	It("ends with a script that clicks and types, and goes on after it", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{
			"index": html(`<input oninput="fetch('API/typed?q=' + this.value)"><button onclick="fetch('API/clicked')">x</button>`),
			"typed": {Header: allow("*")}, "clicked": {},
		})
		visit := harness.Visit{URL: at(app) + "/index", Script: `
			const input = document.querySelector("input");
			input.value = "a";
			input.dispatchEvent(new Event("input"));
			await new Promise((resolve) => setTimeout(resolve, 10));
			document.querySelector("button").click()`}
		seen, err := chrome.Visit(ctx, visit)
		Expect(err).NotTo(HaveOccurred())
		Expect(requests(seen)).To(ConsistOf("the page, fetch: typed readable", "the page, fetch: clicked MissingAllowOriginHeader"))
		visit.Script = `throw new Error("no button")`
		Expect(chrome.Visit(ctx, visit)).Error().To(MatchError(ContainSubstring("the script of the visit threw: Error: no button")))
	})

	It("holds back what is unsafe where that was asked for", func(ctx SpecContext) {
		var methods []string
		var mu sync.Mutex
		place := net.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			mu.Lock()
			defer mu.Unlock()
			methods = append(methods, a.Method)
			return servers.Reply{Header: allow(app, acam, "*", acah, "*")}
		}})
		DeferCleanup(place.Close)
		target := place.URL(api)
		at := site(map[string]servers.Reply{
			"index": html(`<form method=post action="` + target + `"></form><script>
				fetch("` + target + `?1", { method: "DELETE" });
				fetch("` + target + `?2", { method: "POST", body: "a" });
				navigator.sendBeacon("` + target + `?3", "a");
				fetch("` + target + `?4");
				new Worker("APP/worker.js"); new SharedWorker("APP/shared.js"); navigator.serviceWorker.register("APP/service.js");
				document.forms[0].submit()</script>`),
			"worker.js":  script(`fetch("` + target + `?5", { method: "PUT" })`),
			"shared.js":  script(`fetch("` + target + `?6", { method: "POST" })`),
			"service.js": script(`fetch("` + target + `?7", { method: "POST" })`),
		})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index", DryRun: true})
		Expect(err).NotTo(HaveOccurred())
		GinkgoWriter.Println(seen)
		mu.Lock()
		defer mu.Unlock()
		Expect(methods).To(ConsistOf("OPTIONS", "OPTIONS", "GET"))
		Expect(requests(seen)).To(ContainElements(HaveSuffix("held back"), HavePrefix("a worker, fetch: ")))
		Expect(seen.Unjudged()).To(BeEmpty())
		Expect(seen.Unwatched).To(ConsistOf(ContainSubstring("the shared worker "), ContainSubstring("the service worker ")))
	})

	It("is quiet though a page was left while an answer was under way", func(ctx SpecContext) {
		asked := make(chan struct{}, 1)
		place := net.Add(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			asked <- struct{}{}
			return servers.Reply{Hang: true}
		}})
		DeferCleanup(place.Close)
		gate := net.Add(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			<-asked
			return servers.Reply{}
		}})
		DeferCleanup(gate.Close)
		at := site(map[string]servers.Reply{
			"index": html(`<script>fetch("` + place.URL(api) + `"); fetch("` + gate.URL(app) + `").finally(() => location.href = "WIDGET/next")</script>`),
			"next":  html(`<p>next`),
		})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		Expect(seen.Ended).To(Equal(harness.VisitQuiet))
		Expect(seen.Requests).To(ConsistOf(HaveField("GivenUp", true)))
	})

	It("follows a page to another origin", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{
			"index": html(`<script>fetch("API/first").then((r) => r.text()).finally(() => location.href = "WIDGET/next")</script>`),
			"next":  html(`<script>fetch("API/second")</script>`),
			"first": {Header: allow("*")}, "second": {},
		})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		Expect(seen.Documents).To(Equal([]harness.VisitedDocument{{URL: at(app) + "/index", Status: 200}, {URL: at("https://widget.test") + "/next", Status: 200}}))
		Expect(seen.Requests).To(ConsistOf(
			SatisfyAll(HaveField("Seen.Request.From", app), HaveField("Seen.Verdict", harness.Readable)),
			SatisfyAll(HaveField("Seen.Request.From", "https://widget.test"), HaveField("Seen.Reason", harness.MissingAllowOriginHeader)),
		))
	})

	It("closes windows and dismisses prompts", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{
			"index": html(`<script>open("WIDGET/next"); alert("hello"); if (!confirm("sure?")) fetch("API/no");
				addEventListener("beforeunload", (e) => e.preventDefault())</script>`),
			"next": html(""), "no": {Header: allow("*")},
		})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index", Script: `location.href = "` + at(api) + `/away"`})
		Expect(err).NotTo(HaveOccurred())
		Expect(seen.Windows).To(Equal([]string{at("https://widget.test") + "/next"}))
		Expect(seen.Dialogs).To(Equal([]harness.VisitedDialog{{Kind: "alert", Text: "hello"}, {Kind: "confirm", Text: "sure?"}, {Kind: "beforeunload"}}))
		Expect(requests(seen)).To(ConsistOf("the page, fetch: no readable"))
		Expect(seen.Documents).To(HaveLen(1))
		Expect(seen.String()).To(SatisfyAll(ContainSubstring("opened a window, which was closed"), ContainSubstring("showed a prompt (confirm), which was dismissed: sure?")))
	})

	It("of a page that is never quiet ends, and says so", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{"index": html(`<script>setInterval(() => fetch("API/poll?" + Math.random()), 100)</script>`), "poll": {Header: allow("*")}})
		hasty := harness.Browser{Network: &net, Timeout: 2 * time.Second}
		DeferCleanup(hasty.Close)
		seen, err := hasty.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		Expect(seen.Ended).To(Equal(harness.VisitAtLimit))
		Expect(seen.Requests).To(ContainElement(HaveField("Count", BeNumerically(">", 5))))
		Expect(seen.String()).To(ContainSubstring("The page never became quiet"))
	})

	It("does not wait for a stream, and tells a request without an answer from one with", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{
			"index":  html(`<script>new EventSource("API/events"); fetch("API/gone"); const c = new AbortController(); fetch("API/hangs", { signal: c.signal }).catch(() => {}); setTimeout(() => c.abort(), 100)</script>`),
			"events": {Header: allow("*", "Content-Type", "text/event-stream"), Chunks: []servers.Chunk{{Text: "data: 1\n\n"}, {Until: ctx.Done()}}},
			"gone":   {Drop: true}, "hangs": {Hang: true},
		})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		Expect(requests(seen)).To(ConsistOf("the page, eventsource: events readable", "the page, fetch: gone no verdict", "the page, fetch: hangs given up"))
		Expect(seen.Ended).To(Equal(harness.VisitQuiet))
		_, err = harness.HaveNothingBlocked().Match(seen)
		Expect(err).To(MatchError(ContainSubstring("1 request has no verdict")))
	})

	It("of a page that computes without end is an error", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{"index": html(`<script>setTimeout(() => { for (;;); }, 100)</script>`)})
		hasty := harness.Browser{Network: &net, Timeout: 3 * time.Second}
		DeferCleanup(hasty.Close)
		Expect(hasty.Visit(ctx, harness.Visit{URL: at(app) + "/index"})).Error().To(MatchError(ContainSubstring("the page does not answer within 3s")))
	})

	It("shows the status of a page that is not there, and is an error where there is no page", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{"dropped": {Drop: true}, "empty": {Status: 204}})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/missing"})
		Expect(err).NotTo(HaveOccurred())
		Expect(seen.Documents).To(HaveExactElements(HaveField("Status", 404)))
		Expect(seen.String()).To(ContainSubstring("which answers with status 404"))
		Expect(chrome.Visit(ctx, harness.Visit{URL: at(app) + "/dropped"})).Error().To(MatchError(ContainSubstring("the page could not be loaded: the server closed the connection without an answer")))
		Expect(chrome.Visit(ctx, harness.Visit{URL: at(app) + "/empty"})).Error().To(MatchError(ContainSubstring("the URL shows no document")))
		Expect(chrome.Visit(ctx, harness.Visit{URL: "about:blank"})).Error().To(MatchError(ContainSubstring("a visit is for a page with http or https")))
	})

	It("of a page that crashes or hangs is an error", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{"index": html("")})
		hasty := harness.Browser{Network: &net, Timeout: 5 * time.Second}
		DeferCleanup(hasty.Close)
		Expect(hasty.Visit(ctx, harness.Visit{URL: at(app) + "/index", Script: "for (;;);"})).Error().To(MatchError(ContainSubstring("the script did not end within 5s")))
		Expect(hasty.Visit(ctx, harness.Visit{URL: at(app) + "/index", Script: "await new Promise(() => {})"})).Error().To(MatchError(ContainSubstring("the script did not end within 5s")))
	})

	DescribeTable("whose process ends is an error", func(ctx SpecContext, of kind, want string) {
		if runtime.GOOS != "linux" {
			Skip("the processes of Chrome are told apart by their command lines")
		}
		mark := fmt.Sprintf("--corsproof-spec=%d-%d", os.Getpid(), urls.Add(1))
		mortal := harness.Browser{Network: &net, Flags: []string{mark}, Timeout: patience}
		DeferCleanup(mortal.Close)
		asked := make(chan struct{}, 1)
		place := net.Add(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			asked <- struct{}{}
			return servers.Reply{Hang: true}
		}})
		DeferCleanup(place.Close)
		at := site(map[string]servers.Reply{"index": html(`<script>fetch("` + place.URL(api) + `")</script>`)})
		done := make(chan error, 1)
		go func() {
			_, err := mortal.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
			done <- err
		}()
		Eventually(ctx, asked).Should(Receive())
		kill(mark, of)
		var err error
		Eventually(ctx, done).Should(Receive(&err))
		Expect(err).To(SatisfyAll(MatchError(harness.ErrLost), MatchError(ContainSubstring(want))))
	},
		Entry("the page's", rendererProcess, "the page crashed"),
		Entry("Chrome's", browserProcess, "the browser ended unexpectedly"),
	)

	It("sees a shared worker, or says that it asked too early to be watched", func(ctx SpecContext) {
		at := site(map[string]servers.Reply{
			"index":     html(`<script>new SharedWorker("APP/shared.js")</script>`),
			"shared.js": script(`fetch("API/shared").catch(() => {})`),
			"shared":    {},
		})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		GinkgoWriter.Println(seen)
		if len(seen.Unwatched) > 0 { // Chrome pauses no shared worker
			Expect(seen.Unwatched).To(ConsistOf("the shared worker " + at(app) + "/shared.js ran before it could be watched: its first requests may be missing"))
			_, err := harness.HaveNothingBlocked().Match(seen)
			Expect(err).To(MatchError(ContainSubstring("a part of the page was not watched")))
			return
		}
		Expect(requests(seen)).To(ConsistOf("a shared worker, fetch: shared MissingAllowOriginHeader"))
	})

	It("waits for the script of a worker that comes late", func(ctx SpecContext) {
		asked, late := make(chan struct{}, 1), make(chan struct{})
		place := net.Add(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			asked <- struct{}{}
			<-late
			return script(`fetch("` + api + `/late").catch(() => {})`)
		}})
		DeferCleanup(place.Close)
		at := site(map[string]servers.Reply{"index": html(`<script>navigator.serviceWorker.register("` + place.URL(app) + `")</script>`)})
		go func() {
			defer GinkgoRecover()
			Eventually(ctx, asked).Should(Receive())
			timer := time.NewTimer(2 * time.Second) // longer than a page must be quiet
			defer timer.Stop()
			<-timer.C
			close(late)
		}()
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		Expect(requests(seen)).To(ConsistOf(HavePrefix("a service worker, fetch: late")))
	})

	It("sees service workers, policies, sandboxed frames and WebSockets", Label("code:csp"), func(ctx SpecContext) {
		at := site(map[string]servers.Reply{
			"index": html(`<script>
				fetch("CDN/forbidden").catch(() => {});
				navigator.serviceWorker.register("APP/service.js");
				new WebSocket("wss://api.test/socket");
				</script><iframe sandbox=allow-scripts src="WIDGET/boxed"></iframe>`,
				"Content-Security-Policy", "connect-src https://api.test wss://api.test 'self'"),
			"service.js": script(`fetch("API/service").catch(() => {})`),
			"boxed":      html(`<script>fetch("API/boxed").catch(() => {})</script>`),
			"service":    {}, "boxed.json": {},
		})
		seen, err := chrome.Visit(ctx, harness.Visit{URL: at(app) + "/index"})
		Expect(err).NotTo(HaveOccurred())
		GinkgoWriter.Println(seen)
		Expect(requests(seen)).To(ContainElements(
			"the page, fetch: forbidden csp",
			"a service worker, fetch: service MissingAllowOriginHeader",
			"a frame, fetch: boxed MissingAllowOriginHeader",
			HavePrefix("the page, websocket: socket"),
		))
		Expect(seen.Requests).To(ContainElement(SatisfyAll(HaveField("Asker.Frame", true), HaveField("Seen.Request.From", harness.OpaqueOrigin))))
	})
})
