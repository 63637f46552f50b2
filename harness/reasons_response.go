package harness

import (
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
	return row.refine("Make the server send Vary: Origin with every response of this URL, also where the request has no Origin, so that caches keep them apart.",
		"The browser took the response from its %s, where it was stored without Access-Control-Allow-Origin, and asked no server.", cacheName(e.by.FromCache))
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
	return row.refine("Make the server send Vary: Origin with every response of this URL, so that caches keep them apart.",
		"The browser took the response from its %s, where it was stored for %s, and asked no server.", cacheName(e.by.FromCache), brief(e.allowed))
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

// redirectWithout explains a redirect that lacks the header.
func redirectWithout(e evidence, row Explanation) (Explanation, bool) {
	location, ok := e.by.ResponseHeaders.Get(web.NameLocation)
	if !ok || e.by.Status < 300 || e.by.Status > 399 {
		return row, false
	}
	return row.refine("Have the page ask for the final URL directly, or make the server send Access-Control-Allow-Origin with the redirect too.",
		"The redirect to %s has no Access-Control-Allow-Origin, and each step of a redirect needs it.", brief(location))
}

// errorWithout explains an error response that lacks the header.
func errorWithout(e evidence, row Explanation) (Explanation, bool) {
	const meaning = "The server answered %d, and that response has no Access-Control-Allow-Origin, so the page cannot see the error."
	switch status := e.by.Status; {
	case status >= 500:
		return row.refine("Find the cause of the error itself, and make the server or its proxy send Access-Control-Allow-Origin with error responses too.", meaning, status)
	case status == 401, status == 403, status == 407, status == 429:
		return row.refine("Make the part that refused, often a gateway or the login, send Access-Control-Allow-Origin with its responses too.", meaning, status)
	case status >= 400:
		return row.refine("Check the URL and method, and make the server send Access-Control-Allow-Origin with error responses too.", meaning, status)
	}
	return row, false
}

// preflightUnrouted explains an OPTIONS that no route takes.
func preflightUnrouted(e evidence, row Explanation) (Explanation, bool) {
	if !slices.Contains([]int{404, 405, 501}, e.by.Status) {
		return row, false
	}
	return row.refine("Make the server answer OPTIONS on this path with status 204 and the Access-Control-Allow headers, ahead of its routes.",
		"The server answered the preflight with %d, as a router without a handler for OPTIONS does.", e.by.Status)
}

// preflightUnauthorized explains an OPTIONS that was refused without a login.
func preflightUnauthorized(e evidence, row Explanation) (Explanation, bool) {
	switch e.by.Status {
	case 401, 407:
		return row.refine("Make the server answer OPTIONS before it checks who is signed in.",
			"The server answered the preflight with %d, but a preflight never carries cookies or Authorization.", e.by.Status)
	case 403:
		return row.refine("Make the server answer OPTIONS before it checks who is signed in, and list the page's origin if it keeps a list.",
			"The server refused the preflight with 403: it wants a login, which a preflight never has, or does not list the origin.")
	}
	return row, false
}

// preflightCrashed explains an OPTIONS that ended in an error.
func preflightCrashed(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status < 500 {
		return row, false
	}
	return row.refine("Find the cause of the error itself: the server must answer OPTIONS with status 204 and the Access-Control-Allow headers.",
		"The server answered the preflight with the error %d.", e.by.Status)
}

// preflightStatus names the status.
func preflightStatus(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status == 0 {
		return row, false
	}
	return row.refine(row.Remedy, "The server answered the preflight with %d, which is outside 200 to 299, so the request was not sent.", e.by.Status)
}

// preflightRedirected says where a preflight was redirected to, and why.
func preflightRedirected(e evidence, row Explanation) (Explanation, bool) {
	location, ok := e.by.ResponseHeaders.Get(web.NameLocation)
	if !ok {
		return row, false
	}
	kind, remedy := redirectKind(e.by.URL, location)
	if remedy == "" {
		remedy = row.Remedy
	}
	return row.refine(remedy, "The server redirected the preflight to %s%s, and a preflight is never followed.", brief(location), kind)
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

// headerOfServer explains a response header that the page sends.
func headerOfServer(e evidence, row Explanation) (Explanation, bool) {
	if !web.IsAccessControl(e.Parameter) {
		return row, false
	}
	return row.refine("Remove "+clean(e.Parameter)+" from the page's request: it is for the server to send.",
		"The page sends %s, which is a header for responses and does nothing in a request.", clean(e.Parameter))
}

// headerWildcard explains a * that is a plain name, not a wildcard.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func headerWildcard(e evidence, row Explanation) (Explanation, bool) {
	if !e.credentials || !lists(e, web.NameAllowHeaders, "*") {
		return row, false
	}
	return row.refine("Make the server list "+clean(e.Parameter)+" by name in Access-Control-Allow-Headers.",
		"With credentials the * in Access-Control-Allow-Headers stands only for itself, so %s is not allowed.", clean(e.Parameter))
}

// headerOfTracing explains a header that a library adds. What the request itself sets
// needs no library.
func headerOfTracing(e evidence, row Explanation) (Explanation, bool) {
	name := e.Parameter
	switch _, set := e.Request.Headers.Get(name); {
	case set:
		return row, false
	case slices.Contains([]string{"sentry-trace", "baggage", "traceparent", "tracestate", "b3", "newrelic", "x-requested-with"}, name):
	case strings.HasPrefix(name, "x-b3-"), strings.HasPrefix(name, "x-datadog-"), strings.HasPrefix(name, "elastic-apm-"):
	default:
		return row, false
	}
	return row.refine("Make the server list "+clean(name)+" in Access-Control-Allow-Headers, or set the library up to send it to the page's own origin only.",
		"The server does not allow %s, which a library in the page adds by itself.", clean(name))
}

// headerUnlisted says what is allowed instead.
func headerUnlisted(e evidence, row Explanation) (Explanation, bool) {
	if e.Parameter == "" {
		return row, false
	}
	return row.refine("Make the server list "+clean(e.Parameter)+" in Access-Control-Allow-Headers.",
		"The page sets %s, and the preflight's response %s.", clean(e.Parameter), allows(e, web.NameAllowHeaders))
}

// methodCase explains a method in lower case, which a browser does not change
// unless it is one of six.
// https://fetch.spec.whatwg.org/#concept-method-normalize
func methodCase(e evidence, row Explanation) (Explanation, bool) {
	upper := strings.ToUpper(e.Parameter)
	if e.Parameter == upper || !lists(e, web.NameAllowMethods, upper) {
		return row, false
	}
	return row.refine("Have the page write the method as "+clean(upper)+".",
		"The page wrote the method as %s, and the server allows %s: a method is compared byte for byte.", clean(e.Parameter), clean(upper))
}

// methodWildcard explains a * that is a plain name, not a wildcard.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func methodWildcard(e evidence, row Explanation) (Explanation, bool) {
	if !e.credentials || !lists(e, web.NameAllowMethods, "*") {
		return row, false
	}
	return row.refine("Make the server list "+clean(e.Parameter)+" by name in Access-Control-Allow-Methods.",
		"With credentials the * in Access-Control-Allow-Methods stands only for itself, so %s is not allowed.", clean(e.Parameter))
}

