package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// raiseReadable: every allowed origin must be able to read, alone and one after the
// other.
func (x *raiser) raiseReadable() {
	for _, from := range x.asking {
		x.add(behaviour.Allowed, x.readableID(from), parts{from: from}, fmt.Sprintf("GET %s from %s is readable", x.Path, from), readable(x.request(from, "")))
	}
	if says(x.Credentials, true) {
		for _, from := range x.asking {
			r := x.request(from, "")
			r.Credentials = harness.Include
			x.add(behaviour.Allowed, "K02", parts{from: from}, fmt.Sprintf("GET %s from %s is readable with credentials", x.Path, from), readable(r))
		}
	}
	if len(x.Origins.List) > 0 && len(x.asking) > 1 {
		x.raiseInTurn()
	}
}

// readableID is the behaviour by which an allowed origin may read.
func (x *raiser) readableID(from string) string {
	switch {
	case x.Origins.Any:
		return "K25"
	case slices.Contains(x.Origins.List, from):
		return "K01"
	}
	return "K20"
}

// raiseInTurn: each origin must get its own value, whichever origin asked before.
func (x *raiser) raiseInTurn() {
	var steps []Step
	for _, from := range append(slices.Clip(x.asking), x.asking[0]) {
		steps = append(steps, readable(x.credentialedRequest(from)))
	}
	x.add(behaviour.Allowed, "K06", parts{}, fmt.Sprintf("GET %s is readable from each of %d origins in turn", x.Path, len(x.asking)), steps...)
}

// raiseExposed: each exposed header must be readable, and no other.
func (x *raiser) raiseExposed() {
	if x.ExposeHeaders == nil {
		return
	}
	r := x.credentialedRequest(x.asking[0])
	from := r.From
	if x.ExposeHeaders.Any() {
		id := "K09"
		if r.Credentials == harness.Include {
			id = "K10"
		}
		s := readable(r)
		s.Exposed = x.ExposeHeaders
		x.add(behaviour.Allowed, id, parts{from: from}, fmt.Sprintf("GET %s from %s: every response header is readable", x.Path, from), s)
		x.raiseExposedBy(id)
		return
	}
	carried := slices.ContainsFunc(x.Methods, func(m string) bool { return m != Wildcard && !web.IsSafeMethod(m) })
	for _, name := range x.ExposeHeaders {
		s := readable(r)
		s.Exposed, s.OnlyCarried = Names{name}, carried
		x.add(behaviour.Allowed, "K09", parts{from: from, header: name}, fmt.Sprintf("GET %s from %s: the response header %s is readable", x.Path, from, name), s)
	}
	s := readable(r)
	s.OnlyExposed, s.Exposed = true, x.ExposeHeaders
	x.add(behaviour.Forbidden, "K09", parts{from: from, other: "others"}, fmt.Sprintf("GET %s from %s: response headers that are not exposed are not readable", x.Path, from), s)
	x.raiseExposedBy("K09")
}

// raiseExposedBy wants the same of the answers to other methods: a header is exposed by each
// response. A method that changes something has to be sent for that. OPTIONS is left out:
// what adds the headers of CORS often answers it.
// https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
func (x *raiser) raiseExposedBy(id string) {
	from := x.asking[0]
	for _, method := range x.Methods {
		if method == Wildcard || method == "GET" || method == "OPTIONS" {
			continue
		}
		s := x.method(method)
		s.PreflightOnly, s.Exposed, s.OnlyCarried = false, x.ExposeHeaders, true
		if len(x.ExposeHeaders) > 0 {
			x.add(behaviour.Allowed, id, parts{from: from, method: method}, fmt.Sprintf("%s %s from %s: the response headers that are exposed are readable", method, x.Path, from), s)
		}
		if !x.ExposeHeaders.Any() {
			s.OnlyExposed, s.OnlyCarried = true, false
			x.add(behaviour.Forbidden, id, parts{from: from, method: method, other: "others"}, fmt.Sprintf("%s %s from %s: response headers that are not exposed are not readable", method, x.Path, from), s)
		}
	}
}

// raiseMethods: every method must be usable. Other probes judge GET already.
func (x *raiser) raiseMethods() {
	from := x.asking[0]
	if x.Methods.Any() {
		id := "K41"
		if says(x.Credentials, true) {
			id = "K42"
		}
		x.add(behaviour.Allowed, id, parts{from: from, method: "DELETE"}, fmt.Sprintf("DELETE %s from %s passes, because any method does", x.Path, from), x.method("DELETE"))
		return
	}
	for _, method := range x.Methods {
		if method != "GET" {
			x.add(behaviour.Allowed, "K31", parts{from: from, method: method}, fmt.Sprintf("%s %s from %s passes", method, x.Path, from), x.method(method)).tag(behaviour.TagMethod)
		}
	}
}

// raiseOthers: what passes for one origin must pass for each. What answers preflights often
// knows one origin alone, or each with methods of its own. Nothing but preflights is sent.
func (x *raiser) raiseOthers() {
	methods := slices.DeleteFunc(slices.Clone(x.Methods), web.IsSafeMethod)
	switch {
	case x.Methods.Any():
		methods = Names{"DELETE"}
	case len(methods) == 0:
		methods = Names{"GET"}
	}
	for _, from := range x.asking[1:] {
		var steps []Step
		var names []string
		for _, method := range methods {
			r := x.request(from, method, x.allowedHeaders()...)
			r.Credentials, r.DryRun = x.credentialed(), true
			if s := readable(r); preflighted(r) {
				s.PreflightOnly = true
				steps, names = append(steps, s), append(names, method)
			}
		}
		if steps != nil {
			x.add(behaviour.Allowed, "K31", parts{from: from, other: "all"}, fmt.Sprintf("%s %s from %s passes with all headers, as from %s", strings.Join(names, ", "), x.Path, from, x.asking[0]), steps...)
		}
	}
}

