package specs_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// documentOf is a server of a document that runs a script.
func documentOf(script string, pairs ...string) servers.Case {
	return servers.Case{Reply: servers.Reply{
		Header: header(append(pairs, "Content-Type", "text/html")...), Body: "<!doctype html><title>frame</title><script>" + script + "</script>"}}
}

// told opens a document in a frame of the page and returns the messages that the
// document posts to the page, each with the origin that the browser gives it. The
// last message is "end".
func told(ctx SpecContext, from, url string) (json.RawMessage, error) {
	return chrome.Evaluate(ctx, from, fmt.Sprintf(`new Promise((resolve) => {
		const frame = document.createElement("iframe"), messages = []
		const hear = ({ data, origin, source }) => {
			if (source !== frame.contentWindow) return
			if (data !== "end") return messages.push([data, origin])
			removeEventListener("message", hear)
			frame.remove()
			resolve(messages)
		}
		addEventListener("message", hear)
		frame.src = %q
		document.documentElement.append(frame)
	})`, url))
}

// A document says which pages may show it. The browser requests it all the same,
// and hides from the page that it was refused.
// https://html.spec.whatwg.org/multipage/document-lifecycle.html#the-x-frame-options-header
// https://w3c.github.io/webappsec-csp/#directive-frame-ancestors
var _ = Describe("frames", Label("scenario:documents", "fetch:http-cors-protocol"), func() {
	const options, policy = "X-Frame-Options", "Content-Security-Policy"
	ask := func(ctx SpecContext, origin string, lines []string) (harness.Observation, error) {
		return chrome.Fetch(ctx, harness.Request{From: app, URL: serveAt(origin, documentOf("", lines...)), Via: harness.ViaIframe})
	}

	// https://w3c.github.io/webappsec-csp/#directive-frame-src
	It("that the page's own policy forbids are not asked for", Label("code:csp"), func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(documentOf("")), Via: harness.ViaIframe, PageHeaders: header(policy, "frame-src 'none'")}
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.BlockedByCSP, "frame-src"), arrive()))

		// Chrome reports only the origin of a forbidden frame, so two questions
		// at a time get the same report.
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				defer GinkgoRecover()
				another := r
				another.URL = serve(documentOf(""))
				Expect(chrome.Fetch(ctx, another)).To(SatisfyAll(blocked(harness.BlockedByCSP, "frame-src"), arrive()))
			})
		}
		both.Wait()
	})

	DescribeTable("that may be shown", func(ctx SpecContext, lines ...string) {
		Expect(ask(ctx, app, lines)).To(SatisfyAll(harness.BeReadable(), arrive("GET")))
		Expect(ask(ctx, api, lines)).To(SatisfyAll(harness.BeOpaque(), arrive("GET")))
	},
		Entry("without a header about frames"),
		Entry("with a value that no browser supports any more", options, "ALLOW-FROM https://evil.test"),
		Entry("to the page that frame-ancestors names", policy, "frame-ancestors https://app.test"),
		Entry("to pages over https", policy, "frame-ancestors https:"),
		Entry("as frame-ancestors wins over X-Frame-Options", options, "DENY", policy, "frame-ancestors https://app.test"),
		Entry("as another directive does not apply to frames", policy, "default-src 'none'"),
	)

	DescribeTable("of another origin that may not", Label("code:other"), func(ctx SpecContext, lines ...string) {
		Expect(ask(ctx, app, lines)).To(SatisfyAll(harness.BeReadable(), arrive("GET")))
		Expect(ask(ctx, api, lines)).To(SatisfyAll(blocked(harness.BlockedByOther, ""), arrive("GET")))
	},
		Entry("by SAMEORIGIN", options, "SAMEORIGIN"),
		Entry("by SAMEORIGIN in lower case", options, "sameorigin"),
		Entry("by frame-ancestors 'self'", policy, "frame-ancestors 'self'"),
	)

	DescribeTable("that may not, of the page's own origin either", Label("code:other"), func(ctx SpecContext, lines ...string) {
		for _, origin := range []string{app, api} {
			Expect(ask(ctx, origin, lines)).To(SatisfyAll(blocked(harness.BlockedByOther, ""), arrive("GET"),
				HaveField("Script.Error", ""), HaveField("Script.Type", "opaque")), "the page sees a frame that has loaded")
		}
	},
		Entry("by DENY", options, "DENY"),
		Entry("by two different values of X-Frame-Options", options, "SAMEORIGIN", options, "DENY"),
		Entry("by frame-ancestors 'none'", policy, "frame-ancestors 'none'"),
		Entry("by frame-ancestors with another host", policy, "frame-ancestors https://other.test"),
		Entry("by frame-ancestors with the page's host over http alone", policy, "frame-ancestors http://app.test:8080"),
		Entry("by one of two policies", policy, "frame-ancestors https:", policy, "frame-ancestors 'none'"),
	)

	// The line has only the origin of the frame, so it belongs to no question.
	// The line about X-Frame-Options is in the frame's own console, and Chrome
	// does not report it for a frame of another origin.
	DescribeTable("that are refused have a line in the console", func(ctx SpecContext, origin, line string, lines ...string) {
		own, events := tracing()
		url := serveAt(origin, documentOf("", lines...))
		Expect(own.Evaluate(ctx, app, fmt.Sprintf(`new Promise((resolve) => {
			const frame = document.createElement("iframe")
			frame.onload = () => resolve(frame.contentDocument)
			frame.src = %q
			document.body.append(frame)
		})`, url))).To(MatchJSON(`null`))
		Eventually(ctx, events).WithTimeout(patience).Should(gbytes.Say(regexp.QuoteMeta(`"level":"error","text":"` + line)))
	},
		Entry("by X-Frame-Options", app, `Refused to display 'https://app.test/' in a frame because it set 'X-Frame-Options' to 'deny'.`, options, "DENY"),
		Entry("by frame-ancestors", api, `Framing 'https://api.test/' violates the following Content Security Policy directive: \"frame-ancestors 'none'\"`,
			policy, "frame-ancestors 'none'"),
	)
})
