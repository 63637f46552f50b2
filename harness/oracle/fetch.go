package oracle

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

const (
	anchorMain   = "https://fetch.spec.whatwg.org/#main-fetch"
	anchorHTTP   = "https://fetch.spec.whatwg.org/#http-fetch"
	anchorCheck  = "https://fetch.spec.whatwg.org/#cors-check"
	anchorCORP   = "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check"
	anchorCache  = "https://fetch.spec.whatwg.org/#http-network-or-cache-fetch"
	anchorPort   = "https://fetch.spec.whatwg.org/#port-blocking"
	anchorFilter = "https://fetch.spec.whatwg.org/#concept-filtered-response"
)

var (
	mainSameOrigin     = branch("main fetch: same origin")
	mainData           = branch("main fetch: data URL")
	mainBlob           = branch("main fetch: blob URL of the page's origin, without a blob")
	mainSameOriginOnly = branch("main fetch: mode same-origin, another origin")
	mainNoCORSRedirect = branch("main fetch: mode no-cors, redirect mode is not follow")
	mainNoCORS         = branch("main fetch: mode no-cors")
	mainScheme         = branch("main fetch: scheme is not HTTP(S)")
	mainPreflight      = branch("main fetch: cors with preflight")
	mainCORS           = branch("main fetch: cors")
	fetchOnlyIfCached  = branch("fetch: only-if-cached")
	fetchPort          = branch("fetch: bad port")
	fetchFailed        = branch("fetch: no response")
	fetchTiming        = branch("fetch: timing hidden")
	originTainted      = branch("origin: null after redirects")
	originPolicy       = branch("origin: null by referrer policy")
	originUnsafe       = branch("origin: sent for a method that is not GET or HEAD")
	originCORS         = branch("origin: sent for cors")
)

// run is the state of one decision.
type run struct {
	Decision
	q    Question
	rows map[string]bool // the deviations in force

	origin         Origin
	urls           []URL // all URLs of the request so far
	method         string
	header         harness.Header
	body           bool
	mode           harness.Mode
	credentials    harness.Credentials
	redirect       harness.Redirect
	xhr            bool
	streamed       bool   // the body is a ReadableStream, which cannot be sent twice
	tainting       string // a response type
	redirects      int
	usePreflight   bool                         // the use-CORS-preflight flag
	preflighted    bool                         // the last cors request needed a preflight
	given          harness.Header               // the header list before any redirect
	typeGiven      string                       // the Content-Type before its charset was replaced
	removed        []string                     // the names that the last redirect has removed from it
	redirectPolicy harness.ReferrerPolicy       // of the last redirect with a policy
	timingFailed   bool                         // the timing allow failed flag
	passed         bool                         // the service worker had its turn
	own            map[cacheKey]preflightResult // Chrome's records for an opaque origin
}

// failure is a network error, or an end without a verdict when netError is set.
type failure struct {
	reason            harness.Reason
	parameter, anchor string
	netError          string
}

// Decide returns what a browser must do. It changes nothing but q.Cache.
func Decide(q Question) Decision {
	r := run{q: q, rows: inForce(q.As, q.Without)}
	failed := r.make()
	if failed == nil {
		failed = r.mainFetch()
	}
	if failed == nil {
		r.Anchor = anchorFilter
		return r.Decision
	}
	r.Anchor = failed.anchor
	if r.NetError = failed.netError; r.NetError == "" {
		r.Verdict, r.Reason, r.Parameter = harness.Blocked, failed.reason, failed.parameter
	}
	return r.Decision
}

// take records that branches were taken.
func (r *run) take(branches ...string) {
	for _, b := range branches {
		if !slices.Contains(r.Branches, b) {
			r.Branches = append(r.Branches, b)
		}
	}
}

// deviates says whether a row of the table is in force, and records its use. Call it only
// where the row may make a difference.
func (r *run) deviates(id string) bool {
	if !r.rows[id] {
		return false
	}
	if !slices.Contains(r.Deviations, id) {
		r.Deviations = append(r.Deviations, id)
	}
	return true
}

// current returns the URL of the current request.
func (r *run) current() URL { return r.urls[len(r.urls)-1] }

// serializedOrigin returns the origin as the request sends it.
func (r *run) serializedOrigin() string { return SerializeRequestOrigin(r.origin, r.urls) }

