package diagnose_test

import (
	"maps"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers"
)

// examples are all examples.
func examples(net *servers.Network) map[string]example {
	all := map[string]example{}
	for _, some := range []map[string]example{right(), ofAnswers(net), ofPreflights(), ofLists(), ofRedirects(net), ofCaches(), ofCookies(), ofPages(net), ofElements(), ofNetwork(net)} {
		maps.Copy(all, some)
	}
	return all
}

var jsonPost = harness.Request{Method: "POST", Body: harness.JSON("{}")}

// right are servers that are not accused.
func right() map[string]example {
	allowed := reply(200, acao, app)
	return map[string]example{
		"right":           {c: servers.Case{Reply: allowed}},
		"right, an error": {c: servers.Case{Reply: reply(500, acao, app)}},
		"right, and with a header that no script wants": {c: servers.Case{Reply: reply(200, acao, app, "X-Request-Id", "1", "Server", "nginx")}},
		"right, and exposed":                            {c: servers.Case{Reply: reply(200, acao, app, "Mcp-Session-Id", "1", aceh, "Mcp-Session-Id")}},
		"right, stored, with Vary":                      {c: servers.Case{Reply: reply(200, acao, app, "Cache-Control", "max-age=60", "Vary", "Origin")}},
		"right, stored, the same for every request":     {c: servers.Case{Reply: reply(200, acao, app, "Cache-Control", "max-age=60")}},
		"right, an unsafe method":                       {c: preflighted(allowed, reply(204, acao, app, acam, "DELETE")), r: harness.Request{Method: "DELETE"}},
		"right, HEAD":                                   {c: servers.Case{Reply: allowed}, r: harness.Request{Method: "HEAD"}},
		"right, an image":                               {c: servers.Case{Reply: withBody(reply(200, "Content-Type", "image/png"), pixel)}, r: harness.Request{Via: harness.ViaImage}},
		"right, 401 without any cookie":                 {c: servers.Case{Reply: reply(401, acao, app, acac, "true")}, r: harness.Request{Credentials: harness.Include}},
		"right, a preflight with a body":                {c: preflighted(allowed, withBody(reply(200, acao, app, acah, "content-type"), "OK")), r: jsonPost},
		"right, readable now, whatever a line said":     {c: servers.Case{Reply: allowed}, claimed: []harness.Reason{harness.MissingAllowOriginHeader}},
	}
}

// pixel is an image.
const pixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"

// listing is a server that keeps a list of origins, and sends the origin back.
func listing(origins ...string) servers.Case {
	return servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		asked, _ := a.Headers.Get("Origin")
		for _, origin := range origins {
			if origin == asked {
				return reply(200, acao, asked, "Vary", "Origin")
			}
		}
		return reply(200, "Vary", "Origin")
	}}
}

