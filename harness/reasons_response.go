package harness

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// cachedWithout explains a response that a cache had stored for a request
// without an Origin.
func cachedWithout(e evidence, row Explanation) (Explanation, bool) {
	if !e.by.cached() {
		return row, false
	}
	row.Anchor = anchorCaches
	return row.refine("Make the server send Vary: Origin with every response of this URL, also where the request has no Origin, so that caches store an answer for each origin.",
		"The browser took the response from its %s, where it was stored without Access-Control-Allow-Origin, and did not ask the server.", cacheName(e.by.FromCache))
}

// cached says whether a cache answered, in place of the server. A link that has just loaded the
// URL for this question is no cache.
func (e Exchange) cached() bool {
	return e.FromCache != "" && e.FromCache != string(HintPreload) && !e.Sent
}

// cachedForAnother explains a response that a cache had stored for another page.
func cachedForAnother(e evidence, row Explanation) (Explanation, bool) {
	if !e.by.cached() {
		return row, false
	}
	row.Anchor = anchorCaches
	return row.refine("Make the server send Vary: Origin with every response of this URL, so that caches store an answer for each origin.",
		"The browser took the response from its %s, where it was stored for %s, and did not ask the server.", cacheName(e.by.FromCache), brief(e.allowed))
}

// sharedCache explains a response that a cache between browser and server had stored, perhaps
// for another page.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func sharedCache(e evidence, row Explanation) (Explanation, bool) {
	hit := sharedCacheLines(e.by)
	if e.by.FromCache != "" || hit == "" || e.by.ResponseHeaders.VariesByOrigin() {
		return row, false
	}
	row.Anchor = anchorCaches
	const remedy = "Make the server send Vary: Origin with every response of this URL, have the cache pass Origin on and store an answer for each origin, and clear the cache. Then ask again."
	if e.allowed == "" {
		return row.refine(remedy, "The response has no Access-Control-Allow-Origin. It came from a shared cache (%s) and has no Vary: Origin, so it may be the answer to a request without Origin.", hit)
	}
	return row.refine(remedy, "The response allows %s and not %s. It came from a shared cache (%s) and has no Vary: Origin, so it may be the answer to another site.", brief(e.allowed), brief(e.origin), hit)
}

// sharedCacheHeaders tell by their value that a shared cache had the response.
// https://www.rfc-editor.org/rfc/rfc9211
var sharedCacheHeaders = []string{"X-Cache", "CF-Cache-Status", "X-Cache-Status", "X-Proxy-Cache", "Cache-Status", "X-Vercel-Cache"}

// SharedCache returns the response headers that tell of a shared cache, between browser and
// server, that had the response. It is empty where none does.
func (e Exchange) SharedCache() Header {
	var told Header
	if age, present := e.ResponseHeaders.Get("Age"); present && strings.TrimLeft(age, "0") != "" {
		told = append(told, Field{Name: "Age", Value: age})
	}
	for _, name := range sharedCacheHeaders {
		if value, _ := e.ResponseHeaders.Get(name); strings.Contains(strings.ToLower(value), "hit") {
			told = append(told, Field{Name: name, Value: value})
		}
	}
	if value, _ := e.ResponseHeaders.Get("X-Varnish"); len(strings.Fields(value)) == 2 { // a second number is the request that the answer was stored for
		told = append(told, Field{Name: "X-Varnish", Value: value})
	}
	return told
}

// sharedCacheLines are the headers of SharedCache in a sentence.
func sharedCacheLines(e Exchange) string {
	var lines []string
	for _, f := range e.SharedCache() {
		lines = append(lines, f.Name+": "+brief(f.Value))
	}
	return strings.Join(lines, ", ")
}

// serviceWorkerCache is the FromCache of what a service worker answered.
const serviceWorkerCache = "service-worker"

// cacheName is the name of a cache in a sentence.
func cacheName(cache string) string {
	switch cache {
	case serviceWorkerCache:
		return "service worker"
	case string(HintPreload):
		return "preload"
	}
	return clean(cache) + " cache"
}

// redirectWithout explains a redirect that lacks the header. A page that follows a redirect
// to a login gets a page of HTML that it has no use for.
func redirectWithout(e evidence, row Explanation) (Explanation, bool) {
	location, ok := e.by.ResponseHeaders.Get(web.NameLocation)
	if !ok || e.by.Status < 300 || e.by.Status > 399 {
		return row, false
	}
	const meaning = "The redirect to %s%s has no Access-Control-Allow-Origin, and each response of a redirect chain needs it."
	remedy := "Have the page ask for the final URL directly, or make the server send Access-Control-Allow-Origin with the redirect too."
	kind, other := redirectKind(e.by.URL, location)
	if kind != "" {
		kind += ","
	}
	if leadsToLogin(e.by.URL, location) {
		other = "Make the server answer a script without a login with 401 and Access-Control-Allow-Origin, and redirect only navigations."
	}
	return row.refine(cmp.Or(other, remedy), meaning, brief(location), kind)
}

