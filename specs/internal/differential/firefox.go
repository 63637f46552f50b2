package differential

import (
	"cmp"
	"errors"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// coarser are the reasons that Firefox does not tell apart, each with the reason that it gives.
var coarser = map[harness.Reason]harness.Reason{
	harness.InvalidAllowOriginValue:            harness.AllowOriginMismatch,
	harness.PreflightInvalidAllowOriginValue:   harness.PreflightAllowOriginMismatch,
	harness.MultipleAllowOriginValues:          harness.AllowOriginMismatch,
	harness.PreflightMultipleAllowOriginValues: harness.PreflightAllowOriginMismatch,
	// Of a preflight with several faults it names the first that it looks at.
	harness.InvalidAllowMethodsPreflightResponse: harness.MethodDisallowedByPreflightResponse,
	harness.InvalidAllowHeadersPreflightResponse: harness.MethodDisallowedByPreflightResponse,
	harness.HeaderDisallowedByPreflightResponse:  harness.MethodDisallowedByPreflightResponse,
}

// checked are the reasons of the CORS protocol, which Firefox tells. Of every other reason its
// verdict alone is compared.
// https://fetch.spec.whatwg.org/#http-cors-protocol
var checked = map[harness.Reason]bool{
	harness.MissingAllowOriginHeader: true, harness.AllowOriginMismatch: true, harness.WildcardOriginNotAllowed: true, harness.InvalidAllowCredentials: true,
	harness.MultipleAllowOriginValues:         true,
	harness.PreflightMissingAllowOriginHeader: true, harness.PreflightAllowOriginMismatch: true, harness.PreflightWildcardOriginNotAllowed: true,
	harness.PreflightInvalidAllowCredentials: true, harness.PreflightMultipleAllowOriginValues: true, harness.PreflightInvalidStatus: true,
	harness.MethodDisallowedByPreflightResponse: true, harness.HeaderDisallowedByPreflightResponse: true,
	harness.InvalidAllowMethodsPreflightResponse: true, harness.InvalidAllowHeadersPreflightResponse: true,
}

// asFirefoxTells leaves what Firefox tells: no parameters, and fewer reasons.
func asFirefoxTells(seen harness.Observation, d oracle.Decision) (harness.Observation, oracle.Decision) {
	seen.Parameter, d.Parameter, d.Refused = "", "", []string{""}
	seen.Reason, d.Reason = coarse(seen.Reason), coarse(d.Reason)
	if strings.HasPrefix(seen.Request.URL, "data:") { // D61
		seen.Script.Headers = typeAlone(seen.Script.Headers)
	}
	if seen.Verdict == harness.Blocked && d.Verdict == harness.Blocked && !checked[d.Reason] && !checked[seen.Reason] {
		d.Reason = seen.Reason
	}
	return seen, d
}

// endless is why Firefox cannot be asked, though the harness can ask it, or nil: D76.
func endless(r harness.Request, d oracle.Decision) error {
	if !r.Via.Fetches() && elements[r.Via] == (element{}) && d.Reason == harness.UnsafePort && len(d.Exchanges) > 0 {
		return errors.New("Firefox never ends an XMLHttpRequest that is redirected to a bad port")
	}
	return nil
}

func coarse(r harness.Reason) harness.Reason { return cmp.Or(coarser[r], r) }

// typeAlone leaves the type of the body.
func typeAlone(headers harness.Header) harness.Header {
	value, _ := headers.Get("Content-Type")
	return harness.Header{{Name: "content-type", Value: value}}
}
