package oracle

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// preflightOrigin returns the origin that a preflight sends, and that its response must
// allow: the same as the request sends. In Firefox it is the page's, also after redirects.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (r *run) preflightOrigin() string {
	origin := r.serializedOrigin()
	if own := r.origin.String(); own != origin && r.deviates(preflightsAsPage) {
		return own
	}
	return origin
}

// preflightsItself says whether a preflight asks the page's own origin, after redirects.
// Firefox does not check such a response.
func (r *run) preflightsItself() bool {
	return SameOrigin(r.origin, r.current().Origin()) && r.deviates(preflightsAsPage)
}

// unsafe returns the unsafe names in the order of the request. In Firefox these are the
// names that the request had at first, without what the last redirect has removed.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *run) unsafe() []string {
	unsafe := r.unsafeOf(r.header)
	if len(r.urls) == 1 || !r.rows[preflightsRedirects] {
		return unsafe
	}
	first := slices.DeleteFunc(r.unsafeOf(r.given), func(name string) bool { return slices.Contains(r.removed, name) })
	if !slices.Equal(first, unsafe) && r.deviates(preflightsRedirects) {
		return first
	}
	return unsafe
}

// unsafeOf returns the unsafe names of a list of headers. Firefox judges the Content-Type
// that the script gave, and not the one whose charset was replaced.
func (r *run) unsafeOf(list harness.Header) []string {
	unsafe := unsafeNames(r.deviates, list)
	if r.typeGiven == "" || !r.rows[judgesGivenType] {
		return unsafe
	}
	given := slices.Clone(list)
	for i, f := range given {
		if web.Lower(f.Name) == web.Lower(web.NameContentType) {
			given[i].Value = r.typeGiven
		}
	}
	judged := unsafeNames(r.deviates, given)
	if !slices.Equal(judged, unsafe) && r.deviates(judgesGivenType) {
		return judged
	}
	return unsafe
}

// preflightsAgain says whether a redirected request is preflighted only because it was
// before, or because it had unsafe headers at first.
func (r *run) preflightsAgain() bool {
	return len(r.urls) > 1 && (r.preflighted || r.rows[preflightsRedirects] && len(r.unsafeOf(r.given)) > 0) && r.deviates(preflightsRedirects)
}

// noteRemoved notes the names that a redirect to a URL removes from the list of headers.
func (r *run) noteRemoved(rewritten bool, next URL) {
	r.removed = nil
	for _, f := range r.given {
		if rewritten && web.IsRequestBodyHeaderName(f.Name) || isAuthorization(f.Name) && r.crosses(next) {
			r.removed = append(r.removed, web.Lower(f.Name))
		}
	}
}

func isAuthorization(name string) bool { return web.Lower(name) == web.Lower(web.NameAuthorization) }

// crosses says whether a redirect to a URL leads to another origin.
func (r *run) crosses(next URL) bool { return !SameOrigin(r.current().Origin(), next.Origin()) }

// restoreHeaders gives the request, on a redirect to a URL, the headers back that an earlier one
// has removed. Firefox takes the first list of headers, and removes what the status removes from
// a request with the first method.
func (r *run) restoreHeaders(status int, next URL) {
	if !r.rows[restoresHeaders] {
		return
	}
	rewritten := becomesGET(status, NormalizeMethod(or(r.q.Request.Method, "GET")))
	var restored harness.Header
	for _, f := range r.given {
		removed := rewritten && web.IsRequestBodyHeaderName(f.Name) || isAuthorization(f.Name) && r.crosses(next)
		if r.madeByXHR(f.Name) {
			removed = len(r.header.Values(f.Name)) == 0
		}
		if !removed {
			restored = append(restored, f)
		}
	}
	if !slices.Equal(restored, r.header) && r.deviates(restoresHeaders) {
		r.header = restored
	}
}

