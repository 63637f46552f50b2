package diagnose_test

import (
	"strings"
	"sync/atomic"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers"
)

func ofRedirects(net *servers.Network) map[string]example {
	open := net.Add(servers.Case{Reply: reply(200, acao, app)}).URL("https://other.test")
	closed := net.Add(servers.Case{}).URL("https://other.test")
	refusing := net.Add(preflighted(reply(206, acao, "*"), reply(403, acao, "*"))).URL("https://other.test")
	to := func(pairs ...string) servers.Case { return servers.Case{Reply: reply(302, pairs...)} }
	return map[string]example{
		"null after a redirect":         {c: to(acao, app, "Location", open), id: "null-after-redirect", layer: diagnose.Page, sure: diagnose.Proved},
		"a redirect to a closed server": {c: to(acao, app, "Location", closed), id: "null-after-redirect-and-closed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"a redirect without the header": {c: to("Location", open), id: "redirect-without-header", layer: diagnose.Framework, sure: diagnose.Proved},
		"a redirect to a login":         {c: to("Location", "/login"), id: "redirect-without-header", layer: diagnose.Login, sure: diagnose.Proved},
		"a redirect with a password":    {c: to(acao, "*", "Location", strings.Replace(open, "https://", "https://u:p@", 1)), id: "redirect-with-login", layer: diagnose.Framework, sure: diagnose.Proved, untried: true},
		"a redirect to nowhere":         {c: to(acao, app, "Location", "data:,a"), id: "redirect-broken", layer: diagnose.Framework, sure: diagnose.Proved, untried: true},
		"a redirect that is not wanted": {c: servers.Case{Answer: redirectingOnce}, r: harness.Request{Redirect: harness.RedirectError}, id: "redirect-mode", layer: diagnose.Page, sure: diagnose.Proved},
		"a redirect that is hidden":     {c: servers.Case{Answer: redirectingOnce}, r: harness.Request{Redirect: harness.RedirectManual}, id: "redirect-manual", layer: diagnose.Page, sure: diagnose.Proved},
		"OPTIONS leads to a login":      {c: preflighted(reply(200, acao, app), reply(302, "Location", "/login")), r: jsonPost, id: "preflight-redirected", layer: diagnose.Login, sure: diagnose.Proved},
		"OPTIONS leads to a slash":      {c: preflighted(reply(200, acao, app), reply(301, "Location", "./x/")), r: jsonPost, id: "preflight-redirected", layer: diagnose.Framework, sure: diagnose.Proved},
		"OPTIONS behind a redirect fails": {c: preflighted(reply(302, acao, "*", "Location", refusing), reply(200, acao, "*", acah, "range")), r: harness.Request{Headers: header("Range", "bytes=-8")},
			id: "options-refused", layer: diagnose.Framework, sure: diagnose.Proved},
	}
}

// redirectingOnce redirects a URL to one below it.
func redirectingOnce(a harness.Arrival) servers.Reply {
	if strings.HasSuffix(a.URL, "/next") {
		return reply(200, acao, app)
	}
	return reply(302, acao, app, "Location", a.URL+"/next")
}

func ofCaches() map[string]example {
	// a server that has CORS headers only for requests with an Origin
	unvarying := func(a harness.Arrival) servers.Reply {
		r := reply(200, "Cache-Control", "max-age=600", "Content-Type", "text/plain")
		if origin, asked := a.Headers.Get("Origin"); asked {
			r.Header = append(r.Header, header(acao, origin)...)
		}
		return r
	}
	closed := reply(200, "Cache-Control", "max-age=600", "Content-Type", "text/plain")
	image := []harness.Request{{Mode: harness.NoCORS}} // its URL is that of the example
	// a server that fails at every second request
	var crashed atomic.Int64
	crashing := servers.Case{Answer: func(harness.Arrival) servers.Reply {
		if crashed.Add(1)%2 == 1 {
			return reply(500)
		}
		return reply(200, acao, app)
	}}
	// a server that allows every second request, from the first or from the second on
	alternating := func(first int64) servers.Case {
		var asked atomic.Int64
		return servers.Case{Answer: func(harness.Arrival) servers.Reply {
			if (asked.Add(1)+first)%2 == 0 {
				return reply(200)
			}
			return reply(200, acao, app)
		}}
	}
	return map[string]example{
		"the browser's cache":                 {c: servers.Case{Answer: unvarying}, r: harness.Request{Before: image, Cache: harness.CacheDefault}, id: "browser-cache", layer: diagnose.Setting, sure: diagnose.Proved, tells: "no request left"},
		"the browser's cache is not at fault": {c: servers.Case{Reply: closed}, r: harness.Request{Before: image, Cache: harness.CacheDefault}, id: "no-header-anywhere", layer: diagnose.Middleware, sure: diagnose.Proved},
		"the browser's cache, later":          {c: servers.Case{Answer: unvarying}, foreign: true, id: "browser-cache-later", layer: diagnose.Setting, sure: diagnose.Proved, tells: "at random"},
		"a cache that is not at fault":        {c: servers.Case{Reply: reply(200, "Age", "7", "X-Cache", "HIT")}, id: "no-header-anywhere", layer: diagnose.Middleware, sure: diagnose.Proved},
		"it alternates":                       {c: alternating(1), id: "alternates", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "four times in a row"},
		"it fails every second time":          {c: crashing, id: "alternates", layer: diagnose.Framework, sure: diagnose.Likely, tells: "four times in a row"},
		"it alternates, readable at first":    {c: alternating(0), claimed: []harness.Reason{harness.MissingAllowOriginHeader}, id: "alternates", layer: diagnose.Middleware, sure: diagnose.Proved},
	}
}

func ofCookies() map[string]example {
	const other = "https://api.other.test"
	held := func(line string) []harness.SetCookie { return []harness.SetCookie{{URL: other, Line: line}} }
	login := servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		if cookie, _ := a.Headers.Get("Cookie"); !strings.Contains(cookie, "sid=1") {
			return reply(401, acao, app, acac, "true")
		}
		return reply(200, acao, app, acac, "true")
	}}
	expired := servers.Case{Reply: reply(401, acao, app, acac, "true")}
	include := harness.Request{URL: other, Credentials: harness.Include}
	denied := func(b *harness.Browser) { b.ThirdPartyCookies = harness.PermissionDenied }
	return map[string]example{
		"a Lax cookie":                     {c: login, r: include, cookies: held("sid=1; Secure; SameSite=Lax"), id: "cookie-of-one-site", layer: diagnose.Login, sure: diagnose.Proved, tells: "SameSite=Lax"},
		"a Lax cookie, expired":            {c: expired, r: include, cookies: held("sid=1; Secure; SameSite=Lax")},
		"a cookie without SameSite":        {c: login, r: include, cookies: held("sid=1"), id: "cookie-of-one-site", layer: diagnose.Login, sure: diagnose.Proved},
		"third-party cookies":              {c: login, r: include, cookies: held("sid=1; Secure; SameSite=None"), browser: denied, id: "third-party-cookie", layer: diagnose.Setting, sure: diagnose.Proved, tells: "third-party"},
		"third-party cookies, expired":     {c: expired, r: include, cookies: held("sid=1; Secure; SameSite=None"), browser: denied},
		"no credentials":                   {c: login, r: harness.Request{URL: other}, cookies: held("sid=1; Secure; SameSite=None"), id: "no-credentials", layer: diagnose.Page, sure: diagnose.Proved, tells: "status 200"},
		"no credentials, expired":          {c: expired, r: harness.Request{URL: other}, cookies: held("sid=1; Secure; SameSite=None")},
		"no credentials, and a Lax cookie": {c: login, r: harness.Request{URL: other}, cookies: held("sid=1; Secure; SameSite=Lax"), id: "cookie-of-one-site", layer: diagnose.Login, sure: diagnose.Proved},
		"a Secure cookie on http": {c: servers.Case{Reply: reply(401, acao, "http://app.test", acac, "true")}, r: harness.Request{From: "http://app.test", URL: "http://api.other.test", Credentials: harness.Include},
			cookies: held("sid=1; Secure; SameSite=None"), id: "cookie-held-back", layer: diagnose.Login, sure: diagnose.Likely, untried: true, tells: "Secure"},
		"a cookie that is not stored": {c: servers.Case{Reply: reply(200, acao, app, acac, "true", "Set-Cookie", "sid=1; HttpOnly; SameSite=Lax")}, r: include,
			id: "cookie-not-stored", layer: diagnose.Login, sure: diagnose.Proved, untried: true, tells: "SameSiteLax"},
		"a header that is not exposed": {c: servers.Case{Reply: reply(200, acao, "*", "Mcp-Session-Id", "5f1c", "X-Request-Id", "1")}, id: "header-not-exposed", layer: diagnose.Middleware, sure: diagnose.Proved, tells: "Mcp-Session-Id"},
		"exposed by the preflight alone": {c: preflighted(reply(200, acao, "*", "Mcp-Session-Id", "5f1c"), reply(204, acao, "*", acah, "x-a", aceh, "Mcp-Session-Id")), r: harness.Request{Headers: header("X-A", "1")},
			id: "header-not-exposed", layer: diagnose.Middleware, sure: diagnose.Proved},
		"exposed by a star, with credentials": {c: servers.Case{Reply: reply(200, acao, app, acac, "true", aceh, "*", "X-Total", "3")}, r: harness.Request{Credentials: harness.Include},
			id: "header-not-exposed", layer: diagnose.Middleware, sure: diagnose.Proved},
	}
}
