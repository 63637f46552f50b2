package specs_test

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A page and a window that it opens can reach each other, unless the policy of
// one of them keeps them apart.
// https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies
var _ = Describe("cross-origin opener policy", Label("scenario:documents", "fetch:http-cors-protocol"), func() {
	DescribeTable("of a window that a page without one opens", func(ctx SpecContext, origin, policy string, related bool) {
		said, looked := make(chan string, 1), make(chan struct{})
		// The window tells its server what it sees, and stays open until the
		// server answers.
		url := serveAt(origin, servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if _, word, ok := strings.Cut(a.URL, "?"); ok {
				said <- word
				return servers.Reply{Until: looked}
			}
			r := documentOf(`fetch("?" + (opener === null ? "alone" : "related")).then(() => close())`).Reply
			if policy != "" {
				r.Header = append(r.Header, header("Cross-Origin-Opener-Policy", policy)...)
			}
			return r
		}})
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(`void (self.opened = open(%q))`, url))).Error().NotTo(HaveOccurred())
		DeferCleanup(func(ctx SpecContext) {
			close(looked)
			Eventually(ctx, chrome.Evaluate).WithArguments(app, `opened.closed`).WithTimeout(patience).Should(MatchJSON(`true`))
		})
		if related {
			Eventually(ctx, said).WithTimeout(patience).Should(Receive(Equal("related")))
			Expect(chrome.Evaluate(ctx, app, `opened.closed`)).To(MatchJSON(`false`))
			return
		}
		Eventually(ctx, said).WithTimeout(patience).Should(Receive(Equal("alone")))
		Eventually(ctx, chrome.Evaluate).WithArguments(app, `opened.closed`).WithTimeout(patience).
			Should(MatchJSON(`true`), "the window stands open, and its opener is told that it is closed")
	},
		Entry("none, of the same origin: they are related", app, "", true),
		Entry("none, of another origin: they are related", api, "", true),
		Entry("unsafe-none, which is the default", api, "unsafe-none", true),
		Entry("same-origin, of another origin", api, "same-origin", false),
		Entry("same-origin, even of the same origin, as the page has not the same policy", app, "same-origin", false),
		Entry("same-origin-allow-popups, which is for windows that this window opens", api, "same-origin-allow-popups", false),
		Entry("noopener-allow-popups", app, "noopener-allow-popups", false),
		Entry("a value that does not exist", api, "same-site", true),
	)
})