func ofAnswers(net *servers.Network) map[string]example {
	_, _ = net.Handle("https://bare.test", "/", servers.Case{Reply: reply(200, acao, app)})
	none := servers.Case{Reply: reply(200)}
	// a server whose errors lack the header: every address below its own is right
	errors := func(failing servers.Reply) servers.Case {
		return servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if len(a.URL) > len(api)+len("/r/1234567") {
				return reply(404, acao, app)
			}
			return failing
		}}
	}
	return map[string]example{
		"no header anywhere":               {c: none, id: "no-header-anywhere", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "works in curl"},
		"no header, by a module":           {c: none, r: harness.Request{Via: harness.ViaModule}, id: "no-header-anywhere", layer: diagnose.Middleware, sure: diagnose.Proved},
		"no header, by a font":             {c: none, r: harness.Request{Via: harness.ViaFont}, id: "no-header-anywhere", layer: diagnose.Middleware, sure: diagnose.Proved},
		"an origin like the page's":        {c: listing("http://app.test"), id: "another-origin-listed", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "keeps a list"},
		"www and without":                  {c: listing("https://www.app.test"), id: "another-origin-listed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a list without the page":          {c: listing("https://quite.other.test"), id: "no-header-anywhere", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "compares Origin with a list"},
		"errors only, the app's":           {c: errors(reply(500)), id: "errors-only", layer: diagnose.Framework, sure: diagnose.Proved, tells: "not there is readable"},
		"errors only, the gateway's":       {c: errors(withBody(reply(403, "Server", "nginx"), "<center>nginx</center>")), id: "errors-only", layer: diagnose.Gateway, sure: diagnose.Proved, tells: "error page of nginx"},
		"errors only, AWS":                 {c: errors(withBody(reply(403, "x-amzn-RequestId", "1"), `{"message":"Forbidden"}`)), id: "errors-only", layer: diagnose.Gateway, sure: diagnose.Proved, tells: "API Gateway"},
		"errors only, the login":           {c: errors(reply(401, "Server", "nginx")), id: "errors-only", layer: diagnose.Login, sure: diagnose.Proved, tells: "the answer has server: nginx"},
		"a status that only a proxy gives": {c: servers.Case{Reply: reply(407, acao, app)}, id: "proxy-status", layer: diagnose.Login, sure: diagnose.Proved, untried: true},
		"errors only, a store":             {c: errors(withBody(reply(400), "<Error><Code>XAmzContentSHA256Mismatch</Code></Error>")), id: "errors-only", layer: diagnose.Framework, sure: diagnose.Proved, tells: "object store"},
		"errors only, without always":      {c: servers.Case{Reply: reply(404, "Server", "nginx")}, r: harness.Request{URL: "https://bare.test"}, id: "errors-only", layer: diagnose.Framework, sure: diagnose.Proved, tells: "the root of the server is readable", advises: "always"},
		"an error, and no header anywhere": {c: servers.Case{Reply: reply(500)}, id: "errors-only", layer: diagnose.Framework, sure: diagnose.Likely},
		"an error after a preflight": {c: preflighted(reply(502, "Server", "nginx"), reply(200, acao, app, acah, "X-A")), r: harness.Request{Headers: header("X-A", "1")},
			id: "errors-only", layer: diagnose.Gateway, sure: diagnose.Likely}, // whether an answer with success has the header is not seen
		"an error after a preflight, and the rest is right": {c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if _, sent := a.Headers.Get("X-A"); sent {
				return reply(502, "Server", "nginx")
			} else if strings.Contains(a.URL, "not-here") {
				return reply(404)
			}
			return reply(200, acao, app, acah, "X-A")
		}}, r: harness.Request{Headers: header("X-A", "1")}, id: "errors-only", layer: diagnose.Gateway, sure: diagnose.Proved, tells: "a plain GET by the same page is readable"},
		"two parts": {c: preflighted(reply(200), reply(200, acao, app, acah, "X-A")), r: harness.Request{Headers: header("X-A", "1")},
			id: "two-parts-of-the-server", layer: diagnose.Framework, sure: diagnose.Proved},
		"one path alone": {c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if len(a.URL) > len(api)+len("/r/1234567") {
				return reply(404, acao, app)
			}
			return reply(200)
		}}, id: "only-this-path", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "not there is readable"},
		"a sandbox, and a list": {c: servers.Case{Reply: reply(200, "Vary", "Origin")}, r: harness.Request{From: harness.OpaqueOrigin}, id: "page-without-origin", layer: diagnose.Page, sure: diagnose.Likely, tells: "Vary: Origin"},
		"credentials twice": {c: servers.Case{Reply: reply(200, acao, app, acac, "true", acac, "true")}, r: harness.Request{Credentials: harness.Include},
			id: "header-twice", layer: diagnose.Middleware, sure: diagnose.Proved, tells: acac},
		"twice":               {c: servers.Case{Reply: reply(200, acao, "*", acao, "*")}, id: "header-twice", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "no header of the answer shows a gateway"},
		"twice, by a gateway": {c: servers.Case{Reply: reply(200, acao, "*", acao, "*", "Via", "1.1 edge")}, id: "header-twice", layer: diagnose.Gateway, sure: diagnose.Proved},
		"a list in a line":    {c: servers.Case{Reply: reply(200, acao, app+", https://b.test")}, id: "wrong-value", layer: diagnose.Middleware, sure: diagnose.Proved},
		"with a slash":        {c: servers.Case{Reply: reply(200, acao, app+"/")}, id: "wrong-value", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "no slash at its end"},
		"another origin":      {c: servers.Case{Reply: reply(200, acao, "https://www.app.test")}, id: "wrong-value", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "gets the same value"},
		"undefined":           {c: servers.Case{Reply: reply(200, acao, "undefined")}, id: "wrong-value", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "unset variable"},
		"empty":               {c: servers.Case{Reply: reply(200, acao, "")}, id: "wrong-value", layer: diagnose.Middleware, sure: diagnose.Proved},
		"wildcard, include":   {c: servers.Case{Reply: reply(200, acao, "*")}, r: harness.Request{Credentials: harness.Include}, id: "credentials", layer: diagnose.Middleware, sure: diagnose.Proved, advises: "must send Access-Control-Allow-Credentials: true"},
		"True": {c: servers.Case{Reply: reply(200, acao, app, acac, "True")}, r: harness.Request{Credentials: harness.Include},
			id: "credentials", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "lower case"},
		"not allowed with credentials, nor without": {c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if _, signed := a.Headers.Get("Cookie"); signed {
				return reply(200, acao, "*")
			}
			return reply(200, acao, "https://b.test")
		}}, cookies: []harness.SetCookie{{URL: api, Line: "sid=1; Secure; SameSite=None"}}, r: harness.Request{Credentials: harness.Include},
			id: "credentials-and-more", layer: diagnose.Middleware, sure: diagnose.Proved},
	}
}

