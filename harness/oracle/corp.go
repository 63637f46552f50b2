package oracle

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

var (
	corpNone       = branch("CORP: no policy")
	corpSameOrigin = branch("CORP: same-origin")
	corpSameSite   = branch("CORP: same-site")
	corpCross      = branch("CORP: cross-origin")
	corpRequired   = branch("CORP: none, and the page requires one")
)

// CrossOriginResourcePolicyCheck says whether an origin may load an opaque response. It
// returns Chrome's reason for a refusal, or nothing. credentials says that the request
// included credentials, which matters to a credentialless page.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func CrossOriginResourcePolicyCheck(origin Origin, url URL, response harness.Header, embedder string, credentials bool) harness.Reason {
	reason, _ := corp(origin, url, response, embedder, credentials)
	return reason
}

func corp(origin Origin, url URL, response harness.Header, embedder string, credentials bool) (harness.Reason, string) {
	// The comparison is byte for byte: a list, or another case, is not a policy.
	policy, _ := Get(response, web.NameResourcePolicy)
	target := url.Origin()
	switch policy {
	case "cross-origin":
		return "", corpCross
	case "same-origin":
		if SameOrigin(origin, target) {
			return "", corpSameOrigin
		}
		return harness.BlockedByCORPNotSameOrigin, corpSameOrigin
	case "same-site":
		if SchemelesslySameSite(origin, target) && (origin.Scheme == "https" || target.Scheme != "https") {
			return "", corpSameSite
		}
		return harness.BlockedByCORPNotSameSite, corpSameSite
	}
	required := embedder == "require-corp" || embedder == "credentialless" && credentials
	if required && !SameOrigin(origin, target) {
		return harness.BlockedByCORPDefaultedByCOEP, corpRequired
	}
	return "", corpNone
}

// TAOCheck says whether a response shows its timing to the origin. origin is serialized
// as in the request; basic says that the response tainting is basic.
//
// https://fetch.spec.whatwg.org/#concept-tao-check
func TAOCheck(origin string, basic bool, response harness.Header) bool {
	values := GetDecodeSplit(response, web.NameTimingAllowOrigin)
	return slices.Contains(values, "*") || slices.Contains(values, origin) || basic
}