// tainted says whether redirects have made the origin null.
func (r *run) tainted() bool { return RedirectTaint(r.origin, r.urls) != TaintSameOrigin }

// mainFetch chooses the branch for the current URL.
// https://fetch.spec.whatwg.org/#main-fetch
func (r *run) mainFetch() *failure {
	url := r.current()
	switch {
	case r.tainting == typeBasic && SameOrigin(url.Origin(), r.origin):
		r.take(mainSameOrigin)
		return r.httpFetch(nil, false)
	case url.Scheme == "data":
		r.take(mainData)
		return r.dataFetch()
	case url.Scheme == "blob" && SameOrigin(ParseOrigin(url.Path), r.origin):
		r.take(mainBlob)
		return &failure{netError: "net::ERR_FILE_NOT_FOUND", anchor: anchorMain} // a question has no blobs
	case r.mode == harness.SameOriginOnly:
		r.take(mainSameOriginOnly)
		return r.notSameOrigin()
	case r.mode == harness.NoCORS && r.redirect != harness.RedirectFollow:
		r.take(mainNoCORSRedirect)
		return &failure{reason: harness.NoCorsRedirectModeNotFollow, anchor: anchorMain}
	case !url.IsHTTP():
		r.take(mainScheme)
		return r.schemeRefused(url.Scheme)
	case r.mode == harness.NoCORS:
		r.take(mainNoCORS)
		r.tainting = typeOpaque
		return r.httpFetch(nil, false)
	}
	r.tainting = typeCORS
	unsafe := r.unsafe()
	r.preflighted = r.usePreflight || !CORSSafelistedMethod(r.method) || len(unsafe) > 0 || r.preflightsAgain()
	needed := r.preflighted
	if needed {
		r.take(mainPreflight)
	} else {
		r.take(mainCORS)
	}
	failed := r.httpFetch(unsafe, needed)
	r.forget(failed, needed)
	return failed
}

// notSameOrigin ends a request of mode same-origin.
func (r *run) notSameOrigin() *failure {
	if len(r.urls) > 1 && r.deviates(sameOriginReportsOrigin) {
		return &failure{reason: harness.BlockedByOrigin, anchor: anchorMain}
	}
	return &failure{reason: harness.DisallowedByMode, anchor: anchorMain}
}

// schemeRefused ends a request for a scheme other than HTTP(S).
func (r *run) schemeRefused(scheme string) *failure {
	switch {
	case r.xhr && (scheme == "file" || scheme == "blob") && r.deviates(schemeHasOwnReason), !r.xhr && scheme == "file" && r.deviates(fileHasOwnReason):
		return &failure{reason: harness.BlockedByOther, anchor: anchorMain}
	case r.xhr && r.q.Request.EffectiveWhere() == harness.WhereWorker && r.mixed(scheme) && r.deviates(schemeHasOwnReason):
		return &failure{reason: harness.BlockedByMixedContent, anchor: anchorMain}
	case r.xhr && r.deviates(schemeHasOwnReason):
		return &failure{reason: harness.CorsDisabledScheme, anchor: anchorMain}
	}
	return &failure{reason: harness.CorsDisabledScheme, parameter: scheme, anchor: anchorMain}
}

// mixed says whether Chrome calls a scheme that cannot be asked mixed content in a worker:
// its script came over https.
func (r *run) mixed(scheme string) bool { return r.origin.Scheme == "https" && scheme != "wss" }

// httpFetch sends the request, after a preflight if it needs one, and judges the
// response. The service worker of the page is asked first.
// https://fetch.spec.whatwg.org/#http-fetch
func (r *run) httpFetch(unsafe []string, makePreflight bool) *failure {
	if r.controlled() {
		return r.handleFetch()
	}
	if makePreflight && !r.cached(unsafe) {
		if failed := r.corsPreflightFetch(unsafe); failed != nil {
			return failed
		}
	}
	reply, failed := r.send(r.request())
	if failed != nil {
		r.take(fetchFailed)
		return failed
	}
	next := r.locationURL(reply)
	if failed := r.locationRefused(next); failed != nil {
		return failed
	}
	if failed := r.share(reply); failed != nil {
		return failed
	}
	if next.redirect {
		return r.redirected(reply, next)
	}
	r.filter(r.tainting, reply)
	return nil
}

