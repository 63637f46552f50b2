package differential

import (
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// coarser are the reasons that Firefox does not tell apart, each with the reason that it gives.
var coarser = map[harness.Reason]harness.Reason{
	harness.InvalidAllowOriginValue:            harness.AllowOriginMismatch,
	harness.PreflightInvalidAllowOriginValue:   harness.PreflightAllowOriginMismatch,
	harness.PreflightMultipleAllowOriginValues: harness.PreflightMultipleAllowOriginValues,
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
	if told, coarse := coarser[d.Reason]; coarse {
		d.Reason = told
	}
	if seen.Verdict == harness.Blocked && d.Verdict == harness.Blocked && !checked[d.Reason] && !checked[seen.Reason] {
		d.Reason = seen.Reason
	}
	return seen, d
}
