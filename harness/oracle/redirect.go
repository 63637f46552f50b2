package oracle

import (
	"errors"
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

const anchorRedirect = "https://fetch.spec.whatwg.org/#http-redirect-fetch"

// redirectLimit is the largest number of redirects that a request follows.
const redirectLimit = 20

var (
	redirectNoLocation   = branch("redirect: no Location")
	redirectNone         = branch("redirect: no Location, so none")
	redirectInvalid      = branch("redirect: Location is not a URL")
	redirectTwo          = branch("redirect: several Locations")
	redirectScheme       = branch("redirect: scheme is not HTTP(S)")
	redirectTooMany      = branch("redirect: too many")
	redirectUserinfo     = branch("redirect: user name, another origin")
	redirectUserinfoCORS = branch("redirect: user name, response tainting cors")
	redirectUserinfoAny  = branch("redirect: user name, allowed by CORS")
	redirectStream       = branch("redirect: body cannot be sent again")
	redirectToGET        = branch("redirect: becomes GET")
	redirectKeeps        = branch("redirect: keeps its method")
	redirectDrops        = branch("redirect: Authorization dropped")
	redirectError        = branch("redirect: mode error")
	redirectManual       = branch("redirect: mode manual")
)

// location is the target of a redirect.
type location struct {
	redirect bool // the response redirects
	present  bool // it has a Location
	valid    bool // url is valid
	url      URL
	netError string // there is no response
}

// locationURL reads the Location header.
// https://fetch.spec.whatwg.org/#concept-response-location-url
func (r *run) locationURL(reply Reply) location {
	lines := reply.Header.Values(web.NameLocation)
	distinct := sortedNames(lines)
	if len(distinct) > 1 && r.deviates(refusesTwoLocations) {
		r.take(redirectTwo)
		return location{netError: "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION"}
	}
	if !web.IsRedirectStatus(reply.Status) {
		return location{}
	}
	value := ""
	if len(lines) > 0 {
		value, _ = Get(harness.Header{{Name: web.NameLocation, Value: lines[0]}}, web.NameLocation)
	}
	switch {
	case len(lines) > 1 && r.deviates(refusesTwoLocations):
		// Chrome takes equal lines for one line.
	case len(lines) > 1:
		r.take(redirectTwo)
		return location{redirect: true, present: true}
	case len(lines) == 0 && r.redirect != harness.RedirectError, value == "" && r.redirect == harness.RedirectManual:
		return location{redirect: true}
	}
	if value == "" && r.deviates(redirectNeedsLocation) {
		r.take(redirectNone)
		return location{}
	}
	if len(lines) == 0 {
		return location{redirect: true}
	}
	base := r.current()
	url, err := r.parseLocation(value, &base)
	if url.Fragment == "" {
		url.Fragment = base.Fragment
	}
	return location{redirect: true, present: true, valid: err == nil, url: url}
}

// parseLocation parses a Location. Chrome takes hosts that the standard does not.
func (r *run) parseLocation(value string, base *URL) (URL, error) {
	url, err := ParseURL(value, base)
	var loose *web.LooseHostError
	if errors.As(err, &loose) && (loose.Decoded && r.deviates(decodesHostTwice) || !loose.Decoded && r.deviates(takesAnyPunycode)) {
		err = nil
	}
	return url, err
}

// locationRefused returns the failure of a Location that Chrome refuses before it judges
// the response.
func (r *run) locationRefused(next location) *failure {
	switch {
	case next.netError != "":
		return &failure{netError: next.netError, anchor: anchorRedirect}
	case next.present && !next.valid && r.deviates(refusesTargetFirst):
		r.take(redirectInvalid)
		return &failure{reason: harness.InvalidRedirect, anchor: anchorRedirect}
	case next.present && r.redirect == harness.RedirectFollow && r.readsFirst(next) && r.deviates(readsLocationFirst):
		r.take(redirectInvalid)
		return &failure{reason: harness.InvalidRedirect, anchor: anchorRedirect}
	}
	return nil
}

// redirected follows the redirect mode.
// https://fetch.spec.whatwg.org/#http-fetch
func (r *run) redirected(reply Reply, next location) *failure {
	switch r.redirect {
	case harness.RedirectError:
		if next.valid && next.url.IsHTTP() && r.userinfoForbidden(next.url) && r.deviates(refusesTargetFirst) {
			return &failure{reason: harness.RedirectContainsCredentials, anchor: anchorRedirect}
		}
		r.take(redirectError)
		return &failure{reason: harness.RedirectRefused, anchor: anchorHTTP}
	case harness.RedirectManual:
		r.take(redirectManual)
		r.filter(typeOpaqueRedirect, reply)
		return nil
	}
	return r.httpRedirectFetch(reply, next)
}

// httpRedirectFetch follows a redirect.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func (r *run) httpRedirectFetch(reply Reply, next location) *failure {
	switch {
	case !next.present:
		r.take(redirectNoLocation)
		r.filter(r.tainting, reply)
		return nil
	case !next.valid:
		r.take(redirectInvalid)
		return &failure{reason: harness.InvalidRedirect, anchor: anchorRedirect}
	case !next.url.IsHTTP():
		r.take(redirectScheme)
		if r.unrepeatable(reply) && r.deviates(judgesStreamFirst) {
			return &failure{reason: harness.BodyNotResent, anchor: anchorRedirect}
		}
		return r.targetScheme(next.url.Scheme)
	case r.redirects == redirectLimit, r.redirects == redirectLimit-1 && r.outlives() && r.deviates(keepaliveRedirectsLess):
		r.take(redirectTooMany)
		return &failure{reason: harness.TooManyRedirects, anchor: anchorRedirect}
	}
	r.redirects++
	if failed := r.userinfoRefused(next.url); failed != nil {
		return failed
	}
	if r.unrepeatable(reply) {
		r.take(redirectStream)
		return &failure{reason: harness.BodyNotResent, anchor: anchorRedirect}
	}
	method := r.method
	r.rewrite(reply.Status)
	if !SameOrigin(r.current().Origin(), next.url.Origin()) && len(r.header.Values(web.NameAuthorization)) > 0 {
		r.take(redirectDrops)
		r.header = remove(r.header, web.Lower(web.NameAuthorization))
	}
	r.noteRemoved(r.method != method, next.url)
	r.restoreHeaders(reply.Status, next.url)
	if !SameOrigin(r.origin, next.url.Origin()) || r.inWorker() || r.framedByAnotherOrigin() {
		r.dropClientHints()
	}
	r.redirectPolicy = or(referrerPolicyOf(reply.Header), r.redirectPolicy)
	r.urls = append(r.urls, next.url)
	return r.mainFetch()
}

