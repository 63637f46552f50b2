package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// content is what an initiator can use: its Content-Type and the body.
type content struct{ kind, body string }

// media reads a file of the fixtures.
func media(name string) string {
	data, err := fixtures.FS.ReadFile("media/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(data)
}

var (
	anything = content{"text/plain", "ok"}
	picture  = content{"image/png", media("image.png")}
	sound    = content{"audio/wav", media("sound.wav")}
	program  = content{"text/javascript", "1"}
	style    = content{"text/css", "a{}"}
	font     = content{"font/woff2", media("font.woff2")}
	captions = content{"text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"}
	stream   = content{"text/event-stream", "data: 1\n\n"}
	manifest = content{"application/manifest+json", "{}"}
	page     = content{"text/html", "<title>frame</title>"}
)

// Every initiator that asks in mode cors is refused without the header, and
// allowed with it. In mode no-cors an initiator gets a response that it cannot
// read.
// https://fetch.spec.whatwg.org/#concept-request-mode
var _ = Describe("initiators", Label("scenario:initiators", "fetch:concept-request-mode"), func() {
	ask := func(ctx SpecContext, via harness.Via, mode harness.Mode, c content, h harness.Header) (harness.Observation, error) {
		url := serve(servers.Case{Reply: servers.Reply{Header: append(h, header("Content-Type", c.kind)...), Body: c.body}})
		return inBuild(ctx, &chrome, harness.Request{From: app, URL: url, Via: via, Mode: mode})
	}

	// kind is what the console calls the request.
	DescribeTable("in mode cors", func(ctx SpecContext, via harness.Via, mode harness.Mode, c content, kind, sees string) {
		Expect(ask(ctx, via, mode, c, nil)).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"),
			harness.LogToConsole("Access to "+kind+" at "), HaveField("Script.Error", ContainSubstring(sees))))
		Expect(ask(ctx, via, mode, c, allow(app))).To(SatisfyAll(harness.BeReadable(), arrive("GET"), arriveWith("Origin", app),
			HaveField("Script.Error", ""), HaveField("Console", BeEmpty())))
	},
		Entry("fetch", harness.ViaFetch, harness.CORS, anything, "fetch", "TypeError: Failed to fetch"),
		Entry("keepalive fetch", Label("case:82"), harness.ViaKeepalive, harness.CORS, anything, "fetch", "TypeError: Failed to fetch"),
		Entry("fetch in a dedicated worker", Label("case:85"), harness.ViaWorker, harness.CORS, anything, "fetch", "TypeError: Failed to fetch"),
		Entry("fetch in a shared worker", Label("case:85"), harness.ViaSharedWorker, harness.CORS, anything, "fetch", "TypeError: Failed to fetch"),
		Entry("fetch in a service worker", Label("case:85"), harness.ViaServiceWorker, harness.CORS, anything, "fetch", "TypeError: Failed to fetch"),
		Entry("XMLHttpRequest", harness.ViaXHR, harness.Mode(""), anything, "XMLHttpRequest", "error event, status 0"),
		Entry("synchronous XMLHttpRequest", harness.ViaXHRSync, harness.Mode(""), anything, "XMLHttpRequest", "NetworkError"),
		Entry("XMLHttpRequest that listens to its upload, without a body: Chrome sends no preflight then, where the standard does", Label("case:44"),
			harness.ViaXHRUpload, harness.Mode(""), anything, "XMLHttpRequest", "error event, status 0"),
		Entry("image", Label("case:74"), harness.ViaImage, harness.CORS, picture, "image", "error event"),
		Entry("canvas", Label("case:75"), harness.ViaCanvas, harness.CORS, picture, "image", "error event"),
		Entry("ImageBitmap", Label("case:75"), harness.ViaImageBitmap, harness.CORS, picture, "image", "error event"),
		Entry("WebGL", Label("case:75"), harness.ViaWebGL, harness.CORS, picture, "image", "error event"),
		Entry("script", Label("case:76"), harness.ViaScript, harness.CORS, program, "script", "error event"),
		Entry("module", Label("case:77"), harness.ViaModule, harness.Mode(""), program, "script", "error event"),
		Entry("import()", Label("case:77"), harness.ViaImport, harness.Mode(""), program, "script", "TypeError: Failed to fetch dynamically imported module: https://api.test/"),
		Entry("style sheet", Label("case:78"), harness.ViaStylesheet, harness.CORS, style, "CSS stylesheet", "error event"),
		Entry("font", Label("case:79"), harness.ViaFont, harness.Mode(""), font, "font", "NetworkError: A network error occurred."),
		Entry("video", Label("case:81"), harness.ViaVideo, harness.CORS, sound, "video", "error event"),
		Entry("audio", harness.ViaAudio, harness.CORS, sound, "audio", "error event"),
		Entry("track", Label("case:81"), harness.ViaTrack, harness.CORS, captions, "text track", "error event"),
		Entry("EventSource", Label("case:80"), harness.ViaEventSource, harness.Mode(""), stream, "resource", "error event, readyState 2"),
		Entry("preload", Label("case:83"), harness.ViaPreload, harness.CORS, anything, "link element resource", "error event"),
	)

	DescribeTable("in mode cors, without anything that a script could read", func(ctx SpecContext, via harness.Via, c content, kind, sees string) {
		Expect(ask(ctx, via, "", c, nil)).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"),
			harness.LogToConsole("Access to "+kind+" at "), HaveField("Script.Error", sees)))
		Expect(ask(ctx, via, "", c, allow(app))).To(SatisfyAll(harness.BeOpaque(), arrive("GET")))
	},
		Entry("module preload", Label("case:77"), harness.ViaModulePreload, program, "script", "error event"),
		Entry("manifest", Label("case:83"), harness.ViaManifest, manifest, "manifest", ""),
		Entry("CSS mask-image", Label("case:74"), harness.ViaCSSImage, picture, "image", ""),
		Entry("CSS shape-outside", Label("case:74"), harness.ViaCSSShape, picture, "image", ""),
	)

	// https://html.spec.whatwg.org/multipage/links.html#hyperlink-auditing
	It("a ping is a POST whose answer nobody sees", Label("case:165"), func(ctx SpecContext) {
		seen, err := ask(ctx, harness.ViaPing, "", anything, nil)
		Expect(seen, err).To(SatisfyAll(harness.BeOpaque(), arrive("POST"), arriveWith("Content-Type", "text/ping")))
		Expect(seen.String()).To(HavePrefix("  POST "))
	})

	// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
	DescribeTable("with credentials, refused where the server allows everybody", Label("code:WildcardOriginNotAllowed"),
		func(ctx SpecContext, r harness.Request, c content) {
			r.From, r.Credentials = app, harness.Include
			r.URL = serve(servers.Case{Reply: servers.Reply{Header: allow("*", acac, "true", "Content-Type", c.kind), Body: c.body}})
			Expect(inBuild(ctx, &chrome, r)).To(SatisfyAll(blocked(harness.WildcardOriginNotAllowed, ""), arrive("GET")))
		},
		Entry("keepalive fetch", Label("case:82"), harness.Request{Via: harness.ViaKeepalive}, anything),
		Entry("fetch in a dedicated worker", harness.Request{Via: harness.ViaWorker}, anything),
		Entry("fetch in a shared worker", harness.Request{Via: harness.ViaSharedWorker}, anything),
		Entry("fetch in a service worker", harness.Request{Via: harness.ViaServiceWorker}, anything),
		Entry("XMLHttpRequest", harness.Request{Via: harness.ViaXHR}, anything),
		Entry("synchronous XMLHttpRequest", harness.Request{Via: harness.ViaXHRSync}, anything),
		Entry("image", Label("case:74"), harness.Request{Via: harness.ViaImage, Mode: harness.CORS}, picture),
		Entry("script", harness.Request{Via: harness.ViaScript, Mode: harness.CORS}, program),
		Entry("module", harness.Request{Via: harness.ViaModule}, program),
		Entry("style sheet", harness.Request{Via: harness.ViaStylesheet, Mode: harness.CORS}, style),
		Entry("video", harness.Request{Via: harness.ViaVideo, Mode: harness.CORS}, sound),
		Entry("audio", harness.Request{Via: harness.ViaAudio, Mode: harness.CORS}, sound),
		Entry("track", harness.Request{Via: harness.ViaTrack, Mode: harness.CORS}, captions),
		Entry("EventSource", Label("case:80"), harness.Request{Via: harness.ViaEventSource}, stream),
		Entry("preload", harness.Request{Via: harness.ViaPreload}, anything),
		Entry("manifest", harness.Request{Via: harness.ViaManifest}, manifest),
		Entry("module preload", harness.Request{Via: harness.ViaModulePreload}, program),
	)

	DescribeTable("in mode no-cors", func(ctx SpecContext, via harness.Via, mode harness.Mode, c content, sees string) {
		for _, h := range []harness.Header{nil, allow(app)} {
			Expect(ask(ctx, via, mode, c, h)).To(SatisfyAll(harness.BeOpaque(), HaveField("Reason", BeEmpty()), HaveField("Script.Error", MatchRegexp(sees)),
				arrive("GET"), arriveWith("Origin"), HaveField("Console", BeEmpty())))
		}
	},
		Entry("fetch", Label("case:25"), harness.ViaFetch, harness.NoCORS, anything, "^$"),
		Entry("keepalive fetch", harness.ViaKeepalive, harness.NoCORS, anything, "^$"),
		Entry("fetch in a dedicated worker", harness.ViaWorker, harness.NoCORS, anything, "^$"),
		Entry("fetch in a shared worker", harness.ViaSharedWorker, harness.NoCORS, anything, "^$"),
		Entry("fetch in a service worker", harness.ViaServiceWorker, harness.NoCORS, anything, "^$"),
		Entry("image", harness.ViaImage, harness.Mode(""), picture, "^$"),
		Entry("canvas", Label("case:75"), harness.ViaCanvas, harness.Mode(""), picture, "^SecurityError: .*tainted"),
		Entry("ImageBitmap", Label("case:75"), harness.ViaImageBitmap, harness.Mode(""), picture, "^SecurityError: .*tainted"),
		Entry("WebGL", Label("case:75"), harness.ViaWebGL, harness.Mode(""), picture, "^SecurityError: .*cross-origin data, and may not be loaded"),
		Entry("script", harness.ViaScript, harness.Mode(""), program, "^$"),
		Entry("style sheet: it loads, and its rules are a SecurityError", Label("case:78"), harness.ViaStylesheet, harness.Mode(""), style, "^$"),
		Entry("video", harness.ViaVideo, harness.Mode(""), sound, "^$"),
		Entry("audio", harness.ViaAudio, harness.Mode(""), sound, "^$"),
		Entry("frame", harness.ViaIframe, harness.Mode(""), page, "^$"),
		Entry("importScripts", Label("case:84"), harness.ViaImportScripts, harness.Mode(""), program, "^$"),
	)

	DescribeTable("are not allowed across origins at all", Label("code:origin"), func(ctx SpecContext, via harness.Via, c content) {
		Expect(ask(ctx, via, "", c, allow(app))).To(SatisfyAll(blocked(harness.BlockedByOrigin, ""), arrive(),
			HaveField("BlockedReason", "origin"), HaveField("Script.Error", "error event"),
			logFrom("security", "Domains, protocols and ports must match.")))
	},
		Entry("SVG use", Label("case:83"), harness.ViaSVGUse, content{"image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"}),
		Entry("track of a video without CORS", Label("case:81"), harness.ViaTrack, captions),
	)

	It("that fail to load a style sheet have an issue about it", Label("case:78"), func(ctx SpecContext) {
		own, events := tracing()
		url := serve(servers.Case{})
		Expect(own.Fetch(ctx, harness.Request{From: app, URL: url, Via: harness.ViaStylesheet, Mode: harness.CORS})).To(harness.BeBlocked(harness.MissingAllowOriginHeader))
		Eventually(ctx, issuesAbout).WithArguments(events, url).WithTimeout(patience).Should(ContainElement("StylesheetLoadingIssue RequestFailed"))
	})

	// A tainted image stays tainted, also in a bitmap: script can make the bitmap
	// and cannot read it.
	// https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-createimagebitmap
	DescribeTable("show an image, and let its pixels be read", Label("case:75"), func(ctx SpecContext, crossOrigin, want string) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", picture.kind), Body: picture.body}})
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(`(async () => {
			const image = new Image()
			if (%[2]q) image.crossOrigin = %[2]q
			image.src = %[1]q
			await image.decode()
			const canvas = (source) => {
				const canvas = document.createElement("canvas"), context = canvas.getContext("2d")
				context.drawImage(source, 0, 0)
				return { url: () => canvas.toDataURL(), pixels: () => context.getImageData(0, 0, 1, 1) }
			}
			const bitmap = await createImageBitmap(image), seen = {}
			for (const [name, read] of [
				["toDataURL", canvas(image).url], ["getImageData", canvas(image).pixels],
				["toDataURL of a bitmap", canvas(bitmap).url], ["getImageData of a bitmap", canvas(bitmap).pixels],
			]) try { read(); seen[name] = "read" } catch (e) { seen[name] = e.name }
			return seen
		})()`, url, crossOrigin))).To(MatchJSON(fmt.Sprintf(`{"toDataURL": %[1]q, "getImageData": %[1]q,
			"toDataURL of a bitmap": %[1]q, "getImageData of a bitmap": %[1]q}`, want)))
	},
		Entry("by no script without crossorigin, whatever the server allows", "", "SecurityError"),
		Entry("with crossorigin", "anonymous", "read"),
	)

	// https://drafts.csswg.org/cssom/#dom-cssstylesheet-cssrules
	DescribeTable("apply a style sheet, and let its rules be read", Label("case:78"), func(ctx SpecContext, crossOrigin, want string) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", style.kind), Body: "html { --spec: applied }"}})
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(`new Promise((resolve) => {
			const link = document.createElement("link")
			if (%[2]q) link.crossOrigin = %[2]q
			link.rel = "stylesheet"
			link.onload = () => {
				let rules
				try { rules = String(link.sheet.cssRules.length) } catch (e) { rules = e.name }
				const value = getComputedStyle(document.documentElement).getPropertyValue("--spec")
				link.remove()
				resolve([value, rules])
			}
			link.href = %[1]q
			document.head.append(link)
		})`, url, crossOrigin))).To(MatchJSON(fmt.Sprintf(`["applied", %q]`, want)))
	},
		Entry("by no script without crossorigin, whatever the server allows", "", "SecurityError"),
		Entry("with crossorigin", "anonymous", "1"),
	)

	// https://drafts.csswg.org/css-fonts/#font-fetching-requirements
	DescribeTable("of a font in @font-face", Label("case:79"), func(ctx SpecContext, lines harness.Header, want string) {
		url := serve(servers.Case{Reply: servers.Reply{Header: append(lines, header("Content-Type", font.kind)...), Body: font.body}})
		own, events := tracing()
		Expect(own.Evaluate(ctx, app, fmt.Sprintf(`(async () => {
			const style = document.createElement("style")
			style.textContent = "@font-face { font-family: spec; src: url(%s) }"
			document.head.append(style)
			const faces = document.fonts.load("1em spec")
			return faces.then(([face]) => face.status, (e) => e.name)
		})()`, url))).To(MatchJSON(fmt.Sprintf("%q", want)))
		if lines == nil {
			Eventually(ctx, issuesAbout).WithArguments(events, url).WithTimeout(patience).Should(ConsistOf("CorsIssue MissingAllowOriginHeader"))
			Eventually(ctx, events).WithTimeout(patience).Should(gbytes.Say("Access to font at '" + url))
		}
	},
		Entry("are refused without the header", nil, "NetworkError"),
		Entry("are allowed with it", allow(app), "loaded"),
	)

	// https://html.spec.whatwg.org/multipage/webappapis.html#report-the-exception
	It("tell what a script threw only where CORS allows it", Label("case:76"), func(ctx SpecContext) {
		thrower := servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", "text/javascript"), Body: "throw new Error('a secret')"}}
		const thrown = `new Promise((resolve) => {
			const script = document.createElement("script")
			if (%[2]q) script.crossOrigin = %[2]q
			onerror = (message, source, line, column, error) => {
				onerror = null
				script.remove()
				resolve({ message, line, error: error && error.message })
				return true
			}
			script.src = %[1]q
			document.head.append(script)
		})`
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(thrown, serve(thrower), ""))).To(MatchJSON(
			`{"message": "Script error.", "line": 0, "error": null}`))
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(thrown, serve(thrower), "anonymous"))).To(MatchJSON(
			`{"message": "Uncaught Error: a secret", "line": 1, "error": "a secret"}`))
	})

	// https://html.spec.whatwg.org/multipage/workers.html#dom-worker
	DescribeTable("start no worker from another origin, whatever its server allows", Label("case:84"), func(ctx SpecContext, kind string) {
		before := net.LastSeq()
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*", "Content-Type", "text/javascript")}})
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf("void new %s(%q)", kind, url))).Error().To(
			MatchError(ContainSubstring("SecurityError: Failed to construct '" + kind + "'")))
		Expect(net.Arrivals(before, []string{url})).To(BeEmpty())
	},
		Entry("dedicated", "Worker"),
		Entry("shared", "SharedWorker"),
	)

	// https://html.spec.whatwg.org/multipage/workers.html#import-scripts-into-worker-global-scope
	It("run what importScripts got from another origin", Label("case:84"), func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", "text/javascript"), Body: "self.imported = 42"}})
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(`new Promise((resolve) => {
			const worker = new Worker(URL.createObjectURL(new Blob(['importScripts(%q); postMessage(imported)'])))
			worker.onmessage = ({ data }) => { worker.terminate(); resolve(data) }
			worker.onerror = ({ message }) => resolve(message)
		})`, url))).To(MatchJSON("42"))
	})

	// A request that outlives its page is judged like any other.
	DescribeTable("of keepalive fetch, with a preflight and without, are refused as those of fetch", Label("case:82"),
		func(ctx SpecContext, r harness.Request, c servers.Case, reason harness.Reason, parameter string, arrived ...string) {
			for _, r.Via = range []harness.Via{harness.ViaFetch, harness.ViaKeepalive} {
				r.From, r.URL = app, serve(c)
				Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(rejected(reason, parameter), arrive(arrived...)), string(r.Via))
			}
		},
		Entry("another origin", Label("code:AllowOriginMismatch"), harness.Request{}, servers.Case{Reply: servers.Reply{Header: allow(evil)}},
			harness.AllowOriginMismatch, evil, "GET"),
		Entry("no Allow-Credentials", Label("code:InvalidAllowCredentials"), harness.Request{Credentials: harness.Include},
			servers.Case{Reply: servers.Reply{Header: allow(app)}}, harness.InvalidAllowCredentials, "", "GET"),
		Entry("a preflight without an origin", Label("code:PreflightMissingAllowOriginHeader"), harness.Request{Method: "PUT"}, servers.Case{},
			harness.PreflightMissingAllowOriginHeader, "", "OPTIONS"),
		Entry("a method", Label("code:MethodDisallowedByPreflightResponse"), harness.Request{Method: "PUT"},
			servers.Case{Reply: servers.Reply{Header: allow(app)}}, harness.MethodDisallowedByPreflightResponse, "PUT", "OPTIONS"),
		Entry("a header", Label("code:HeaderDisallowedByPreflightResponse"), harness.Request{Headers: header("X-A", "1")},
			servers.Case{Reply: servers.Reply{Header: allow(app)}}, harness.HeaderDisallowedByPreflightResponse, "x-a", "OPTIONS"),
	)

	// https://w3c.github.io/beacon/#sec-processing-model
	It("hide from a beacon that its preflight was refused", Label("case:82", "code:PreflightMissingAllowOriginHeader"), func(ctx SpecContext) {
		url := serve(servers.Case{})
		simple := harness.Request{From: app, URL: url, Via: harness.ViaBeacon, Body: harness.Text("x")}
		Expect(chrome.Fetch(ctx, simple)).To(SatisfyAll(harness.BeOpaque(), arrive("POST"), arriveWith("Origin", app),
			Not(harness.BePreflighted()), HaveField("Script.Error", ""), HaveField("Console", BeEmpty())))
		preflighted := harness.Request{From: app, URL: url, Via: harness.ViaBeacon, Body: harness.JSON("{}")}
		own, events := tracing()
		Expect(own.Fetch(ctx, preflighted)).To(SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS"),
			HaveField("Script.Error", ""), harness.LogToConsole("Access to resource at ")))
		Eventually(ctx, events).WithTimeout(patience).Should(gbytes.Say(`"method":"Network.loadingFailed".*"type":"Ping".*"corsError":"PreflightMissingAllowOriginHeader"`))
	})

	// https://w3c.github.io/beacon/#sec-processing-model
	It("send a beacon with credentials, which * does not allow", Label("case:82", "code:PreflightWildcardOriginNotAllowed"), func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*", acac, "true", acah, "content-type")}})
		r := harness.Request{From: app, URL: url, Via: harness.ViaBeacon, Body: harness.JSON("{}")}
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.PreflightWildcardOriginNotAllowed, ""), arrive("OPTIONS"), HaveField("Script.Error", "")))
		r.URL = serve(servers.Case{Reply: servers.Reply{Header: allow(app, acac, "true", acah, "content-type")}})
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(harness.BeOpaque(), arrive("OPTIONS", "POST"), arriveWith("Content-Type", "application/json")))
	})

	// https://websockets.spec.whatwg.org/#concept-websocket-establish
	It("send a WebSocket's Origin, and leave the decision to the server", Label("case:86", "code:handshake-refused"), func(ctx SpecContext) {
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Status: 403}}), Via: harness.ViaWebSocket})
		Expect(seen, err).To(SatisfyAll(blocked(harness.HandshakeRefused, ""), arriveWith("Origin", app),
			HaveField("Script.Error", "close event, code 1006"), harness.LogToConsole("WebSocket connection to 'wss://api.test/"), harness.LogToConsole("Unexpected response code: 403")))
		Expect(seen.Exchanges[0].RequestHeaders.Values("Origin")).To(ConsistOf(app))
	})

	It("know what each of them cannot do", func() {
		for _, via := range harness.Initiators() {
			r := harness.Request{From: app, URL: api, Via: via, Redirect: harness.RedirectManual, Mode: harness.SameOriginOnly,
				ReferrerPolicy: harness.NoReferrer, TargetAddressSpace: harness.SpaceLocal, Body: harness.Stream("x"), Integrity: "sha256-x"}
			switch via {
			case harness.ViaFetch, harness.ViaKeepalive, harness.ViaWorker, harness.ViaSharedWorker, harness.ViaServiceWorker:
				Expect(r.Validate()).To(Succeed())
			default:
				Expect(r.Validate()).To(MatchError(ContainSubstring("has no such option")), string(via))
			}
		}
	})
})