// madeByXHR says whether XMLHttpRequest made the header itself.
func (r *run) madeByXHR(name string) bool {
	return r.xhr && web.Lower(name) == web.Lower(web.NameContentType) && len(r.q.Request.Headers.Values(name)) == 0 && r.q.Request.Body.Kind != harness.JSONBody
}

// singleHeaders are the request headers of which Firefox sends the last value, among the
// headers that a script can set.
var singleHeaders = []string{"authorization", "content-disposition", "content-type", "from", "if-modified-since", "if-unmodified-since", "location", "max-forwards"}

// onTheWire returns the headers as fetch() sends them. Firefox sets them one by one: an empty
// value takes the place of the values before it.
func (r *run) onTheWire(list harness.Header) harness.Header {
	if r.xhr || !r.rows[setsHeadersInTurn] {
		return list
	}
	var sent harness.Header
	for _, f := range list {
		if r.body && len(r.urls) == 1 && web.Lower(f.Name) == web.Lower(web.NameContentType) && len(sent.Values(f.Name)) > 0 {
			continue // the body brings its type: the first
		}
		if f.Value == "" || slices.Contains(singleHeaders, web.Lower(f.Name)) {
			sent = remove(sent, web.Lower(f.Name))
		}
		sent = append(withoutEmpty(sent, f.Name), f)
	}
	if len(sent) == len(list) || !r.deviates(setsHeadersInTurn) {
		return list
	}
	return sent
}

// withoutEmpty removes the headers of a name that have no value.
func withoutEmpty(list harness.Header, name string) harness.Header {
	return slices.DeleteFunc(slices.Clone(list), func(f harness.Field) bool { return f.Value == "" && web.Lower(f.Name) == web.Lower(name) })
}

// withoutEmptyLines returns the headers of a response as Firefox reads them: without the
// lines that have no value, if the name has others. It counts the lines of
// Access-Control-Allow-Origin before.
func (r *run) withoutEmptyLines(list harness.Header) harness.Header {
	return r.readLines(list, func(name string) bool { return name != web.Lower(web.NameAllowOrigin) })
}

// withoutEmptyOrigins does so for Access-Control-Allow-Origin, which a script can read.
func (r *run) withoutEmptyOrigins(list harness.Header) harness.Header {
	return r.readLines(list, func(name string) bool { return name == web.Lower(web.NameAllowOrigin) })
}

func (r *run) readLines(list harness.Header, reads func(name string) bool) harness.Header {
	if !r.rows[leavesEmptyLinesOut] {
		return list
	}
	var kept harness.Header
	for i, f := range list {
		others := slices.ContainsFunc(list, func(o harness.Field) bool { return web.Lower(o.Name) == web.Lower(f.Name) && o.Value != "" })
		first := len(list[:i].Values(f.Name)) == 0
		if f.Value != "" || !reads(web.Lower(f.Name)) || !others && first {
			kept = append(kept, f)
		}
	}
	if len(kept) == len(list) || !r.deviates(leavesEmptyLinesOut) {
		return list
	}
	return kept
}

// hasPolicy says whether a response has a Cross-Origin-Resource-Policy, of any value.
func (r *run) hasPolicy(response harness.Header) bool {
	policy, _ := Get(response, web.NameResourcePolicy)
	return policy != ""
}

// loose says whether Firefox ignores a referrer policy for another site.
func loose(policy harness.ReferrerPolicy) bool {
	switch policy {
	case harness.NoReferrerWhenDowngrade, harness.OriginWhenCrossOrigin, harness.UnsafeURL:
		return true
	}
	return false
}

// readsFirst says whether Firefox refuses a Location before it judges the response.
func (r *run) readsFirst(next location) bool {
	switch next.url.Scheme {
	case "chrome", "data", "file", "javascript", "ws":
		return true
	case "blob":
		own := r.current().Origin()
		if r.xhr {
			own = r.origin
		}
		return !SameOrigin(ParseOrigin(next.url.Path), own)
	}
	return !next.valid
}
