package oracle

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

var (
	workerPasses   = branch("service worker: passes the request through")
	workerMakes    = branch("service worker: makes the response itself")
	workerFails    = branch("service worker: error response")
	workerFetches  = branch("service worker: fetch of its own")
	workerRejects  = branch("service worker: its fetch failed")
	workerOpaque   = branch("service worker: opaque response for a request that is not no-cors")
	workerManual   = branch("service worker: redirect not followed, for a request whose redirect mode is not manual")
	workerFollowed = branch("service worker: redirected response for a request whose redirect mode is not follow")
	workerPolicy   = branch("service worker: response refused by Cross-Origin-Resource-Policy")
	workerCORS     = branch("service worker: cors response for mode same-origin")
)

// controlled says whether the service worker of the page answers the request.
func (r *run) controlled() bool {
	answer := r.q.Request.Controller.Answer
	if answer == "" || answer == harness.Ignores || r.passed || len(r.urls) > 1 {
		return false
	}
	return r.q.Request.Via != harness.ViaXHRSync || !r.deviates(syncPassesWorker)
}

// handleFetch takes the response of the page's service worker.
// https://w3c.github.io/ServiceWorker/#handle-fetch
// https://fetch.spec.whatwg.org/#http-fetch
func (r *run) handleFetch() *failure {
	r.passed = true
	refused := &failure{reason: harness.ServiceWorkerAnswer, anchor: anchorHTTP}
	switch r.q.Request.Controller.Answer {
	case harness.PassesThrough:
		// A Request that is made from another one has no use-CORS-preflight flag.
		// https://fetch.spec.whatwg.org/#dom-request
		r.take(workerPasses)
		r.usePreflight, r.tainting = r.streamed || r.usePreflight && r.deviates(keepsFlagHandedOn), typeBasic
		if r.current().Userinfo != "" && r.deviates(refusesUserinfoHandedOn) {
			return &failure{reason: harness.BlockedByOrigin, anchor: anchorHTTP}
		}
		for i, f := range r.header {
			if IsomorphicDecode(f.Value) != f.Value && r.deviates(emptiesHeadersHandedOn) {
				r.header[i].Value = ""
			}
		}
		failed := r.mainFetch()
		r.Exposed = r.handedOn(r.Exposed)
		return failed
	case harness.AnswersItself:
		r.take(workerMakes)
		return r.made()
	case harness.AnswersWithError:
		r.take(workerFails)
		return refused
	}
	r.take(workerFetches)
	answer := Decide(r.ownFetch())
	r.adopt(answer)
	switch {
	case answer.NetError != "":
		return &failure{netError: answer.NetError, anchor: answer.Anchor}
	case answer.Verdict == harness.Blocked && len(answer.Exchanges) == 0 && beforeRequest(answer.Reason):
		r.take(workerRejects)
		return refused
	case answer.Verdict == harness.Blocked:
		r.take(workerRejects)
		return &failure{answer.Reason, answer.Parameter, answer.Anchor, ""}
	}
	if taken := r.refuses(answer); taken != "" {
		r.take(taken)
		return refused
	}
	if asked := len(answer.Exchanges); asked > 0 && (answer.Type == typeOpaque || r.tainting == typeOpaque) {
		// https://fetch.spec.whatwg.org/#http-fetch
		url, _ := ParseURL(answer.Exchanges[asked-1].URL, nil)
		if reason, _ := corp(r.origin, url, answer.last, r.embedderPolicy(), r.includesCredentials()); reason != "" {
			r.take(workerPolicy)
			return refused
		}
	}
	if r.redirect != harness.RedirectFollow && answer.Type != typeOpaqueRedirect {
		// A redirect without Location is followed nowhere, and is a redirect for the page.
		reply := Reply{Status: answer.Status, Header: answer.last}
		if next := r.locationURL(reply); next.redirect {
			return r.redirected(reply, next)
		}
	}
	r.Verdict, r.Type, r.Status, r.Exposed = answer.Verdict, answer.Type, answer.Status, r.handedOn(answer.Exposed)
	return nil
}

// handedOn are the headers of a response that the service worker hands on.
func (r *run) handedOn(exposed harness.Header) harness.Header {
	list := slices.Clone(exposed)
	for i, f := range list {
		if text := IsomorphicDecode(f.Value); text != f.Value && r.deviates(encodesHandedOn) {
			list[i].Value = text
		}
	}
	return list
}

// ownFetch is the question that the service worker asks: a GET with options of its own.
func (r *run) ownFetch() Question {
	c, q := r.q.Request.Controller, r.q
	q.Request = harness.Request{
		From: q.Request.From, Within: q.Request.Within, URL: or(c.URL, r.q.Request.URL), Mode: c.Mode, Credentials: c.Credentials, Redirect: c.Redirect,
		Where: harness.WhereServiceWorker,
	}
	return q
}

// adopt takes over what another decision took.
func (r *run) adopt(d Decision) {
	r.take(d.Branches...)
	for _, id := range d.Deviations {
		if !slices.Contains(r.Deviations, id) {
			r.Deviations = append(r.Deviations, id)
		}
	}
	r.Exchanges, r.Refused = append(r.Exchanges, d.Exchanges...), d.Refused
}

// beforeRequest says whether a fetch was refused before there was a request.
func beforeRequest(reason harness.Reason) bool {
	switch reason {
	case harness.RequestRefused, harness.DisallowedByMode, harness.CorsDisabledScheme, harness.NoCorsRedirectModeNotFollow:
		return true
	}
	return false
}

// refuses names the check that the response of the service worker does not pass.
// https://fetch.spec.whatwg.org/#http-fetch
func (r *run) refuses(answer Decision) string {
	redirected := slices.ContainsFunc(answer.Exchanges, func(e Exchange) bool { return e.Kind == harness.RedirectHop })
	switch {
	case r.mode == harness.SameOriginOnly && answer.Type == typeCORS:
		return workerCORS
	case r.mode != harness.NoCORS && answer.Type == typeOpaque:
		return workerOpaque
	case r.redirect != harness.RedirectManual && answer.Type == typeOpaqueRedirect:
		return workerManual
	case r.redirect != harness.RedirectFollow && redirected:
		return workerFollowed
	}
	return ""
}

// made takes a response that the service worker made.
func (r *run) made() *failure {
	c := r.q.Request.Controller
	reply := Reply{Status: c.Status, Header: c.Headers}
	if reply.Status == 0 {
		reply.Status = 200
	}
	if c.Body != "" && len(c.Headers.Values(web.NameContentType)) == 0 {
		reply.Header = append(reply.Header[:len(reply.Header):len(reply.Header)], harness.Field{Name: web.NameContentType, Value: contentType(harness.TextBody)})
	}
	r.tainting = typeBasic
	if !SameOrigin(r.current().Origin(), r.origin) && !r.deviates(madeResponseIsBasic) {
		r.tainting = typeCORS
		if r.mode == harness.NoCORS {
			r.tainting = typeOpaque
		}
	}
	next := r.locationURL(reply)
	if failed := r.locationRefused(next); failed != nil {
		return failed
	}
	if next.redirect {
		return r.redirected(reply, next)
	}
	r.filter(r.tainting, reply)
	return nil
}
