package diagnose_test

import (
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers"
)

func ofPages(net *servers.Network) map[string]example {
	allowed := servers.Case{Reply: reply(200, acao, "*")}
	named := servers.Case{Reply: reply(200, acao, app)}
	echo := servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		if origin, _ := a.Headers.Get("Origin"); origin != "null" {
			return reply(200, acao, origin)
		}
		return reply(200)
	}}
	denied := func(b *harness.Browser) { b.LocalNetwork = harness.PermissionDenied }
	home, _ := net.Handle(app, "/api.test/v1", servers.Case{Reply: reply(404)})
	file, _ := net.Handle(app, "/data.json/v1", servers.Case{Reply: reply(404)})
	_, _ = net.Handle(api, "/v1", allowed)
	hash := "sha256-WazVQOu5lmXfSreSrMJd1CsaQ4c00fUQpJfBYCuMSIw="
	script := withBody(reply(200, acao, "*", "Content-Type", "text/javascript"), "var a=1")
	return map[string]example{
		"an opaque page, a named origin":   {c: named, r: harness.Request{From: harness.OpaqueOrigin}, id: "page-without-origin", layer: diagnose.Page, sure: diagnose.Proved},
		"an opaque page, an echo":          {c: echo, r: harness.Request{From: harness.OpaqueOrigin}, id: "page-without-origin", layer: diagnose.Page, sure: diagnose.Proved},
		"a file":                           {c: named, r: harness.Request{From: harness.FilePage}, id: "page-without-origin", layer: diagnose.Page, sure: diagnose.Proved},
		"an opaque page, and no header":    {c: servers.Case{}, r: harness.Request{From: harness.OpaqueOrigin}, id: "no-header-anywhere", layer: diagnose.Middleware, sure: diagnose.Proved, never: "send Access-Control-Allow-Origin: null"},
		"mode same-origin":                 {c: named, r: harness.Request{Mode: harness.SameOriginOnly}, id: "mode-same-origin", layer: diagnose.Page, sure: diagnose.Proved},
		"mode no-cors":                     {c: named, r: harness.Request{Mode: harness.NoCORS}, id: "mode-no-cors", layer: diagnose.Page, sure: diagnose.Proved, tells: "readable"},
		"mode no-cors, and no header":      {c: servers.Case{}, r: harness.Request{Mode: harness.NoCORS}, id: "mode-no-cors", layer: diagnose.Page, sure: diagnose.Proved, tells: "blocked"},
		"a login in the URL":               {r: harness.Request{URL: "https://u:p@api.test/v1"}, id: "login-in-url", layer: diagnose.Page, sure: diagnose.Proved},
		"a forbidden method":               {c: named, r: harness.Request{Method: "TRACE"}, id: "request-not-possible", layer: diagnose.Page, sure: diagnose.Proved, untried: true},
		"mixed content":                    {c: allowed, r: harness.Request{URL: "http://api.other.test"}, id: "mixed-content", layer: diagnose.Page, sure: diagnose.Proved},
		"a Content-Security-Policy":        {c: named, r: harness.Request{PageHeaders: header("Content-Security-Policy", "connect-src 'self'")}, id: "content-security-policy", layer: diagnose.Page, sure: diagnose.Proved},
		"a port that is blocked":           {r: harness.Request{URL: "https://api.test:6667/"}, id: "port-blocked", layer: diagnose.Network, sure: diagnose.Proved, untried: true},
		"a scheme that is missing":         {r: harness.Request{URL: home.URL("")}, id: "scheme-missing", layer: diagnose.Page, sure: diagnose.Proved},
		"a file that is missing":           {r: harness.Request{URL: file.URL("")}},
		"a worker elsewhere":               {c: servers.Case{Reply: script}, r: harness.Request{Via: harness.ViaWorkerScript}, id: "worker-elsewhere", layer: diagnose.Page, sure: diagnose.Proved},
		"a script that gives up":           {c: servers.Case{Reply: servers.Reply{Header: header(acao, app), After: 300 * time.Millisecond}}, r: harness.Request{TimeoutAfter: 50 * time.Millisecond}, id: "script-gave-up", layer: diagnose.Page, sure: diagnose.Proved},
		"only from the cache":              {c: named, r: harness.Request{Cache: harness.CacheOnlyIfCached, Mode: harness.SameOriginOnly, URL: app}, id: "cache-mode", layer: diagnose.Page, sure: diagnose.Proved},
		"integrity without the attribute":  {c: servers.Case{Reply: script}, r: harness.Request{Via: harness.ViaScript, Integrity: hash}, id: "integrity-without-cors", layer: diagnose.Page, sure: diagnose.Proved},
		"integrity with a wrong hash":      {c: servers.Case{Reply: script}, r: harness.Request{Integrity: strings.Replace(hash, "W", "X", 1)}, id: "integrity", layer: diagnose.Page, sure: diagnose.Proved},
		"the local network":                {c: allowed, r: harness.Request{AddressSpace: harness.SpacePublic}, browser: denied, id: "local-network-denied", layer: diagnose.Setting, sure: diagnose.Proved, tells: "no request left"},
		"the local network, and no header": {c: servers.Case{}, r: harness.Request{AddressSpace: harness.SpacePublic}, browser: denied, id: "local-network-denied", layer: diagnose.Setting, sure: diagnose.Proved},
		"the local network, on http":       {c: allowed, r: harness.Request{From: "http://app.other.test", URL: api, AddressSpace: harness.SpacePublic}, id: "local-network-insecure", layer: diagnose.Page, sure: diagnose.Proved},
		"the local network, in a frame":    {c: allowed, r: harness.Request{Within: "https://outer.test", AddressSpace: harness.SpacePublic}, id: "local-network-barred", layer: diagnose.Page, sure: diagnose.Proved},
		"the local network, by the page's policy": {c: allowed, r: harness.Request{AddressSpace: harness.SpacePublic, PageHeaders: header("Permissions-Policy", "loopback-network=(), local-network-access=()")},
			id: "local-network-barred", layer: diagnose.Page, sure: diagnose.Proved},
	}
}

