package oracle

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// policies are the headers that give the script its policies: those of a worker's own
// script, or of the page: a worker from a blob: or data: URL has those.
// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
func (r *run) policies() harness.Header {
	if r.hasWorkerScript() {
		return r.q.Request.WorkerHeaders
	}
	return r.q.Request.PageHeaders
}

// hasWorkerScript says whether a worker asks whose script comes from a server.
func (r *run) hasWorkerScript() bool {
	return isWorker(r.q.Request) && r.q.Request.WorkerScript == "" && !r.origin.Opaque()
}

// embedderPolicy returns the Cross-Origin-Embedder-Policy of the page, or of its
// worker: the token without its reporting parameters. A page that is no secure context
// has no policy, and neither has its worker.
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy
func (r *run) embedderPolicy() string {
	value, set := Get(r.policies(), web.NameEmbedderPolicy)
	if set && !r.secureContext() && !(r.hasWorkerScript() && r.deviates(workerPolicyAnywhere)) {
		return ""
	}
	return web.ItemToken(value)
}

// secureContext says whether the page is one: its own document, and the page that shows
// it in a frame. A sandboxed document comes over https, unless the question says http.
// https://html.spec.whatwg.org/multipage/webappapis.html#secure-contexts
func (r *run) secureContext() bool {
	within := r.q.Request.Within
	return r.q.Request.OpaqueScheme != "http" && (r.origin.Opaque() || r.origin.IsTrustworthy()) && (within == "" || ParseOrigin(within).IsTrustworthy())
}

// referrerPolicies are the valid policies.
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
var referrerPolicies = []harness.ReferrerPolicy{
	harness.NoReferrer, harness.NoReferrerWhenDowngrade, harness.SameOriginReferrer, harness.OriginReferrer,
	harness.StrictOrigin, harness.OriginWhenCrossOrigin, harness.StrictOriginWhenCrossOrigin, harness.UnsafeURL,
}

// referrerPolicyOf returns the last known policy of a Referrer-Policy header, or nothing.
// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func referrerPolicyOf(header harness.Header) (policy harness.ReferrerPolicy) {
	for _, word := range GetDecodeSplit(header, web.NameReferrerPolicy) {
		if known := harness.ReferrerPolicy(web.Lower(word)); slices.Contains(referrerPolicies, known) {
			policy = known
		}
	}
	return policy
}

// referrerPolicy returns the policy of the last redirect with a policy, of the request,
// or of the page.
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func (r *run) referrerPolicy() harness.ReferrerPolicy {
	own := or(r.q.Request.ReferrerPolicy, referrerPolicyOf(r.policies()))
	policy := or(r.redirectPolicy, or(own, harness.StrictOriginWhenCrossOrigin))
	if loose(policy) && !SchemelesslySameSite(r.origin, r.current().Origin()) && r.deviates(ignoresLoosePolicies) {
		return harness.StrictOriginWhenCrossOrigin
	}
	return policy
}
