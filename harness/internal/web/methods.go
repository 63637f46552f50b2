package web

import "iter"

// IsSafeMethod says whether a method changes nothing. An empty method is GET, as it is
// in fetch(); a method in lower case is the method that fetch() makes of it.
//
// https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods
func IsSafeMethod(method string) bool {
	switch NormalizeMethod(method) {
	case "", "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// IsCORSSafelistedMethod says whether a method is GET, HEAD or POST, byte for byte.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func IsCORSSafelistedMethod(method string) bool {
	switch method {
	case "GET", "HEAD", "POST":
		return true
	}
	return false
}

// NormalizeMethod puts DELETE, GET, HEAD, OPTIONS, POST and PUT in upper case. Every
// other method keeps its case, patch included.
//
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(method string) string {
	switch big := Upper(method); big {
	case "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT":
		return big
	}
	return method
}

// IsForbiddenMethod says whether no script can use the method.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func IsForbiddenMethod(method string) bool {
	switch Upper(method) {
	case "CONNECT", "TRACE", "TRACK":
		return true
	}
	return false
}

// IsPreflight says whether a request with this method and headers of these names is a
// CORS preflight: no script can set Access-Control-Request-Method.
//
// https://fetch.spec.whatwg.org/#cors-preflight-request
func IsPreflight(method string, names iter.Seq[string]) bool {
	if method != "OPTIONS" {
		return false
	}
	for name := range names {
		if Lower(name) == "access-control-request-method" {
			return true
		}
	}
	return false
}
