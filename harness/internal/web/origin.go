package web

import (
	"cmp"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Origin is a tuple origin. The zero Origin is an opaque one, which is same origin
// with no URL.
//
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin
type Origin struct{ Scheme, Host, Port string }

// ParseOrigin parses a serialized origin, also one of a page that is no web page. The
// Origin of null, and of a text that is not an origin, is opaque.
func ParseOrigin(serialized string) Origin {
	u, err := ParseURL(serialized, nil)
	switch {
	case err != nil:
		return Origin{}
	case IsAppOrigin(serialized):
		return Origin{u.Scheme, u.Host, u.Port}
	}
	return u.Origin()
}

// Origin is the URL's origin. It is opaque where the scheme is not special, for a
// file, and for a blob, whose own origin no caller needs.
//
// https://url.spec.whatwg.org/#concept-url-origin
func (u URL) Origin() Origin {
	if _, special := specialPorts[u.Scheme]; !special || u.Scheme == "file" {
		return Origin{}
	}
	return Origin{u.Scheme, u.Host, u.Port}
}

// OriginOf is the serialized origin of a URL, or the text itself where the URL has no
// origin.
func OriginOf(text string) string {
	if o := ParseOrigin(text); !o.Opaque() {
		return o.String()
	}
	return text
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
	return o.Scheme + "://" + URL{Host: o.Host, Port: o.Port}.Authority()
}

// SameOrigin compares scheme, host and port. Two opaque origins are never the same
// here, because the opaque origins of a page and of a URL never are.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin
func SameOrigin(a, b Origin) bool { return a == b && !a.Opaque() }

// SchemelesslySameSite compares registrable domains, or the hosts where there are none.
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

// Site is the serialized site, by which browsers key caches: the scheme with the
// registrable domain, or with the host where that has none.
//
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site
func (o Origin) Site() string { return o.Scheme + "://" + cmp.Or(RegistrableDomain(o.Host), o.Host) }

// RegistrableDomain is a host's registrable domain, or empty where the host has none.
//
// https://url.spec.whatwg.org/#host-registrable-domain
func RegistrableDomain(host string) string {
	if IsAddress(host) {
		return ""
	}
	bare, dot := strings.CutSuffix(host, ".")
	domain, err := publicsuffix.EffectiveTLDPlusOne(bare)
	if err != nil {
		return ""
	}
	if dot {
		domain += "."
	}
	return domain
}

// IsTrustworthy says whether a document of the origin is a secure context, unless it is
// in a page that is none: one that came over https, from this machine or from an app.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (o Origin) IsTrustworthy() bool {
	host := strings.TrimSuffix(o.Host, ".")
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return o.Scheme == "https" || o.Scheme == "wss" || isAppScheme(o.Scheme) || host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && address.IsLoopback()
}

// IsPublicSuffix says whether a host is in the list of suffixes under which anybody
// can have a name. A single label that is not in the list, such as localhost, is no
// public suffix.
//
// https://url.spec.whatwg.org/#host-public-suffix
func IsPublicSuffix(host string) bool {
	suffix, managed := publicsuffix.PublicSuffix(host)
	return suffix == host && (managed || strings.Contains(suffix, "."))
}

// IsLoopback says whether a host is this machine by its name or address.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func IsLoopback(host string) bool {
	host = strings.TrimSuffix(host, ".")
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

// IsAddress says whether a serialized host is an IP address.
//
// https://url.spec.whatwg.org/#ip-address
func IsAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}
