package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// An element takes a response by its status and its type, after the CORS check.
// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script
var _ = Describe("elements", Label("scenario:elements", "fetch:main-fetch"), func() {
	const unusable = harness.ResponseUnusable

	// typed is a response that the page at app may read, with a type.
	typed := func(status int, kind, body string, pairs ...string) servers.Reply {
		h := allow(app, pairs...)
		if kind != "" {
			h = append(h, header("Content-Type", kind)...)
		}
		return servers.Reply{Status: status, Header: h, Body: body}
	}
	html := typed(200, "text/html", "<!doctype html><p>Log in")
	missing := typed(404, "text/html", "<!doctype html><p>Not found")
	nosniff := func(body string) servers.Reply {
		return typed(200, "text/html", body, "X-Content-Type-Options", "nosniff")
	}

	// told matches a transcript that has each of the texts in it, wherever lines break.
	told := func(texts ...string) types.GomegaMatcher {
		var all []types.GomegaMatcher
		for _, text := range texts {
			all = append(all, WithTransform(func(o harness.Observation) string { return strings.Join(strings.Fields(o.String()), " ") }, ContainSubstring(text)))
		}
		return SatisfyAll(all...)
	}

	DescribeTable("refuse a response after its CORS check, for its status, its type or its content", Label("code:response-unusable"),
		func(ctx SpecContext, r harness.Request, reply servers.Reply, texts ...string) {
			r.From, r.URL = app, serve(servers.Case{Reply: reply})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(unusable, ""), arrive("GET"), HaveField("Script.Error", Not(BeEmpty())),
				told(texts...), Not(told("before the server answered"))))
		},
		Entry("module: an error page", harness.Request{Via: harness.ViaModule}, missing, "404", "The CORS check passed"),
		Entry("module: the index page instead of the file", harness.Request{Via: harness.ViaModule}, html, "Content-Type: text/html", "text/javascript"),
		Entry("module: without a type", harness.Request{Via: harness.ViaModule}, typed(200, "", "1"), "without a Content-Type"),
		Entry("import(): an error page", harness.Request{Via: harness.ViaImport}, missing, "404"),
		Entry("import(): the index page", harness.Request{Via: harness.ViaImport}, html, "Content-Type: text/html"),
		Entry("module preload: the index page", harness.Request{Via: harness.ViaModulePreload}, html, "text/html"),
		Entry("script: an error", harness.Request{Via: harness.ViaScript}, typed(404, "text/javascript", "1"), "404"),
		Entry("script with crossorigin: an error page", harness.Request{Via: harness.ViaScript, Mode: harness.CORS}, missing, "404", "The CORS check passed"),
		Entry("script with crossorigin: nosniff", harness.Request{Via: harness.ViaScript, Mode: harness.CORS}, nosniff("1"), "X-Content-Type-Options: nosniff"),
		Entry("style sheet: an error", harness.Request{Via: harness.ViaStylesheet}, typed(404, "text/css", "a{}"), "404"),
		Entry("style sheet with crossorigin: nosniff", harness.Request{Via: harness.ViaStylesheet, Mode: harness.CORS}, nosniff("a{}"), "X-Content-Type-Options: nosniff"),
		Entry("font: an error", harness.Request{Via: harness.ViaFont}, typed(404, font.kind, font.body), "404"),
		Entry("font: the index page", harness.Request{Via: harness.ViaFont}, html, "text/html"),
		Entry("image: no content", harness.Request{Via: harness.ViaImage}, typed(204, "", ""), "204"),
		Entry("image with crossorigin: a page", harness.Request{Via: harness.ViaImage, Mode: harness.CORS}, html, "text/html"),
		Entry("canvas with crossorigin: a page", harness.Request{Via: harness.ViaCanvas, Mode: harness.CORS}, html, "text/html"),
		Entry("image: another content than its type says", harness.Request{Via: harness.ViaImage}, typed(200, picture.kind, "no"), "image/png"),
		Entry("video: an error", harness.Request{Via: harness.ViaVideo}, typed(404, sound.kind, sound.body), "404"),
		Entry("video: no content", harness.Request{Via: harness.ViaVideo}, typed(204, "", ""), "204"),
		Entry("audio with crossorigin: a page", harness.Request{Via: harness.ViaAudio, Mode: harness.CORS}, html, "text/html"),
		Entry("track: a page", harness.Request{Via: harness.ViaTrack, Mode: harness.CORS}, html, "text/html"),
		Entry("importScripts: an error", harness.Request{Via: harness.ViaImportScripts}, typed(404, "text/javascript", "1"), "404"),
		Entry("importScripts: without a type", harness.Request{Via: harness.ViaImportScripts}, typed(200, "", "1"), "without a Content-Type"),
		Entry("EventSource: a login page", harness.Request{Via: harness.ViaEventSource}, html, "Content-Type: text/html", "text/event-stream"),
		Entry("EventSource: no content", harness.Request{Via: harness.ViaEventSource}, typed(204, "", ""), "204"),
		Entry("EventSource: an error with the right type", harness.Request{Via: harness.ViaEventSource}, typed(500, stream.kind, stream.body), "500"),
		Entry("EventSource: an error with another type", harness.Request{Via: harness.ViaEventSource}, typed(404, "text/plain", "no"), "404"),
		Entry("EventSource: without a type", harness.Request{Via: harness.ViaEventSource}, typed(200, "", stream.body), "without a Content-Type"),
	)

	// A manifest and a frame have no error event.
	DescribeTable("refuse a response for its status without an event", Label("code:response-unusable"),
		func(ctx SpecContext, via harness.Via, reply servers.Reply, text string) {
			url := serve(servers.Case{Reply: reply})
			Expect(inBuild(ctx, &chrome, harness.Request{From: app, URL: url, Via: via})).To(SatisfyAll(blocked(unusable, ""), arrive("GET"), told(text)))
		},
		Entry("manifest: an error page", harness.ViaManifest, missing, "404"),
		Entry("frame: no content", harness.ViaIframe, typed(204, "", ""), "204"),
		Entry("frame: reset content", harness.ViaIframe, typed(205, "", ""), "205"),
	)

	// A script that came and failed at its own content was read: its error is its own.
	DescribeTable("run a script that throws", func(ctx SpecContext, via harness.Via, origin, body, sees string) {
		url := serveAt(origin, servers.Case{Reply: typed(200, "text/javascript", body)})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via})).To(SatisfyAll(harness.BeReadable(), arrive("GET"),
			HaveField("Script.Error", ContainSubstring(sees))))
	},
		Entry("import() of what is no script", harness.ViaImport, api, "({[", "SyntaxError"),
		Entry("import() of a module that throws", harness.ViaImport, api, "throw new Error('mine')", "Error: mine"),
		Entry("importScripts from the page's own origin", harness.ViaImportScripts, app, "throw new Error('mine')", "Error: mine"),
	)

	// https://fetch.spec.whatwg.org/#concept-request-response-tainting
	DescribeTable("may be read by where the response came from, not by the URL that was asked",
		func(ctx SpecContext, via harness.Via, c content) {
			reply := typed(200, c.kind, c.body)
			redirect := func(origin, to string) string {
				return serveAt(origin, servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", to)}})
			}
			ask := func(mode harness.Mode, url string) (harness.Observation, error) {
				return chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via, Mode: mode})
			}
			own, other := serveAt(app, servers.Case{Reply: reply}), serve(servers.Case{Reply: reply})
			Expect(ask("", redirect(app, own))).To(SatisfyAll(harness.BeReadable(), HaveField("Script.Type", "basic")), "to its own origin")
			Expect(ask("", redirect(app, other))).To(SatisfyAll(harness.BeOpaque(), HaveField("Script.Type", "opaque"), HaveField("Exchanges", HaveLen(2))), "to another origin")
			Expect(ask("", redirect(api, own))).To(SatisfyAll(harness.BeOpaque(), HaveField("Script.Type", "opaque")), "from another origin to its own")
			if (harness.Request{From: app, URL: own, Via: via, Mode: harness.CORS}).Validate() == nil {
				Expect(ask(harness.CORS, redirect(app, other))).To(SatisfyAll(harness.BeReadable(), HaveField("Script.Type", "cors")), "with crossorigin")
			}
		},
		Entry("script", harness.ViaScript, program),
		Entry("audio", harness.ViaAudio, sound),
		Entry("video", harness.ViaVideo, sound),
		Entry("importScripts", harness.ViaImportScripts, program),
		Entry("image", harness.ViaImage, picture),
		Entry("style sheet", harness.ViaStylesheet, style),
	)

	// https://html.spec.whatwg.org/multipage/workers.html#dom-worker
	DescribeTable("start a worker", func(ctx SpecContext, from, origin string, reply servers.Reply, want types.GomegaMatcher) {
		url := serveAt(origin, servers.Case{Reply: reply})
		Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: url, Via: harness.ViaWorkerScript})).To(want)
	},
		Entry("with a script of the page's own origin", app, app, typed(200, "text/javascript", "1"), SatisfyAll(harness.BeReadable(), arrive("GET"))),
		Entry("with a script that throws", app, app, typed(200, "text/javascript", "throw 1"), SatisfyAll(harness.BeReadable(), arrive("GET"))),
		Entry("with none of another origin, whatever its server allows", Label("code:request-refused"), app, api, typed(200, "text/javascript", "1"),
			SatisfyAll(blocked(harness.RequestRefused, ""), arrive(), told("A worker takes only a script of the page's own origin", "importScripts"))),
		Entry("with none, where the page has no origin of its own", harness.OpaqueOrigin, app, typed(200, "text/javascript", "1"),
			SatisfyAll(blocked(harness.RequestRefused, ""), arrive())),
		Entry("with no error page", Label("code:response-unusable"), app, app, missing, SatisfyAll(blocked(unusable, ""), arrive("GET"), told("status 404"))),
		Entry("with no other type, under nosniff", Label("code:response-unusable"), app, app, nosniff("1"), SatisfyAll(blocked(unusable, ""), arrive("GET"))),
		Entry("with none behind a redirect to another origin", app, app, servers.Reply{Status: 302, Header: header("Location", api+"/elsewhere")},
			HaveField("Verdict", harness.Blocked)),
	)

	// https://fetch.spec.whatwg.org/#scheme-fetch
	DescribeTable("may be read where the URL itself is the response", Label("fetch:scheme-fetch"), func(ctx SpecContext, via harness.Via, url string) {
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via})).To(SatisfyAll(harness.BeReadable(), HaveField("Script.Type", "basic")))
	},
		Entry("script", harness.ViaScript, "data:text/javascript,1"),
		Entry("style sheet", harness.ViaStylesheet, "data:text/css,a{}"),
	)

	// An element without the attribute crossorigin asks in mode no-cors, which needs no
	// header of the server. https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request
	DescribeTable("are told about in words of their own", func(ctx SpecContext, via harness.Via, c content, texts ...string) {
		url := serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", c.kind), Body: c.body}})
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via})
		Expect(seen, err).To(SatisfyAll(harness.BeOpaque(), told(texts...), Not(told("(no Access-Control-Allow-Origin)"))))
		for _, l := range seen.Transcript() {
			Expect(l.Tone).NotTo(Equal(harness.ToneAlarming), strings.TrimSpace(l.Text))
		}
	},
		Entry("script", harness.ViaScript, program, "it loaded, and the script cannot look into it", "attribute crossorigin"),
		Entry("importScripts", harness.ViaImportScripts, program, "it loaded, and the script cannot look into it"),
		Entry("canvas", harness.ViaCanvas, picture, "tainted", "attribute crossorigin", "https://html.spec.whatwg.org/multipage/canvas.html#"),
		Entry("frame", harness.ViaIframe, page, "postMessage"),
	)
})
