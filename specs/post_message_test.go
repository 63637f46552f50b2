package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Two documents can talk if both agree: the sender names the origin that may
// receive the message, and the browser tells the receiver the origin of the
// sender.
// https://html.spec.whatwg.org/multipage/web-messaging.html#dom-window-postmessage-options
var _ = Describe("postMessage", Label("scenario:documents", "fetch:http-cors-protocol"), func() {
	// say posts a message to the page, for a target origin, and then the end.
	say := func(target string, pairs ...string) servers.Case {
		return documentOf(fmt.Sprintf(`
			try { parent.postMessage("a secret", %q) } catch (e) { parent.postMessage(e.name, "*") }
			parent.postMessage("end", "*")`, target), pairs...)
	}

	DescribeTable("of a frame of another origin to the page", func(ctx SpecContext, target string, heard bool) {
		want := `[]`
		if heard {
			want = `[["a secret", "https://other.test"]]`
		}
		Expect(told(ctx, app, serveAt("https://other.test", say(target)))).To(MatchJSON(want))
	},
		Entry("to everybody", "*", true),
		Entry("to the page's origin", app, true),
		Entry("to a URL of that origin", app+"/some/path?and=more", true),
		Entry("to that origin with its port written out", app+":443", true),
		Entry("to another origin", evil, false),
		Entry("to the same host over http", "http://app.test", false),
		Entry("to another port", "https://app.test:8443", false),
		Entry("to a sub-domain", "https://www.app.test", false),
		Entry("to the sender's own origin", "/", false),
	)

	DescribeTable("throws without a valid target", func(ctx SpecContext, target string) {
		Expect(told(ctx, app, serveAt(api, say(target)))).To(MatchJSON(`[["SyntaxError", "https://api.test"]]`))
	},
		Entry("null, which cannot name an origin", "null"),
		Entry("a host without scheme", "app.test"),
	)

	It("of a sandboxed document has the origin null, whichever server it is from", func(ctx SpecContext) {
		Expect(told(ctx, app, serveAt(api, say("*", "Content-Security-Policy", "sandbox allow-scripts")))).To(MatchJSON(`[["a secret", "null"]]`))
	})

	// The sandbox of a document also holds for its frames.
	// https://html.spec.whatwg.org/multipage/browsers.html#sandboxing
	It("to a page of opaque origin must be to everybody", func(ctx SpecContext) {
		Expect(told(ctx, harness.OpaqueOrigin, serveAt(api, say("https://opaque.test")))).To(MatchJSON(`[]`))
		Expect(told(ctx, harness.OpaqueOrigin, serveAt(api, say("*")))).To(MatchJSON(`[["a secret", "null"]]`))
	})
})
