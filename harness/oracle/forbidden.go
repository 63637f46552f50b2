package oracle

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// NormalizeMethod puts DELETE, GET, HEAD, OPTIONS, POST and PUT in upper case. Every
// other method keeps its case, patch included.
//
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(method string) string { return web.NormalizeMethod(method) }

// ForbiddenMethod says whether no script can use the method.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func ForbiddenMethod(method string) bool { return web.IsForbiddenMethod(method) }

// forbiddenNames are the names that belong to the browser.
var forbiddenNames = []string{
	"accept-charset", "accept-encoding", "access-control-request-headers",
	"access-control-request-method", "connection", "content-length", "cookie", "cookie2",
	"date", "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te",
	"trailer", "transfer-encoding", "upgrade", "via",
}

// ForbiddenRequestHeader says whether the browser drops a header without a word.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func ForbiddenRequestHeader(name, value string) bool {
	name = web.Lower(name)
	switch name {
	case "x-http-method", "x-http-method-override", "x-method-override":
		list := harness.Header{{Name: name, Value: value}}
		return slices.ContainsFunc(GetDecodeSplit(list, name), ForbiddenMethod)
	}
	return slices.Contains(forbiddenNames, name) || strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "sec-")
}

// NoCORSSafelistedRequestHeader says whether a header may be set in mode no-cors.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func NoCORSSafelistedRequestHeader(name, value string) bool {
	switch web.Lower(name) {
	case "accept", "accept-language", "content-language", "content-type":
		return CORSSafelistedRequestHeader(name, value)
	}
	return false
}

// appendHeader is append of a Headers object: it drops what its guard forbids. The
// guard of a request in mode no-cors looks at the value as it would become.
// https://fetch.spec.whatwg.org/#concept-headers-append
func appendHeader(list harness.Header, f harness.Field, noCORS bool) harness.Header {
	if ForbiddenRequestHeader(f.Name, f.Value) {
		return list
	}
	if noCORS {
		value := f.Value
		if before, ok := Get(list, f.Name); ok {
			value = before + ", " + value
		}
		if !NoCORSSafelistedRequestHeader(f.Name, value) {
			return list
		}
	}
	return append(list, f)
}

// badPorts are the ports that no page may ask.
// https://fetch.spec.whatwg.org/#bad-port
var badPorts = []string{
	"0", "1", "7", "9", "11", "13", "15", "17", "19", "20", "21", "22", "23", "25", "37", "42", "43", "53", "69",
	"77", "79", "87", "95", "101", "102", "103", "104", "109", "110", "111", "113", "115", "117", "119", "123",
	"135", "137", "139", "143", "161", "179", "389", "427", "465", "512", "513", "514", "515", "526", "530",
	"531", "532", "540", "548", "554", "556", "563", "587", "601", "636", "989", "990", "993", "995", "1719",
	"1720", "1723", "2049", "3659", "4045", "4190", "5060", "5061", "6000", "6566", "6665", "6666", "6667",
	"6668", "6669", "6679", "6697", "10080",
}
