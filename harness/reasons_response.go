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
	if e.by.FromCache == "" || e.by.Sent {
		return row, false
	}
	row.Anchor = anchorCaches
	return row.refine("Make the server send Vary: Origin with every response of this URL, also where the request has no Origin, so that caches keep them apart.",
		"The browser took the response from its %s, where it was stored without Access-Control-Allow-Origin, and asked no server.", cacheName(e.by.FromCache))
}

// cachedForAnother explains a response that a cache had stored for another page.
func cachedForAnother(e evidence, row Explanation) (Explanation, bool) {
	if e.by.FromCache == "" || e.by.Sent {
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
	if cache == serviceWorkerCache {
		return "service worker"
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
