package oracle

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// policies are the headers that give the script its policies: those of a worker's own
// script, or of the page. A worker of an opaque origin comes from a blob.
// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
func (r *run) policies() harness.Header {
	q := r.q.Request
	switch q.Via {
	case harness.ViaWorker, harness.ViaSharedWorker, harness.ViaServiceWorker, harness.ViaImportScripts:
		if r.origin != (Origin{}) {
			return q.WorkerHeaders
		}
	}
	return q.PageHeaders
}

// embedderPolicy is the page's Cross-Origin-Embedder-Policy: a token, with
// parameters that say where to report.
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy
func (r *run) embedderPolicy() string {
	value, _ := Get(r.policies(), web.NameEmbedderPolicy)
	policy, _, _ := strings.Cut(value, ";")
	return strings.TrimRight(policy, web.OWS)
}

// referrerPolicies are the words that a policy can be.
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
var referrerPolicies = []harness.ReferrerPolicy{
	harness.NoReferrer, harness.NoReferrerWhenDowngrade, harness.SameOriginReferrer, harness.OriginReferrer,
	harness.StrictOrigin, harness.OriginWhenCrossOrigin, harness.StrictOriginWhenCrossOrigin, harness.UnsafeURL,
}

// referrerPolicyOf is the last policy of a Referrer-Policy that is known, empty where
// none is.
// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func referrerPolicyOf(header harness.Header) (policy harness.ReferrerPolicy) {
	for _, word := range GetDecodeSplit(header, web.NameReferrerPolicy) {
		if known := harness.ReferrerPolicy(web.Lower(word)); slices.Contains(referrerPolicies, known) {
			policy = known
		}
	}
	return policy
}

// referrerPolicy is that of the last redirect that had one, of the request, or of the
// page.
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func (r *run) referrerPolicy() harness.ReferrerPolicy {
	own := or(r.q.Request.ReferrerPolicy, referrerPolicyOf(r.policies()))
	return or(r.redirectPolicy, or(own, harness.StrictOriginWhenCrossOrigin))
}