// bareWithout explains a response that lacks the header and is no error.
func bareWithout(e evidence, row Explanation) (Explanation, bool) {
	allow := "send Access-Control-Allow-Origin: " + brief(e.origin)
	switch passed := e.Preflights(); {
	case e.by.Status == 304:
		return row.refine("Make the server "+allow+" with 304 too, or have the page not set the validator: the browser's cache sends one.",
			"The server answered 304 to a request that the page itself made conditional, and the 304 has no Access-Control-Allow-Origin.")
	case !web.IsOKStatus(e.by.Status):
		return row, false
	case len(passed) > 0:
		return row.refine("Make the part of the server that answers "+brief(e.by.Method)+", such as the function behind a gateway, "+allow+" too.",
			"The answer to the preflight allows the origin, and the answer to %s (%d) has no Access-Control-Allow-Origin: two parts of the server give these answers.", brief(e.by.Method), e.by.Status)
	}
	return row.refine("Make "+e.server()+" "+allow+" with this response.",
		"The response (%d) has no Access-Control-Allow-Origin, so no page of another origin may read it.", e.by.Status)
}

// errorWithout explains an error response that lacks the header.
func errorWithout(e evidence, row Explanation) (Explanation, bool) {
	const meaning = "%s answered %d without Access-Control-Allow-Origin, so the page cannot see the error."
	refine := func(remedy string) (Explanation, bool) {
		return row.refine(remedy+alwaysSent(e.by), meaning, e.theServer(), e.by.Status)
	}
	switch status := e.by.Status; {
	case status == 413:
		return refine("The body is larger than the server, or the proxy in front of it, takes: raise that limit or send less, and have Access-Control-Allow-Origin sent with error responses too.")
	case status == 502, status == 503, status == 504:
		return refine("Look at the server behind the gateway: a gateway answers so when it gets no valid answer from that server. Then make the gateway send Access-Control-Allow-Origin with error responses too.")
	case status >= 500:
		return refine("Find the cause of the error itself, and make the server or its proxy send Access-Control-Allow-Origin with error responses too.")
	case status == 401, status == 403, status == 407, status == 429:
		return refine("Make the part that refused, often a gateway or the login, send Access-Control-Allow-Origin with its responses too.")
	case status >= 400:
		return refine("Check the URL and method, and make the server send Access-Control-Allow-Origin with error responses too.")
	}
	return row, false
}

// alwaysSent says how a server of that name sends a header with error responses too. It is
// empty where the response names no such server.
// https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header
// https://httpd.apache.org/docs/2.4/mod/mod_headers.html#header
func alwaysSent(e Exchange) string {
	name, _ := e.ResponseHeaders.Get("Server")
	switch product, _, _ := strings.Cut(strings.ToLower(name), "/"); product {
	case "nginx", "openresty":
		return " The response comes from " + product + ": its add_header needs the word always for error responses."
	case "apache":
		return " The response comes from Apache: its Header needs the word always for error responses."
	}
	return ""
}

// redirectKind distinguishes the usual redirects: the slash at the end, http to
// https, and the login.
func redirectKind(from, location string) (kind, remedy string) {
	a, errA := url.Parse(from)
	b, errB := url.Parse(location)
	if errA != nil || errB != nil {
		return "", ""
	}
	b = a.ResolveReference(b)
	switch {
	case a.Host == b.Host && a.Scheme == b.Scheme && a.Path != b.Path && strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/"):
		return ", the same path with or without a slash at its end", "Have the page ask for the path as the server wants it, or make the server take both."
	case a.Scheme == "http" && b.Scheme == "https" && a.Hostname() == b.Hostname():
		return ", the same host over https", "Have the page ask for the https URL."
	case isLogin(b):
		return ", which looks like a login", "Make the server answer OPTIONS before it checks who is signed in."
	}
	return "", ""
}

// leadsToLogin says whether a redirect looks like one to the page to sign in at.
func leadsToLogin(from, location string) bool {
	a, errA := url.Parse(from)
	b, errB := url.Parse(location)
	return errA == nil && errB == nil && isLogin(a.ResolveReference(b))
}

// logins are the names by which hosts and paths to sign in at are usually called.
var logins = []string{"login", "log-in", "log_in", "signin", "sign-in", "sign_in", "signin-oidc", "oauth", "oauth2", "sso", "saml", "saml2", "authorize"}

// isLogin says whether a URL looks like the page to sign in at: the first label of its
// host, or a whole segment of its path, is called so.
func isLogin(u *url.URL) bool {
	label, _, _ := strings.Cut(u.Hostname(), ".")
	for _, name := range append(strings.Split(u.Path, "/"), label) {
		name, _, _ = strings.Cut(strings.ToLower(name), ".") // login.php
		if slices.Contains(logins, name) {
			return true
		}
	}
	return false
}
