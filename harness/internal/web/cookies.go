package web

import (
	"iter"
	"slices"
	"strings"
)

// SameSites are the values of the attribute SameSite.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-samesite-attribute-2
var SameSites = []string{"Strict", "Lax", "None"}

// CookiePairs are the name and the value of each cookie in a Cookie header. The name is
// empty where the cookie has none.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-cookie-header-field
func CookiePairs(header string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for pair := range strings.SplitSeq(header, ";") {
			name, value, named := strings.Cut(strings.TrimSpace(pair), "=")
			if !named {
				name, value = "", name
			}
			if !yield(name, value) {
				return
			}
		}
	}
}

// CutSetCookie splits a Set-Cookie header into the cookie, which is a name and a value,
// and its attributes. The bool is false where the header has no semicolon.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field-
func CutSetCookie(line string) (pair, attributes string, more bool) { return strings.Cut(line, ";") }

// SetCookieName is the name of the cookie in a Set-Cookie header.
func SetCookieName(line string) string {
	name, _, _ := strings.Cut(line, "=")
	return strings.TrimSpace(name)
}

// CookieAttribute is an attribute of a cookie.
type CookieAttribute struct {
	Name, Value string
	Given       bool // the attribute has a value, which may be empty
}

// Is compares names as browsers do.
func (a CookieAttribute) Is(name string) bool { return strings.EqualFold(a.Name, name) }

// CookieAttributes are the attributes behind a cookie.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field-
func CookieAttributes(attributes string) []CookieAttribute {
	var list []CookieAttribute
	for part := range strings.SplitSeq(attributes, ";") {
		name, value, given := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); name != "" || given {
			list = append(list, CookieAttribute{name, strings.TrimSpace(value), given})
		}
	}
	return list
}

// HasCookieAttribute says whether the list has an attribute of that name.
func HasCookieAttribute(list []CookieAttribute, name string) bool {
	return slices.ContainsFunc(list, func(a CookieAttribute) bool { return a.Is(name) })
}

// TakesSecureCookies says whether a browser keeps a cookie with Secure for an origin:
// Chrome does so for https, and for an origin on this machine.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-secure-attribute
func TakesSecureCookies(origin string) bool {
	o := ParseOrigin(origin)
	return o.Scheme == "https" || !o.Opaque() && IsLoopback(o.Host)
}

// IsHeldCookieValue says whether a browser can hold the value. Browsers take more than a
// server may send: blanks, commas and quotes within it.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field-
func IsHeldCookieValue(value string) bool {
	return value == strings.Trim(value, " \t") && !strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f || c == ';' })
}

// IsCookieValue says whether a server can set the value, which may be in quotes.
//
// https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1
func IsCookieValue(value string) bool {
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		if value, ok = strings.CutSuffix(inner, `"`); !ok {
			return false
		}
	}
	return !strings.ContainsFunc(value, func(c rune) bool {
		return c <= ' ' || c >= 0x7F || strings.ContainsRune("\",;\\", c)
	})
}

// DomainMatches says whether a host is in the domain of a cookie.
//
// https://www.rfc-editor.org/rfc/rfc6265#section-5.1.3
func DomainMatches(host, domain string) bool {
	return domain != "" && (host == domain || !IsAddress(host) && strings.HasSuffix(host, "."+domain))
}
