package harness_test

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// otherRecordings are the questions of WebSockets and elements, the questions that are
// refused before there is a request, and the questions that fail after a redirect.
func otherRecordings() []recording {
	const secondRate, streaming = "http://api.test", "https://stream.test"
	wrongHash := "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	image, err := fixtures.FS.ReadFile("media/image.png")
	if err != nil {
		panic(err)
	}
	always := func(kind, body string, more ...string) servers.Case {
		return servers.Case{Reply: servers.Reply{Header: header(append([]string{acao, "*", "Content-Type", kind}, more...)...), Body: body}}
	}
	picture := always("image/png", string(image))
	closed := servers.Case{Reply: servers.Reply{Header: header("Content-Type", "image/png"), Body: string(image)}}
	notFound := servers.Case{Reply: servers.Reply{Status: 404, Header: header(acao, "*", "Content-Type", "text/javascript"), Body: "1"}}
	dropsThere := servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		if strings.HasPrefix(a.URL, "https://other.test") {
			return servers.Reply{Drop: true}
		}
		return redirectTo("https://other.test", 302)(a)
	}}
	return []recording{
		{name: "websocket-open", request: harness.Request{Via: harness.ViaWebSocket}, answer: servers.Case{Answer: handshake}},
		{name: "websocket-refused", request: harness.Request{Via: harness.ViaWebSocket}, answer: servers.Case{Reply: servers.Reply{Status: 403}}},
		{name: "websocket-dropped", request: harness.Request{Via: harness.ViaWebSocket}, answer: servers.Case{Reply: servers.Reply{Drop: true}}},
		{name: "websocket-denied", request: harness.Request{From: foreign, Via: harness.ViaWebSocket}, answer: servers.Case{Answer: handshake}, denied: true},
		{name: "websocket-mixed-content", request: harness.Request{Via: harness.ViaWebSocket}, answer: servers.Case{Answer: handshake}, at: secondRate},
		{name: "websocket-policy-of-the-page", request: harness.Request{Via: harness.ViaWebSocket, PageHeaders: header("Content-Security-Policy", "connect-src 'self'")},
			answer: servers.Case{Answer: handshake}},

		{name: "mixed-content", answer: picture, at: secondRate},
		{name: "mixed-content-worker", request: harness.Request{Via: harness.ViaWorker}, answer: picture, at: secondRate},
		{name: "mixed-content-xhr", request: harness.Request{Via: harness.ViaXHR}, answer: picture, at: secondRate},
		{name: "mixed-content-script", request: harness.Request{Via: harness.ViaScript}, answer: picture, at: secondRate},
		{name: "mixed-content-frame", request: harness.Request{Via: harness.ViaIframe}, answer: picture, at: secondRate},
		{name: "mixed-content-upgraded", request: harness.Request{Via: harness.ViaImage}, answer: picture, at: secondRate},

		{name: "denied", request: harness.Request{From: foreign}, answer: picture, denied: true},
		{name: "dropped-after-redirect-after-prompt", request: harness.Request{From: foreign}, answer: dropsThere},
		{name: "body-not-sent-again", request: harness.Request{Method: "POST", Body: harness.Stream("x")}, at: streaming,
			answer: servers.Case{Preflight: &servers.Reply{Header: header(acao, "*")}, Reply: servers.Reply{Status: 307, Header: header(acao, "*", "Location", "/elsewhere")}}},

		{name: "image-readable", request: harness.Request{Via: harness.ViaImage, Mode: harness.CORS}, answer: picture},
		{name: "image-opaque", request: harness.Request{Via: harness.ViaImage}, answer: closed},
		{name: "image-blocked", request: harness.Request{Via: harness.ViaImage, Mode: harness.CORS}, answer: closed},
		{name: "image-no-content", request: harness.Request{Via: harness.ViaImage}, answer: servers.Case{Reply: servers.Reply{Status: 204}}},
		{name: "canvas-readable", request: harness.Request{Via: harness.ViaCanvas, Mode: harness.CORS}, answer: picture},
		{name: "canvas-tainted", request: harness.Request{Via: harness.ViaCanvas}, answer: picture},
		{name: "image-bitmap-tainted", request: harness.Request{Via: harness.ViaImageBitmap}, answer: closed},
		{name: "canvas-tainted-by-redirect", request: harness.Request{From: api, Via: harness.ViaCanvas}, answer: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if strings.HasPrefix(a.URL, api) {
				return redirectTo("https://other.test", 302)(a)
			}
			return closed.Reply
		}}},
		{name: "script-wrong-hash", request: harness.Request{Via: harness.ViaScript, Mode: harness.CORS, Integrity: wrongHash}, answer: always("text/javascript", "1")},
		{name: "script-not-found", request: harness.Request{Via: harness.ViaScript}, answer: notFound},
		{name: "module-not-found", request: harness.Request{Via: harness.ViaModule}, answer: notFound},
		{name: "import-throws", request: harness.Request{Via: harness.ViaImport}, answer: always("text/javascript", "throw new Error('mine')")},
		{name: "import-scripts", request: harness.Request{Via: harness.ViaImportScripts}, answer: always("text/javascript", "1")},
		{name: "worker-script", request: harness.Request{From: api, Via: harness.ViaWorkerScript}, answer: always("text/javascript", "1")},
		{name: "style-sheet-nosniff", request: harness.Request{Via: harness.ViaStylesheet, Mode: harness.CORS}, answer: always("text/html", "a{}", "X-Content-Type-Options", "nosniff")},
		{name: "font-blocked", request: harness.Request{Via: harness.ViaFont}, answer: closed},
		{name: "event-source-readable", request: harness.Request{Via: harness.ViaEventSource}, answer: always("text/event-stream", "data: 1\n\n")},
		{name: "event-source-wrong-type", request: harness.Request{Via: harness.ViaEventSource}, answer: always("text/html", "<title>")},
		{name: "manifest-not-found", request: harness.Request{Via: harness.ViaManifest}, answer: notFound},
		{name: "beacon", request: harness.Request{Via: harness.ViaBeacon, Body: harness.Text("x")}, answer: servers.Case{Reply: servers.Reply{Status: 204}}},
		{name: "frame", request: harness.Request{Via: harness.ViaIframe}, answer: always("text/html", "<title>frame</title>")},
		{name: "frame-no-content", request: harness.Request{Via: harness.ViaIframe}, answer: servers.Case{Reply: servers.Reply{Status: 204}}},
		{name: "frame-forbidden", request: harness.Request{Via: harness.ViaIframe}, answer: always("text/html", "<title>frame</title>", "X-Frame-Options", "DENY")},

		{name: "opaque-not-stored", request: harness.Request{Mode: harness.NoCORS}, answer: always("text/plain", "ok", "Cache-Control", "no-store")},
		{name: "opaque-emptied", request: harness.Request{Mode: harness.NoCORS}, answer: always("application/json", "{}", "X-Content-Type-Options", "nosniff")},
		{name: "image-emptied", request: harness.Request{Via: harness.ViaImage}, answer: always("application/json", "{}", "X-Content-Type-Options", "nosniff")},
		{name: "from-disk", answer: always("text/plain", "ok", "Cache-Control", "max-age=600"), twice: true},
		{name: "nothing-sent", request: harness.Request{Cache: harness.CacheOnlyIfCached}, answer: picture},
		{name: "port-blocked", answer: picture, at: "http://api.test:6667", request: harness.Request{From: "http://app.test"}},
	}
}

// handshake accepts a WebSocket.
// https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
func handshake(a harness.Arrival) servers.Reply {
	key, _ := a.Headers.Get("Sec-WebSocket-Key")
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return servers.Reply{Raw: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"}
}
