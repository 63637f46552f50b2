package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Two hosts of a site could once become one origin by setting document.domain.
// Agents are now kept apart by origin, and setting it has no effect.
// https://html.spec.whatwg.org/multipage/webappapis.html#origin-keyed-agent-clusters
var _ = Describe("agent clusters", Label("scenario:documents", "fetch:http-cors-protocol"), func() {
	// The frame in the page has a frame of its own, from another host of its
	// site.
	DescribeTable("of two hosts of a site that both set document.domain", func(ctx SpecContext, site, agreed string, lines ...string) {
		outer, inner := "https://a."+site, "https://b."+site
		frame := serveAt(inner, documentOf(fmt.Sprintf(`document.domain = %q`, site), lines...))
		Expect(told(ctx, app, serveAt(outer, documentOf(fmt.Sprintf(`
			document.domain = %q
			const frame = document.createElement("iframe")
			frame.onload = () => {
				let seen
				try { seen = frame.contentWindow.document.title } catch (e) { seen = e.name }
				parent.postMessage([document.domain, seen, originAgentCluster], "*")
				parent.postMessage("end", "*")
			}
			frame.src = %q
			document.documentElement.append(frame)`, site, frame), lines...)))).To(MatchJSON(fmt.Sprintf(`[[%s, %q]]`, agreed, outer)))
	},
		Entry("are two, as the setter has no effect", "keyed.test", `["a.keyed.test", "SecurityError", true]`),
		Entry("are one only where both servers ask for the old behaviour", "unkeyed.test", `["unkeyed.test", "frame", false]`, "Origin-Agent-Cluster", "?0"),
	)

	It("of a page are keyed by its origin by default", func(ctx SpecContext) {
		Expect(chrome.Evaluate(ctx, app, `originAgentCluster`)).To(MatchJSON(`true`))
	})
})