func ofPreflights() map[string]example {
	allowed := reply(200, acao, app)
	bearer := harness.Request{Headers: header("Authorization", "Bearer s3cret")}
	return map[string]example{
		"no route for OPTIONS":            {c: preflighted(allowed, reply(405)), r: jsonPost, id: "options-refused", layer: diagnose.Framework, sure: diagnose.Proved},
		"no route, Express":               {c: preflighted(allowed, withBody(reply(404), "<pre>Cannot OPTIONS /a</pre>")), r: jsonPost, id: "options-refused", layer: diagnose.Framework, sure: diagnose.Proved, tells: "Express"},
		"no route, and headers":           {c: preflighted(allowed, reply(405, acao, app)), r: jsonPost, id: "options-refused", layer: diagnose.Framework, sure: diagnose.Proved},
		"OPTIONS wants a login":           {c: preflighted(allowed, reply(401, acao, app)), r: jsonPost, id: "options-refused", layer: diagnose.Login, sure: diagnose.Proved},
		"OPTIONS and GET want a login":    {c: servers.Case{Reply: reply(401)}, r: jsonPost, id: "options-refused", layer: diagnose.Login, sure: diagnose.Proved},
		"OPTIONS is refused by a gateway": {c: preflighted(allowed, withBody(reply(403), "<center>nginx</center>")), r: jsonPost, id: "options-refused", layer: diagnose.Gateway, sure: diagnose.Proved},
		"a login before OPTIONS": {c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if _, signed := a.Headers.Get("Authorization"); !signed {
				return reply(403)
			}
			return reply(204, acao, app, acah, "authorization")
		}}, r: bearer, id: "options-refused", layer: diagnose.Login, sure: diagnose.Proved, tells: "with the page's Authorization"},
		"OPTIONS and all else is refused": {c: servers.Case{Reply: reply(403)}, r: jsonPost, id: "options-refused", layer: diagnose.Framework, sure: diagnose.Likely},
		"Range needs a preflight": {c: preflighted(reply(206, acao, "*"), reply(403)), r: harness.Request{Headers: header("Range", "bytes=-8")},
			id: "options-refused", layer: diagnose.Framework, sure: diagnose.Proved},
		"OPTIONS is answered before the middleware": {c: preflighted(allowed, reply(204, "Allow", "GET, POST")), r: jsonPost, id: "options-without-headers", layer: diagnose.Framework, sure: diagnose.Proved, tells: "as a router answers OPTIONS"},
		"the library leaves all out": {c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if names, _ := a.Headers.Get("Access-Control-Request-Headers"); names != "" {
				return reply(204)
			}
			return allowed
		}}, r: jsonPost, id: "library-leaves-headers-out", layer: diagnose.Middleware, sure: diagnose.Proved},
		"the library refuses one header": {c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if names, asked := a.Headers.Get("Access-Control-Request-Headers"); asked && len(names) > len("x-a") {
				return reply(204)
			}
			return reply(200, acao, app, acah, "x-a", acam, "PUT")
		}}, r: harness.Request{Headers: header("X-A", "1", "X-B", "1")}, id: "library-leaves-headers-out", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "without the header x-b, the preflight passes"},
		"the origin is not listed":    {c: preflighted(reply(200), reply(204)), r: jsonPost, id: "origin-not-listed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"the preflight names another": {c: preflighted(allowed, reply(204, acao, "https://b.test", acah, "content-type")), r: jsonPost, id: "wrong-value", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a beacon": {c: preflighted(allowed, reply(204, acao, app, acah, "content-type")), r: harness.Request{Via: harness.ViaBeacon, Body: harness.JSON("{}")},
			id: "credentials", layer: diagnose.Middleware, sure: diagnose.Proved, advises: "beacon", never: "ask without credentials"},
	}
}

