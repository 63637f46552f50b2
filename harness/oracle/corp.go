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

// CrossOriginResourcePolicyCheck says whether an opaque response may be loaded from
// an origin. It returns the reason why not, in Chrome's words, or nothing.
// credentials says that the request included them, which a credentialless page
// looks at.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func CrossOriginResourcePolicyCheck(origin Origin, url URL, response harness.Header, embedder string, credentials bool) harness.Reason {
	reason, _ := corp(origin, url, response, embedder, credentials)
	return reason
}

func corp(origin Origin, url URL, response harness.Header, embedder string, credentials bool) (harness.Reason, string) {
	// The comparison is with the bytes: a list and another case are no policy.
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

// TAOCheck says whether a response lets the origin see its timing. origin is
// serialized as the request says it, basic says that the response tainting is.
//
// https://fetch.spec.whatwg.org/#concept-tao-check
func TAOCheck(origin string, basic bool, response harness.Header) bool {
	values := GetDecodeSplit(response, web.NameTimingAllowOrigin)
	return slices.Contains(values, "*") || slices.Contains(values, origin) || basic
}