// share says whether the page may have the response.
func (r *run) share(reply Reply) *failure {
	url, origin := r.current(), r.serializedOrigin()
	r.timingFailed = r.timingFailed || !TAOCheck(origin, r.tainting == typeBasic, reply.Header)
	if r.TimingAllowed = !r.timingFailed; r.timingFailed {
		r.take(fetchTiming)
	}
	switch r.tainting {
	case typeCORS:
		c := corsCheck(origin, r.credentials, reply.Header)
		r.take(c.branch)
		if c.reason != "" {
			return &failure{reason: c.reason, parameter: c.parameter, anchor: anchorCheck}
		}
	case typeOpaque:
		reason, taken := corp(r.origin, url, reply.Header, r.embedderPolicy(), r.includesCredentials())
		if taken == corpRequired && r.hasPolicy(reply.Header) && r.deviates(takesUnknownPolicy) {
			reason, taken = "", corpNone
		}
		r.take(taken)
		if reason != "" {
			return &failure{reason: reason, anchor: anchorCORP}
		}
	}
	return nil
}

// includesCredentials says whether the request may carry cookies.
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (r *run) includesCredentials() bool {
	if r.embedderPolicy() == "credentialless" && r.mode == harness.NoCORS && (r.tainted() || !SameOrigin(r.origin, r.current().Origin())) {
		// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
		return false
	}
	return r.credentials == harness.Include || r.credentials == harness.SameOrigin && r.tainting == typeBasic
}

// request returns the current request as an exchange.
func (r *run) request() Exchange {
	kind := harness.ActualRequest
	if len(r.urls) > 1 {
		kind = harness.RedirectHop
	}
	header := slices.Clone(r.onTheWire(r.header))
	if origin, ok := r.originHeader(); ok {
		header = append(header, harness.Field{Name: web.NameOrigin, Value: origin})
	}
	return Exchange{Kind: kind, Method: r.method, URL: r.current().String(), Header: header, Credentials: r.includesCredentials()}
}

// originHeader returns the value of Origin, and whether there is one.
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (r *run) originHeader() (string, bool) {
	origin := r.serializedOrigin()
	if r.tainted() {
		r.take(originTainted)
	}
	switch {
	case r.tainting == typeCORS:
		r.take(originCORS)
		return origin, true
	case r.method == "GET" || r.method == "HEAD":
		return "", false
	case r.mode == harness.CORS || origin == "null":
		r.take(originUnsafe)
		return origin, true
	case r.policyHidesOrigin() && !r.deviates(keepsOriginOfNoCORS):
		r.take(originPolicy)
		return "null", true
	case r.crossed() && r.deviates(taintsOriginOfNoCORS):
		return "null", true
	}
	r.take(originUnsafe)
	return origin, true
}

// policyHidesOrigin says whether the referrer policy hides the origin.
func (r *run) policyHidesOrigin() bool {
	url := r.current()
	switch r.referrerPolicy() {
	case harness.NoReferrer:
		return true
	case harness.NoReferrerWhenDowngrade, harness.StrictOrigin, harness.StrictOriginWhenCrossOrigin:
		return r.origin.Scheme == "https" && url.Scheme != "https"
	case harness.SameOriginReferrer:
		return !SameOrigin(r.origin, url.Origin())
	}
	return false
}

// crossed says whether a redirect led from one origin to another.
func (r *run) crossed() bool {
	for i := 1; i < len(r.urls); i++ {
		if !SameOrigin(r.urls[i].Origin(), r.urls[i-1].Origin()) {
			return true
		}
	}
	return false
}

// send makes an exchange.
func (r *run) send(e Exchange) (Reply, *failure) {
	if web.IsBadPort(r.current().Port) {
		r.take(fetchPort)
		return Reply{}, &failure{reason: harness.UnsafePort, anchor: anchorPort}
	}
	if r.q.Request.Cache == harness.CacheOnlyIfCached {
		r.take(fetchOnlyIfCached)
		return Reply{}, &failure{reason: harness.NotInCache, anchor: anchorCache}
	}
	r.Exchanges = append(r.Exchanges, e)
	reply := r.q.Server(e)
	reply.Header = r.withoutEmptyLines(reply.Header)
	r.last = reply.Header
	if reply.NetError != "" {
		return reply, &failure{netError: reply.NetError, anchor: anchorCache}
	}
	if reply.Status == 0 {
		reply.Status = 200
	}
	return reply, nil
}
