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

// preflightsAgain says whether a redirected request is preflighted only because it was
// before, or because it had unsafe headers before.
func (r *run) preflightsAgain() bool {
	return len(r.urls) > 1 && (r.preflighted || r.rows[preflightsRedirects] && len(unsafeNames(r.deviates, r.given)) > 0) && r.deviates(preflightsRedirects)
}

// restoreHeaders gives a redirected request the headers back that an earlier redirect has
// removed: Firefox removes from the first list of headers what this redirect removes.
// before is the list before this redirect.
func (r *run) restoreHeaders(before harness.Header, next URL) {
	if !r.rows[restoresHeaders] {
		return
	}
	var restored harness.Header
	for _, f := range r.given {
		kept := len(r.header.Values(f.Name)) > 0
		lost := len(before.Values(f.Name)) == 0
		if kept || lost && !r.removes(f.Name, next) && !r.madeByXHR(f.Name) {
			restored = append(restored, f)
		}
	}
	if len(restored) > len(r.header) && r.deviates(restoresHeaders) {
		r.header = restored
	}
}

// removes says whether the redirect to a URL removes the header: Authorization, where it
// leads to another origin. What a rewrite to GET removes is lost once: there is one rewrite.
func (r *run) removes(name string, next URL) bool {
	return web.Lower(name) == web.Lower(web.NameAuthorization) && !SameOrigin(r.current().Origin(), next.Origin())
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

// readsFirst says whether Firefox refuses a Location before it judges the response.
func (r *run) readsFirst(next location) bool {
	return !next.valid || next.url.Scheme == "data" || next.url.Scheme == "file"
}
