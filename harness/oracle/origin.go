package oracle

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Origin is a tuple origin. The zero Origin is an opaque one, which is same origin
// with no URL.
//
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin
type Origin struct{ Scheme, Host, Port string }

// ParseOrigin parses a serialized origin; null and what is none is opaque.
func ParseOrigin(serialized string) Origin {
	u, err := ParseURL(serialized, nil)
	if err != nil {
		return Origin{}
	}
	return u.Origin()
}

// Origin is the URL's origin: opaque unless its scheme is http or https.
//
// https://url.spec.whatwg.org/#concept-url-origin
func (u URL) Origin() Origin {
	if !u.isHTTP() {
		return Origin{}
	}
	return Origin{u.Scheme, u.Host, u.Port}
}

// Opaque says whether the origin is opaque.
func (o Origin) Opaque() bool { return o == Origin{} }

// String serializes the origin: null for an opaque one.
//
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func (o Origin) String() string {
	if o.Opaque() {
		return "null"
	}
	return o.Scheme + "://" + URL{Host: o.Host, Port: o.Port}.authority()
}

// SameOrigin compares scheme, host and port. Two opaque origins are never the same
// here: those of a page and of a URL never are.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin
func SameOrigin(a, b Origin) bool { return a == b && !a.Opaque() }

// SchemelesslySameSite compares registrable domains, or hosts that have none.
//
// https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site
func SchemelesslySameSite(a, b Origin) bool {
	if a.Opaque() || b.Opaque() {
		return false
	}
	if a.Host == b.Host {
		return true
	}
	domain := registrable(a.Host)
	return domain != "" && domain == registrable(b.Host)
}

// SameSite is schemelessly same site with the same scheme.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
func SameSite(a, b Origin) bool { return a.Scheme == b.Scheme && SchemelesslySameSite(a, b) }

// registrable is a host's registrable domain, or empty where it has none.
// https://url.spec.whatwg.org/#host-registrable-domain
func registrable(host string) string {
	if strings.HasPrefix(host, "[") { // publicsuffix knows the other addresses
		return ""
	}
	dot := ""
	if strings.HasSuffix(host, ".") {
		dot = "."
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimSuffix(host, "."))
	if err != nil {
		return ""
	}
	return domain + dot
}

// Taint says how far redirects have led away from the origin that asked.
type Taint string

// The taints.
const (
	TaintSameOrigin Taint = "same-origin"
	TaintSameSite   Taint = "same-site"
	TaintCrossSite  Taint = "cross-site"
)

// RedirectTaint looks for a redirect from one foreign origin to another, along the
// URLs that the request has had.
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

// SerializeRequestOrigin is what a request says of its origin: null when the
// redirects have tainted it.
//
// https://fetch.spec.whatwg.org/#serializing-a-request-origin
func SerializeRequestOrigin(origin Origin, urls []URL) string {
	if RedirectTaint(origin, urls) != TaintSameOrigin {
		return "null"
	}
	return origin.String()
}
