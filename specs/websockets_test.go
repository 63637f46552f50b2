package specs_test

import (
	"crypto/sha1"
	"encoding/base64"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// handshake accepts a WebSocket.
// https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
func handshake(a harness.Arrival) servers.Reply {
	key, _ := a.Headers.Get("Sec-WebSocket-Key")
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return servers.Reply{Raw: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"}
}

// A WebSocket names the page that asks and leaves the decision to the server.
// CORS does not apply to it.
// https://fetch.spec.whatwg.org/#websocket-opening-handshake
var _ = Describe("WebSocket", Label("scenario:websocket", "fetch:websocket-protocol"), func() {
	ask := func(ctx SpecContext, from, at string, c servers.Case) (harness.Observation, error) {
		return chrome.Fetch(ctx, harness.Request{From: from, URL: serveAt(at, c), Via: harness.ViaWebSocket})
	}

	DescribeTable("is open, without a header of CORS, to", func(ctx SpecContext, from, at string) {
		seen, err := ask(ctx, from, at, servers.Case{Answer: handshake})
		Expect(seen, err).To(SatisfyAll(harness.BeReadable(), Not(harness.BePreflighted()), arrive("GET"), answered(harness.ActualRequest, 101, acao, "")))
		Expect(seen.Arrivals[0].Headers.Values("Origin")).To(Equal([]string{from}), "also to the server's own origin")
	},
		Entry("its own origin", api, api),
		Entry("another origin", app, api),
		Entry("another origin, over http", "http://app.test", "http://api.test"),
		Entry("an http page, over https", "http://app.test", api),
		Entry("an opaque origin", harness.OpaqueOrigin, api),
	)

	DescribeTable("is closed where the server answers", func(ctx SpecContext, r servers.Reply) {
		seen, err := ask(ctx, app, api, servers.Case{Reply: r})
		Expect(seen, err).To(SatisfyAll(blocked(harness.HandshakeRefused, ""), arrive("GET")))
		Expect(seen.Script.Error).To(Equal("close event, code 1006"), "the same for everything that can go wrong")
	},
		Entry("403", servers.Reply{Status: 403}),
		Entry("403, though CORS would allow it", servers.Reply{Status: 403, Header: allow("*")}),
		Entry("401 with a challenge, and nobody is asked for a password", servers.Reply{Status: 401, Header: header("WWW-Authenticate", "Basic realm=x")}),
		Entry("200", servers.Reply{Header: allow(app)}),
		Entry("a redirect, which is not followed", servers.Reply{Status: 302, Header: header("Location", "/elsewhere")}),
		Entry("101 without the proof that it read the key", servers.Reply{Raw: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
			"Connection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"}),
	)

	It("is open where the server allows the Origin, which a page cannot forge", func(ctx SpecContext) {
		careful := servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if origin, _ := a.Headers.Get("Origin"); origin != app {
				return servers.Reply{Status: 403}
			}
			return handshake(a)
		}}
		Expect(ask(ctx, app, api, careful)).To(harness.BeReadable())
		Expect(ask(ctx, evil, api, careful)).To(blocked(harness.HandshakeRefused, ""))
		Expect(ask(ctx, harness.OpaqueOrigin, api, careful)).To(blocked(harness.HandshakeRefused, ""))
	})

	It("has no verdict where the server closes the connection without an answer", func(ctx SpecContext) {
		_, err := ask(ctx, app, api, servers.Case{Reply: servers.Reply{Drop: true}})
		Expect(err).To(MatchError(ContainSubstring("the server closed the connection without an answer")))
	})

	It("comes over HTTP/1.1 also where the server offers HTTP/2", func(ctx SpecContext) {
		net.OfferHTTP2("h2.test")
		Expect(ask(ctx, app, "https://h2.test", servers.Case{Answer: handshake})).To(SatisfyAll(
			harness.BeReadable(), HaveField("Arrivals", HaveExactElements(HaveField("Protocol", "HTTP/1.1")))))
	})
})