// methodUnlisted says what is allowed instead.
func methodUnlisted(e evidence, row Explanation) (Explanation, bool) {
	if e.Parameter == "" {
		return row, false
	}
	return row.refine("Make the server list "+clean(e.Parameter)+" in Access-Control-Allow-Methods.",
		"The page asks with %s, and the preflight's response %s.", clean(e.Parameter), allows(e, web.NameAllowMethods))
}

// unparsable shows the value that is not a list.
func unparsable(name string) refinement {
	return func(e evidence, row Explanation) (Explanation, bool) {
		value, present := e.by.ResponseHeaders.Get(name)
		if !present {
			return row, false
		}
		return row.refine(row.Remedy, "The value of %s (%s) is not a list of bare names.", name, brief(value))
	}
}

// lists says whether a header of the deciding response lists an item.
func lists(e evidence, name, item string) bool {
	value, _ := e.by.ResponseHeaders.Get(name)
	for listed := range strings.SplitSeq(value, ",") {
		if strings.TrimSpace(listed) == item {
			return true
		}
	}
	return false
}

// allows says what a header of the deciding response allows.
func allows(e evidence, name string) string {
	value, present := e.by.ResponseHeaders.Get(name)
	switch {
	case !present:
		return "has no " + name
	case strings.TrimSpace(value) == "":
		return "has an empty " + name
	}
	return "allows only " + brief(value)
}
