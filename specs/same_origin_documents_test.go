package specs_test

import (
	"encoding/base64"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/servers"
)

// What a page sees of a document of another origin, without a request to its
// server.
var _ = Describe("the same-origin policy between documents", Label("scenario:same-origin", "claim:03"), func() {
	// open puts a frame into the page and returns what the page sees of it.
	const open = `(async () => {
		const frame = document.createElement("iframe")
		const loaded = new Promise((resolve) => frame.onload = resolve)
		frame.src = %q
		document.documentElement.append(frame)
		await loaded
		const see = (look) => { try { return String(look()) } catch (e) { return e.name } }
		const seen = {
			contentDocument: see(() => frame.contentDocument && frame.contentDocument.body.textContent),
			document: see(() => frame.contentWindow.document.body.textContent),
			location: see(() => frame.contentWindow.location.href.startsWith("https://")),
			storage: see(() => frame.contentWindow.localStorage.length >= 0),
		}
		frame.remove()
		return seen
	})()`
	page := servers.Case{Reply: servers.Reply{Header: header("Content-Type", "text/html"), Body: "<!doctype html><body>a secret</body>"}}

	It("shows a page the frame of its own origin", Label("fetch:http-cors-protocol"), func(ctx SpecContext) {
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(open, serveAt(app, page)))).To(MatchJSON(`{
			"contentDocument": "a secret", "document": "a secret", "location": "true", "storage": "true"}`))
	})

	// https://html.spec.whatwg.org/multipage/nav-history-apis.html#cross-origin-objects
	DescribeTable("hides from a page the frame of another origin", Label("fetch:http-cors-protocol"),
		func(ctx SpecContext, origin string) {
			allowed := page
			allowed.Reply.Header = append(header("Content-Type", "text/html"), servers.Allow(app)...)
			Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(open, serveAt(origin, allowed)))).To(MatchJSON(`{
				"contentDocument": "null", "document": "SecurityError", "location": "SecurityError", "storage": "SecurityError"}`))
		},
		Entry("of another host, although its server allows this page by CORS", "https://other.test"),
		Entry("of another host on the same site", "https://www.app.test"),
		Entry("of another port", "https://app.test:8443"),
	)

	// https://html.spec.whatwg.org/multipage/webstorage.html#the-localstorage-attribute
	It("gives each origin a storage of its own", Label("fetch:http-cors-protocol"), func(ctx SpecContext) {
		DeferCleanup(func(ctx SpecContext) {
			Expect(chrome.Evaluate(ctx, app, `localStorage.removeItem("secret")`)).Error().NotTo(HaveOccurred())
		})
		Expect(chrome.Evaluate(ctx, app, `localStorage.setItem("secret", "42"), localStorage.getItem("secret")`)).To(MatchJSON(`"42"`))
		for _, other := range []string{"http://app.test", "https://www.app.test", "https://app.test:8443"} {
			Expect(chrome.Evaluate(ctx, other, `localStorage.getItem("secret")`)).To(MatchJSON(`null`), other)
		}
		Expect(chrome.Evaluate(ctx, app, `localStorage.getItem("secret")`)).To(MatchJSON(`"42"`))
	})

	It("gives an opaque origin no storage at all", Label("fetch:http-cors-protocol"), func(ctx SpecContext) {
		Expect(chrome.Evaluate(ctx, "null", `localStorage.length`)).Error().To(MatchError(ContainSubstring("SecurityError")))
	})

	// https://html.spec.whatwg.org/multipage/canvas.html#security-with-canvas-elements
	DescribeTable("an image may be shown, but read only where CORS allows it", Label("fetch:cors-check"),
		func(ctx SpecContext, origin, crossOrigin string, lines []string, want string) {
			image := servers.Case{Reply: servers.Reply{Header: append(header("Content-Type", "image/gif"), header(lines...)...), Body: pixel}}
			Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(`(async () => {
				const image = new Image()
				if (%[2]q) image.crossOrigin = %[2]q
				const loaded = new Promise((resolve) => { image.onload = resolve; image.onerror = () => resolve("error") })
				image.src = %[1]q
				if (await loaded === "error") return "not shown"
				const canvas = document.createElement("canvas")
				canvas.getContext("2d").drawImage(image, 0, 0)
				try { return "shown and " + (canvas.toDataURL() && "read") } catch (e) { return "shown, " + e.name }
			})()`, serveAt(origin, image), crossOrigin))).To(MatchJSON(fmt.Sprintf("%q", want)))
		},
		Entry("of the same origin", app, "", nil, "shown and read"),
		Entry("of another origin", api, "", nil, "shown, SecurityError"),
		Entry("of another origin that allows it, not asked for with CORS", api, "", []string{acao, app}, "shown, SecurityError"),
		Entry("of another origin that allows it", api, "anonymous", []string{acao, app}, "shown and read"),
		Entry("of another origin that allows nobody, asked for with CORS", api, "anonymous", nil, "not shown"),
	)
})

// pixel is a GIF of one pixel.
var pixel = func() string {
	gif, err := base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
	if err != nil {
		panic(err)
	}
	return string(gif)
}()