func ofLists() map[string]example {
	allowed := reply(200, acao, app)
	lists := func(pairs ...string) servers.Case {
		return preflighted(allowed, reply(204, append([]string{acao, app}, pairs...)...))
	}
	include := func(r harness.Request) harness.Request {
		r.Credentials = harness.Include
		return r
	}
	return map[string]example{
		"a method that is not listed": {c: lists(acam, "GET"), r: harness.Request{Method: "DELETE"}, id: "not-listed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a header that is not listed": {c: lists(acah, "X-B"), r: harness.Request{Headers: header("X-A", "1")}, id: "not-listed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a header of responses":       {c: lists(acah, "X-B"), r: harness.Request{Headers: header(acao, "*")}, id: "header-of-responses", layer: diagnose.Page, sure: diagnose.Proved},
		"a header of a library":       {c: lists(acah, "X-B"), r: harness.Request{Headers: header("baggage", "a", "sentry-trace", "b", "X-B", "1")}, id: "library-adds-header", layer: diagnose.Library, sure: diagnose.Proved, tells: "Sentry"},
		"headers of an SDK": {c: lists(acah, "Authorization,Content-Type,x-stainless-os"), r: harness.Request{Method: "POST", Body: harness.JSON("{}"),
			Headers: header("Authorization", "Bearer x", "x-stainless-os", "a", "x-stainless-timeout", "600", "x-stainless-helper-method", "stream")},
			id: "library-adds-header", layer: diagnose.Library, sure: diagnose.Proved, tells: "x-stainless-helper-method"},
		"a method in lower case":    {c: lists(acam, "PATCH"), r: harness.Request{Method: "patch"}, id: "method-in-lower-case", layer: diagnose.Page, sure: diagnose.Proved},
		"in lower case, not listed": {c: lists(acam, "GET"), r: harness.Request{Method: "patch"}, id: "not-listed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a star with credentials":   {c: lists(acah, "*", acac, "true"), r: include(harness.Request{Headers: header("X-A", "1")}), id: "star-with-credentials", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a star, and no permission": {c: lists(acah, "X-C", acac, "true"), r: include(harness.Request{Headers: header("X-A", "1")}), id: "not-listed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a list that is none":       {c: lists(acah, `["x-a"]`), r: harness.Request{Headers: header("X-A", "1")}, id: "list-is-no-list", layer: diagnose.Middleware, sure: diagnose.Proved, tells: `["x-a"]`},
		"methods that are no list":  {c: lists(acam, `"PUT"`), r: harness.Request{Method: "PUT"}, id: "list-is-no-list", layer: diagnose.Middleware, sure: diagnose.Proved},
	}
}