// unrepeatable says whether a redirect must send a streamed body again.
func (r *run) unrepeatable(reply Reply) bool { return reply.Status != 303 && r.body && r.streamed }

// isWorker says whether the request comes from a worker.
func isWorker(r harness.Request) bool { return r.EffectiveWhere() != harness.WhereWindow }

// inWorker says whether a worker makes the request: the script's own, or the service worker
// that passes the request of the page through.
func (r *run) inWorker() bool { return isWorker(r.q.Request) || r.passed }

// framedByAnotherOrigin says whether the page is in a frame of another origin, where
// the permissions policy gives a page no client hints by default.
// https://wicg.github.io/client-hints-infrastructure/#policy-controlled-features
func (r *run) framedByAnotherOrigin() bool {
	within := r.q.Request.Within
	return within != "" && !SameOrigin(r.origin, ParseOrigin(within))
}

// dropClientHints removes the headers that Chrome takes for its own client hints.
func (r *run) dropClientHints() {
	kept := remove(r.header, redirectHints...)
	if len(kept) < len(r.header) && !r.outlives() && r.deviates(dropsClientHints) {
		r.header = kept
	}
}

// outlives says whether Chrome's browser process follows the redirects, in place of the
// page: of a request with keepalive, and not in a worker.
func (r *run) outlives() bool { return r.q.Request.KeptAlive() && !r.inWorker() }

// userinfoForbidden says whether CORS forbids the user name or password in a target.
func (r *run) userinfoForbidden(url URL) bool {
	switch {
	case url.Userinfo == "":
		return false
	case r.mode == harness.CORS && !SameOrigin(r.origin, url.Origin()):
		r.take(redirectUserinfo)
		return true
	case r.tainting == typeCORS:
		r.take(redirectUserinfoCORS)
		return true
	}
	return false
}

// userinfoRefused judges a user name or password in a target to follow.
func (r *run) userinfoRefused(url URL) *failure {
	switch {
	case url.Userinfo == "":
		return nil
	case r.userinfoForbidden(url):
		return &failure{reason: harness.RedirectContainsCredentials, anchor: anchorRedirect}
	}
	r.take(redirectUserinfoAny)
	if !r.xhr && r.deviates(refusesUserinfo) {
		return &failure{reason: harness.BlockedByOrigin, anchor: anchorRedirect}
	}
	return nil
}

// isLocal says whether Chrome refuses every redirect to this scheme.
func isLocal(scheme string) bool {
	switch scheme {
	case "about", "blob", "chrome", "chrome-untrusted", "data", "devtools", "file", "filesystem":
		return true
	}
	return false
}

// targetScheme ends a redirect to a scheme other than HTTP(S).
func (r *run) targetScheme(scheme string) *failure {
	reason, where := harness.UnsafeRedirect, r.q.Request.EffectiveWhere()
	if !isLocal(scheme) && r.deviates(schemeHasOwnReason) {
		switch {
		case r.mode == harness.SameOriginOnly:
			reason = harness.BlockedByOrigin
		case (where == harness.WhereWorker || where == harness.WhereServiceWorker || r.passed) && r.mixed(scheme):
			reason = harness.BlockedByMixedContent
		case r.mode == harness.CORS:
			reason = harness.CorsDisabledScheme
		default:
			reason = harness.UnknownURLScheme
		}
	}
	return &failure{reason: reason, anchor: anchorRedirect}
}

// becomesGET says whether a status turns a request with a method into a GET.
func becomesGET(status int, method string) bool {
	post := (status == 301 || status == 302) && method == "POST"
	return post || status == 303 && method != "GET" && method != "HEAD"
}

// rewrite turns the request into a GET where the status requires it.
func (r *run) rewrite(status int) {
	if !becomesGET(status, r.method) {
		r.take(redirectKeeps)
		return
	}
	r.take(redirectToGET)
	r.method, r.body = "GET", false
	r.header = slices.DeleteFunc(slices.Clone(r.header), func(f harness.Field) bool { return web.IsRequestBodyHeaderName(f.Name) })
}
