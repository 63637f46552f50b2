package oracle

import (
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

// ForbiddenRequestHeader says whether the browser drops a header silently.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func ForbiddenRequestHeader(name, value string) bool {
	return web.IsForbiddenRequestHeader(name, value)
}

// NoCORSSafelistedRequestHeader says whether a header may be set in mode no-cors.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func NoCORSSafelistedRequestHeader(name, value string) bool {
	return web.IsNoCORSSafelistedRequestHeaderName(name) && CORSSafelistedRequestHeader(name, value)
}

// appendHeader is the append of a Headers object: it drops headers that its guard
// forbids. The guard of a no-cors request checks the value after the append.
// https://fetch.spec.whatwg.org/#concept-headers-append
func appendHeader(deviates func(string) bool, list harness.Header, f harness.Field, noCORS bool) harness.Header {
	if ForbiddenRequestHeader(f.Name, f.Value) {
		return list
	}
	if noCORS {
		value := f.Value
		if before, ok := Get(list, f.Name); ok {
			value = before + ", " + value
		}
		if !web.IsNoCORSSafelistedRequestHeaderName(f.Name) || !safelisted(deviates, harness.Field{Name: f.Name, Value: value}) {
			return list
		}
	}
	return append(list, f)
}
