package oracle

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// embedderPolicy is the page's Cross-Origin-Embedder-Policy: a token, with
// parameters that say where to report.
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy
func (r *run) embedderPolicy() string {
	value, _ := Get(r.q.Request.PageHeaders, "Cross-Origin-Embedder-Policy")
	policy, _, _ := strings.Cut(value, ";")
	return strings.TrimRight(policy, ows)
}

// referrerPolicies are the words that a policy can be.
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
var referrerPolicies = []harness.ReferrerPolicy{
	harness.NoReferrer, harness.NoReferrerWhenDowngrade, harness.SameOriginReferrer, harness.OriginReferrer,
	harness.StrictOrigin, harness.OriginWhenCrossOrigin, harness.StrictOriginWhenCrossOrigin, harness.UnsafeURL,
}

// referrerPolicy is the request's, or the last one of the page's Referrer-Policy
// that is known.
// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func (r *run) referrerPolicy() harness.ReferrerPolicy {
	policy := harness.StrictOriginWhenCrossOrigin
	for _, word := range GetDecodeSplit(r.q.Request.PageHeaders, "Referrer-Policy") {
		if known := harness.ReferrerPolicy(lower(word)); slices.Contains(referrerPolicies, known) {
			policy = known
		}
	}
	return or(r.q.Request.ReferrerPolicy, policy)
}
