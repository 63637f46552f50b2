package web

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
	if !u.IsHTTP() {
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
	domain := RegistrableDomain(a.Host)
	return domain != "" && domain == RegistrableDomain(b.Host)
}

// SameSite is schemelessly same site with the same scheme.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
func SameSite(a, b Origin) bool { return a.Scheme == b.Scheme && SchemelesslySameSite(a, b) }

// RegistrableDomain is a host's registrable domain, or empty where it has none.
// https://url.spec.whatwg.org/#host-registrable-domain
func RegistrableDomain(host string) string {
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
