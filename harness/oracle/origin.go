package oracle

import "github.com/corsproof/corsproof/harness/internal/web"

// URL is a URL record, with the parts that the protocol needs.
//
// https://url.spec.whatwg.org/#concept-url
type URL = web.URL

// Origin is a tuple origin. The zero Origin is opaque, and is not same origin with any
// URL.
//
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin
type Origin = web.Origin

// ParseURL parses a URL, relative to base if base is not nil.
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func ParseURL(input string, base *URL) (URL, error) { return web.ParseURL(input, base) }

// ParseOrigin parses a serialized origin. The Origin of null, and of a text that is not
// an origin, is opaque.
func ParseOrigin(serialized string) Origin { return web.ParseOrigin(serialized) }

// SameOrigin compares scheme, host and port.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin
func SameOrigin(a, b Origin) bool { return web.SameOrigin(a, b) }

// SchemelesslySameSite compares registrable domains, or hosts without one.
//
// https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site
func SchemelesslySameSite(a, b Origin) bool { return web.SchemelesslySameSite(a, b) }

// SameSite is schemelessly same site with the same scheme.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
func SameSite(a, b Origin) bool { return web.SameSite(a, b) }

// Taint says how far redirects led away from the origin of the page.
type Taint string

// The taints.
const (
	TaintSameOrigin Taint = "same-origin"
	TaintSameSite   Taint = "same-site"
	TaintCrossSite  Taint = "cross-site"
)

// RedirectTaint looks for a redirect from one foreign origin to another in the URLs of
// the request.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func RedirectTaint(origin Origin, urls []URL) Taint {
	taint := TaintSameOrigin
	for i := 1; i < len(urls); i++ {
		last, next := urls[i-1].Origin(), urls[i].Origin()
		if !SameSite(next, last) && !SameSite(origin, last) {
			return TaintCrossSite
		}
		if !SameOrigin(next, last) && !SameOrigin(origin, last) {
			taint = TaintSameSite
		}
	}
	return taint
}

// SerializeRequestOrigin returns the origin that a request sends: null when redirects
// have tainted it.
//
// https://fetch.spec.whatwg.org/#serializing-a-request-origin
func SerializeRequestOrigin(origin Origin, urls []URL) string {
	if RedirectTaint(origin, urls) != TaintSameOrigin {
		return "null"
	}
	return origin.String()
}

// IsLoopback says whether a host is this machine by its name or address.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func IsLoopback(host string) bool { return web.IsLoopback(host) }
