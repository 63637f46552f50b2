package web

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// forbiddenNames are the names that belong to the browser.
var forbiddenNames = []string{
	"accept-charset", "accept-encoding", "access-control-request-headers",
	"access-control-request-method", "connection", "content-length", "cookie", "cookie2",
	"date", "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te",
	"trailer", "transfer-encoding", "upgrade", "via",
}

// IsForbiddenRequestHeader says whether the browser silently drops a script's header.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func IsForbiddenRequestHeader(name, value string) bool {
	name = Lower(name)
	switch name {
	case "x-http-method", "x-http-method-override", "x-method-override":
		return slices.ContainsFunc(DecodeSplit(value), IsForbiddenMethod)
	}
	return slices.Contains(forbiddenNames, name) || strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "sec-")
}

// IsForbiddenResponseHeaderName says whether no script can read a header.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponseHeaderName(name string) bool {
	switch Lower(name) {
	case "set-cookie", "set-cookie2":
		return true
	}
	return false
}

// IsCORSSafelistedResponseHeaderName says whether a script can read a header that the
// response does not expose.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func IsCORSSafelistedResponseHeaderName(name string) bool {
	switch Lower(name) {
	case "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma":
		return true
	}
	return false
}

// IsNoCORSSafelistedRequestHeaderName says whether a script can set a header in mode
// no-cors, if its value allows.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func IsNoCORSSafelistedRequestHeaderName(name string) bool {
	switch Lower(name) {
	case "accept", "accept-language", "content-language", "content-type":
		return true
	}
	return false
}

// IsNonWildcardRequestHeaderName says whether a * in Access-Control-Allow-Headers does
// not stand for the name.
//
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func IsNonWildcardRequestHeaderName(name string) bool { return Lower(name) == "authorization" }

// IsRequestBodyHeaderName says whether a header describes the body of a request. A
// redirect that removes the body removes the header, too.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
func IsRequestBodyHeaderName(name string) bool {
	switch Lower(name) {
	case "content-encoding", "content-language", "content-location", "content-type":
		return true
	}
	return false
}

// IsAccessControl says whether a header belongs to the CORS protocol by its name.
// Origin is the only header of the protocol with another name.
//
// https://fetch.spec.whatwg.org/#http-cors-protocol
func IsAccessControl(name string) bool { return strings.HasPrefix(Lower(name), "access-control-") }

// IsSecretHeader says whether the value of a header is a secret: credentials, or a
// header with a name like theirs. APIs invent such names freely (X-Api-Key,
// X-Auth-Token, ...).
//
// https://www.rfc-editor.org/rfc/rfc9110#name-authentication-credentials
func IsSecretHeader(name string) bool {
	name = Lower(name)
	for _, prefix := range []string{"access-control-", "sec-", "www-authenticate", "proxy-authenticate"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	return hasSecretWord(name)
}

// IsHeaderValue says whether the bytes of a normalized value can be in a header.
//
// https://fetch.spec.whatwg.org/#header-value
func IsHeaderValue(value string) bool { return !strings.ContainsAny(value, "\x00\r\n") }

// IsomorphicEncode turns a script's string, whose characters stand for bytes, into these
// bytes. A string that is not UTF-8 is taken as bytes.
//
// https://infra.spec.whatwg.org/#isomorphic-encode
func IsomorphicEncode(s string) (bytes string, ok bool) {
	if !utf8.ValidString(s) {
		return s, true
	}
	encoded := make([]byte, 0, len(s))
	for _, c := range s {
		if c > 0xFF {
			return "", false
		}
		encoded = append(encoded, byte(c))
	}
	return string(encoded), true
}