// method returns a step with an allowed method. A POST alone causes no preflight, so it
// gets an allowed header that causes one, if the policy has such a header.
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func (x *raiser) method(method string) Step {
	r := x.request(x.asking[0], method)
	if h, ok := x.unsafeHeader(); ok && method == "POST" {
		r.Headers = x.with(h)
	}
	r.Credentials = x.credentialed()
	s := readable(r)
	s.PreflightOnly = !web.IsSafeMethod(method) && preflighted(r)
	return s
}

// preflighted says whether the browser sends a preflight first.
// https://fetch.spec.whatwg.org/#http-fetch
func preflighted(r harness.Request) bool {
	method := oracle.NormalizeMethod(r.Method)
	return r.Method != "" && !oracle.CORSSafelistedMethod(method) || len(oracle.CORSUnsafeRequestHeaderNames(r.Headers)) > 0
}

// unsafeHeader returns an allowed header that needs permission.
func (x *raiser) unsafeHeader() (harness.Field, bool) {
	if x.RequestHeaders.Any() {
		return field(anyHeader), true
	}
	for _, name := range x.RequestHeaders {
		if f := field(name); !oracle.CORSSafelistedRequestHeader(f.Name, f.Value) {
			return f, true
		}
	}
	return harness.Field{}, false
}

// raiseHeaders: every request header must be allowed, alone and all together.
func (x *raiser) raiseHeaders() {
	if x.RequestHeaders.Any() {
		x.raiseAnyHeader()
		return
	}
	from := x.asking[0]
	for _, name := range x.RequestHeaders {
		x.add(behaviour.Allowed, "K31", parts{from: from, header: name}, fmt.Sprintf("GET %s from %s with the header %s passes", x.Path, from, name), x.header(name)).tag(behaviour.TagHeader)
	}
	if len(x.RequestHeaders) > 1 {
		x.add(behaviour.Allowed, "K37", parts{from: from}, fmt.Sprintf("GET %s from %s with all %d headers together passes", x.Path, from, len(x.RequestHeaders)), x.header(x.RequestHeaders...))
	}
}

// raiseAnyHeader: any header must be allowed, Authorization too, which a server must list
// by name.
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func (x *raiser) raiseAnyHeader() {
	from := x.asking[0]
	title := fmt.Sprintf("GET %s from %s with the header %s passes, because any header does", x.Path, from, anyHeader)
	if key := (parts{from: from, header: anyHeader}); says(x.Credentials, true) {
		x.add(behaviour.Allowed, "K43", key, title, x.header(anyHeader))
	} else {
		x.add(behaviour.Allowed, "K31", key, title, x.header(anyHeader)).tag(behaviour.TagHeader)
	}
	x.add(behaviour.Allowed, "K44", parts{from: from, header: "Authorization"}, fmt.Sprintf("GET %s from %s with the header Authorization passes", x.Path, from), x.header("Authorization"))
}

// header returns a step with allowed headers.
func (x *raiser) header(names ...string) Step {
	var more harness.Header
	for _, name := range names {
		more = append(more, field(name))
	}
	r := x.request(x.asking[0], "", more...)
	r.Credentials = x.credentialed()
	return readable(r)
}

// raiseErrors: responses with an error status must be readable, too.
func (x *raiser) raiseErrors() {
	if says(x.Errors, false) {
		return
	}
	from := x.asking[0]
	missing := readable(x.credentialedRequest(from))
	missing.Request.URL = x.missing()
	x.add(behaviour.Allowed, "K61", parts{from: from}, fmt.Sprintf("GET %s (a missing path) from %s is readable", missingPath(x.Path), from), missing)
	if len(x.headers.Values(web.NameAuthorization)) > 0 {
		x.add(behaviour.Allowed, "K63", parts{from: from}, fmt.Sprintf("GET %s from %s without Authorization: the refusal is readable", x.Path, from), readable(harness.Request{From: from, URL: x.url, Credentials: x.credentialed()}))
	}
}

// raiseRedirects: a redirect of the target must let the page through.
func (x *raiser) raiseRedirects() {
	if says(x.Redirects, false) {
		return
	}
	from := x.asking[0]
	if url, how := x.slashed(); url != "" {
		s := readable(x.credentialedRequest(from))
		s.Request.URL, s.OnlyRedirect = url, true
		x.add(behaviour.Allowed, "K64", parts{from: from}, fmt.Sprintf("GET %s %s from %s is readable after a redirect", x.Path, how, from), s)
	}
}

// slashed is the URL with or without the final slash of its path, and says which: most
// servers redirect one to the other. It is empty where there is no other.
func (x *raiser) slashed() (url, how string) {
	if pathOf(x.Path) == "/" {
		return "", ""
	}
	path, query, _ := strings.Cut(x.url, "?")
	url, slash := strings.CutSuffix(path, "/")
	how = "without its last slash"
	if !slash {
		url, how = path+"/", "with a slash after it"
	}
	if query != "" {
		url += "?" + query
	}
	return url, how
}

// pathOf returns a path without its query.
func pathOf(path string) string {
	before, _, _ := strings.Cut(path, "?")
	return before
}