func ofElements() map[string]example {
	html := withBody(reply(200, "Content-Type", "text/html", acao, "*"), "<!doctype html><title>login</title>")
	missing := withBody(reply(404, "Content-Type", "text/html", acao, "*", "X-Content-Type-Options", "nosniff"), "<center>nginx</center>")
	image := withBody(reply(200, "Content-Type", "image/png"), pixel)
	isolated := harness.Request{Via: harness.ViaImage, PageHeaders: header("Cross-Origin-Embedder-Policy", "require-corp", "Cross-Origin-Opener-Policy", "same-origin")}
	return map[string]example{
		"a canvas":                   {c: servers.Case{Reply: image}, r: harness.Request{Via: harness.ViaCanvas}, id: "canvas-tainted", layer: diagnose.Page, sure: diagnose.Proved, tells: "crossorigin"},
		"an error page for an image": {c: servers.Case{Reply: missing}, r: harness.Request{Via: harness.ViaImage}, id: "error-page-for-element", layer: diagnose.Gateway, sure: diagnose.Proved, untried: true, tells: "error page of nginx"},
		"an error page for a module": {c: servers.Case{Reply: missing}, r: harness.Request{Via: harness.ViaModule}, id: "error-page-for-element", layer: diagnose.Gateway, sure: diagnose.Proved, untried: true},
		"a page for a module":        {c: servers.Case{Reply: html}, r: harness.Request{Via: harness.ViaModule}, id: "another-page-for-element", layer: diagnose.Framework, sure: diagnose.Proved, untried: true, tells: "text/html"},
		"a wrong type for a module":  {c: servers.Case{Reply: reply(200, acao, "*", "Content-Type", "text/plain")}, r: harness.Request{Via: harness.ViaModule}, id: "wrong-type", layer: diagnose.Framework, sure: diagnose.Likely, untried: true},
		"a resource policy":          {c: servers.Case{Reply: withBody(reply(200, "Content-Type", "image/png", "Cross-Origin-Resource-Policy", "same-origin"), pixel)}, r: harness.Request{Via: harness.ViaImage}, id: "resource-policy", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "helmet"},
		"an embedder policy":         {c: servers.Case{Reply: image}, r: isolated, id: "embedder-policy", layer: diagnose.Page, sure: diagnose.Proved},
	}
}

func ofNetwork(net *servers.Network) map[string]example {
	return map[string]example{
		"the connection is closed":  {c: servers.Case{Reply: servers.Reply{Drop: true}}, id: "connection-closed", layer: diagnose.Network, sure: diagnose.Proved, untried: true},
		"OPTIONS is not answered":   {c: preflighted(reply(200, acao, app), servers.Reply{Drop: true}), r: jsonPost, id: "connection-closed", layer: diagnose.Network, sure: diagnose.Proved, untried: true, tells: "OPTIONS got no answer"},
		"an answer that is no HTTP": {c: servers.Case{Reply: servers.Reply{Raw: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"}}, id: "no-http", layer: diagnose.Network, sure: diagnose.Proved, untried: true},
		"nothing listens":           {r: harness.Request{URL: "http://127.0.0.1:1029/"}, id: "nothing-listens", layer: diagnose.Network, sure: diagnose.Proved, untried: true},
		"a websocket": {c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if origin, _ := a.Headers.Get("Origin"); origin == api {
				return reply(426)
			}
			return reply(403)
		}}, r: harness.Request{URL: "wss://api.test", Via: harness.ViaWebSocket}, id: "websocket-origin", layer: diagnose.Framework, sure: diagnose.Proved, untried: true},
		"a websocket, refused for all": {c: servers.Case{Reply: reply(404)}, r: harness.Request{URL: "wss://api.test", Via: harness.ViaWebSocket}, id: "websocket-refused", layer: diagnose.Framework, sure: diagnose.Proved, untried: true},
	}
}
