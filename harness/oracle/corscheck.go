package oracle

import (
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// CORSCheck says whether a response may be shared with an origin. The origin is
// serialized as in the request: null for a tainted or opaque origin.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func CORSCheck(origin string, credentials harness.Credentials, response harness.Header) bool {
	return corsCheck(origin, credentials, response).reason == ""
}

// checked is the result of a CORS check: for a failure the code and its parameter, and
// always the branch.
type checked struct {
	reason            harness.Reason
	parameter, branch string
}

var (
	checkMissing     = branch("CORS check: no Access-Control-Allow-Origin")
	checkWildcard    = branch("CORS check: * without credentials")
	checkNoWildcard  = branch("CORS check: * with credentials")
	checkMultiple    = branch("CORS check: several values")
	checkNull        = branch("CORS check: null for another origin")
	checkInvalid     = branch("CORS check: not a URL")
	checkMismatch    = branch("CORS check: another origin")
	checkEqual       = branch("CORS check: the origin, without credentials")
	checkCredentials = branch("CORS check: the origin, with credentials")
	checkNoAllow     = branch("CORS check: no Access-Control-Allow-Credentials")
	checkNotTrue     = branch("CORS check: Access-Control-Allow-Credentials is not true")
)

// corsCheck is the CORS check with Chrome's reason for a failure. Chrome examines a value
// only after it was refused.
func corsCheck(origin string, credentials harness.Credentials, response harness.Header) checked {
	value, ok := Get(response, web.NameAllowOrigin)
	include := credentials == harness.Include
	switch {
	case !ok:
		return checked{harness.MissingAllowOriginHeader, "", checkMissing}
	case value == "*" && !include:
		return checked{branch: checkWildcard}
	case value == "*":
		return checked{harness.WildcardOriginNotAllowed, "", checkNoWildcard}
	case value != origin:
		return refusedOrigin(value)
	case !include:
		return checked{branch: checkEqual}
	}
	allow, ok := Get(response, web.NameAllowCredentials)
	switch {
	case allow == "true":
		return checked{branch: checkCredentials}
	case !ok:
		return checked{harness.InvalidAllowCredentials, "", checkNoAllow}
	}
	return checked{harness.InvalidAllowCredentials, shown(allow), checkNotTrue}
}

// refusedOrigin says what is wrong with a value that is not the origin.
func refusedOrigin(value string) checked {
	_, err := ParseURL(value, nil)
	switch {
	case strings.ContainsAny(value, " ,"):
		return checked{harness.MultipleAllowOriginValues, shown(value), checkMultiple}
	case value == "null":
		return checked{harness.AllowOriginMismatch, value, checkNull}
	case err != nil:
		return checked{harness.InvalidAllowOriginValue, shown(value), checkInvalid}
	}
	return checked{harness.AllowOriginMismatch, shown(value), checkMismatch}
}

// shown returns the parameter as the DevTools Protocol carries it: a parameter that is
// not UTF-8 is lost.
func shown(value string) string {
	if !utf8.ValidString(value) {
		return ""
	}
	return value
}

// preflightReasons maps the codes of a CORS check to the codes for a preflight.
var preflightReasons = map[harness.Reason]harness.Reason{
	harness.MissingAllowOriginHeader:  harness.PreflightMissingAllowOriginHeader,
	harness.WildcardOriginNotAllowed:  harness.PreflightWildcardOriginNotAllowed,
	harness.MultipleAllowOriginValues: harness.PreflightMultipleAllowOriginValues,
	harness.InvalidAllowOriginValue:   harness.PreflightInvalidAllowOriginValue,
	harness.AllowOriginMismatch:       harness.PreflightAllowOriginMismatch,
	harness.InvalidAllowCredentials:   harness.PreflightInvalidAllowCredentials,
}
