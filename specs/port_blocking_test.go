package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
)

// Browsers do not ask ports of other protocols at all: a mail server could take a
// request for a conversation.
// https://fetch.spec.whatwg.org/#port-blocking
var _ = Describe("port blocking", Label("scenario:ports", "fetch:port-blocking"), func() {
	anyone := servers.Case{Reply: servers.Reply{Header: allow("*", acam, "PUT"), Body: "ok"}}
	at := func(port int) string { return fmt.Sprintf("https://api.test:%d", port) }
	// bad says whether the standard lists a port as bad.
	bad := func(port int) bool {
		decision := oracle.Decide(oracle.Question{
			Request: harness.Request{From: app, URL: at(port)},
			Server:  func(oracle.Exchange) oracle.Reply { return oracle.Reply{Status: 200, Header: allow("*")} },
		})
		return decision.Reason == harness.UnsafePort
	}

	It("blocks the bad ports of the standard for every page, except two", func(ctx SpecContext) {
		var asked []int
		kept := 0
		for port := range 1 << 16 {
			if !bad(port) {
				continue
			}
			seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serveAt(at(port), anyone)})
			Expect(err).NotTo(HaveOccurred())
			if seen.Verdict == harness.Readable {
				asked = append(asked, port)
				continue
			}
			Expect(seen).To(SatisfyAll(blocked(harness.UnsafePort, ""), arrive()), "port %d", port)
			kept++
		}
		// Chrome's own list lacks ManageSieve and one port of IRC over TLS.
		Expect(asked).To(Equal([]int{4190, 6679}))
		Expect(kept).To(Equal(81))
	})

	DescribeTable("does not block other ports", func(ctx SpecContext, port int) {
		Expect(bad(port)).To(BeFalse())
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serveAt(at(port), anyone)})).To(SatisfyAll(read(200), arrive("GET")))
	},
		Entry("81", 81), Entry("3000", 3000), Entry("6001", 6001), Entry("8443", 8443), Entry("65535", 65535),
	)

	DescribeTable("keeps a bad port", func(ctx SpecContext, r harness.Request, exchanges int) {
		r.From, r.URL = app, serveAt(at(25), anyone)
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.UnsafePort, ""), arrive(), HaveField("Exchanges", HaveLen(exchanges))))
	},
		Entry("from the preflight already", harness.Request{Method: "PUT"}, 2),
		Entry("from fetch in no-cors mode", harness.Request{Mode: harness.NoCORS}, 1),
		Entry("from XMLHttpRequest", harness.Request{Via: harness.ViaXHR}, 1),
		Entry("from an image", harness.Request{Via: harness.ViaImage}, 1),
		Entry("from a script", harness.Request{Via: harness.ViaScript}, 1),
		Entry("from a frame", harness.Request{Via: harness.ViaIframe}, 1),
		Entry("from a WebSocket", harness.Request{Via: harness.ViaWebSocket}, 1),
	)

	It("keeps a bad port from a redirect", Label("fetch:http-redirect-fetch"), func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", serveAt(at(25), anyone))}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(SatisfyAll(blocked(harness.UnsafePort, ""), arrive("GET")))
	})
})
