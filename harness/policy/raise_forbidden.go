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

// raiseNull: opaque origins must be let in or kept out. Where any origin may read, opaque
// origins are judged only if the policy names them.
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
func (x *raiser) raiseNull() {
	for _, page := range []struct{ from, what string }{{harness.OpaqueOrigin, "a sandboxed page"}, {harness.DataPage, "a data: page"}} {
		key := parts{from: page.from}
		if says(x.AllowNull, true) {
			x.add(behaviour.Allowed, "K19", key, fmt.Sprintf("GET %s from %s is readable", x.Path, page.what), readable(x.request(page.from, "")))
		} else if !x.Origins.Any {
			x.add(behaviour.Forbidden, "K19", key, fmt.Sprintf("GET %s from %s is not readable", x.Path, page.what), x.stranger(page.from)...)
			if page.from == harness.OpaqueOrigin { // both send Origin: null
				x.raiseSends("K19", page.from, page.what, "its origin is opaque", x.modes())
			}
		}
		if x.Origins.Any && says(x.Credentials, false) {
			x.add(behaviour.Forbidden, "K27", key, fmt.Sprintf("GET %s from %s is not readable with credentials", x.Path, page.what), x.include(page.from)...)
			if page.from == harness.OpaqueOrigin {
				x.raiseSends("K27", page.from, page.what, noCredentials, withThem)
			}
		}
	}
}

// raiseStrangers: every origin that is not allowed must be kept out.
func (x *raiser) raiseStrangers() {
	if x.Origins.Any {
		return
	}
	for _, s := range x.strangers() {
		x.add(behaviour.Forbidden, s.id, parts{from: s.origin}, fmt.Sprintf("GET %s from %s is not readable: %s", x.Path, s.origin, s.what), x.stranger(s.origin)...)
		x.raiseSends(s.id, s.origin, s.origin, s.what, x.modes())
		if s.id == "K13" && x.credentialed() == harness.Include && !says(x.Errors, false) {
			x.raiseStrangersError(s)
		}
	}
	x.raiseMalformed()
}

// raiseStrangersError: an error must be kept from strangers like any answer. Other code often
// answers it. It is asked with credentials alone: without them, an error tells nobody more
// than anybody could ask.
func (x *raiser) raiseStrangersError(s stranger) {
	r := x.request(s.origin, "")
	r.URL, r.Credentials = x.missing(), harness.Include
	x.add(behaviour.Forbidden, s.id, parts{from: s.origin, other: "error"}, fmt.Sprintf("GET %s (a missing path) from %s is not readable: %s", missingPath(x.Path), s.origin, s.what), blocked(r)).tag(behaviour.TagError)
}

// stranger returns the questions of a page that must not read: a simple request that
// needs no permission, and a request with the headers of ask.
func (x *raiser) stranger(from string) []Step {
	steps := []Step{blocked(harness.Request{From: from, URL: x.url})}
	if len(x.headers) > 0 {
		steps = append(steps, blocked(x.request(from, "")))
	}
	if says(x.Credentials, true) { // a server may answer a signed-in user differently
		steps = append(steps, withCredentials(steps)...)
	}
	return steps
}

// withCredentials returns the same questions, with credentials.
func withCredentials(steps []Step) []Step {
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i].Request.Credentials = harness.Include
	}
	return steps
}

// include returns the questions of a stranger, with credentials.
func (x *raiser) include(from string) []Step {
	return withCredentials(x.stranger(from))
}

// raiseMalformed: an Origin that no browser sends must be refused like every origin that
// is not allowed. https://fetch.spec.whatwg.org/#origin-header
func (x *raiser) raiseMalformed() {
	if len(x.asking) == 0 {
		return
	}
	x.raiseMalformedLike(x.asking[0], "")
	x.raiseOrigins("that is empty", "")
	if child := slices.IndexFunc(x.asking, func(from string) bool { return x.readableID(from) == "K20" }); child > 0 {
		x.raiseMalformedLike(x.asking[child], " and a sub-domain") // a pattern is compared by other code than a list
	}
}

// raiseMalformedLike adds the malformed origins that begin like an allowed one. part tells
// them from others of the resource.
func (x *raiser) raiseMalformedLike(like, part string) {
	x.raiseOrigins("with a user name"+part, like+"@"+evilHost)
	x.raiseOrigins("with a NUL in percent"+part, like+"%00."+evilHost)
	x.raiseOrigins("with a space"+part, like+" ."+evilHost)
	x.raiseOrigins("on two lines"+part, like, "https://"+evilHost)
}

// raiseOrigins adds the probe of lines of Origin that no browser sends.
func (x *raiser) raiseOrigins(what string, lines ...string) {
	r := harness.Request{URL: x.url}
	for _, value := range lines {
		r.Headers = append(r.Headers, harness.Field{Name: web.NameOrigin, Value: value})
	}
	x.add(behaviour.Forbidden, "K21", parts{other: "origin " + what}, fmt.Sprintf("GET %s with an Origin %s is refused (on the wire: no browser sends it)", x.Path, what), x.onTheWire(r)...)
}

// onTheWire returns the questions with a malformed origin: without and with the headers
// of ask.
func (x *raiser) onTheWire(r harness.Request) []Step {
	steps := []Step{blocked(r)}
	if len(x.headers) > 0 {
		r.Headers = slices.Concat(r.Headers, x.headers)
		steps = append(steps, blocked(r))
	}
	return steps
}

// raiseCredentialsRefused: a page must not read with credentials where the policy
// excludes them. https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func (x *raiser) raiseCredentialsRefused() {
	if !says(x.Credentials, false) {
		return
	}
	id := "K03"
	if x.Origins.Any {
		id = "K26"
	}
	for _, from := range x.asking {
		x.add(behaviour.Forbidden, id, parts{from: from}, fmt.Sprintf("GET %s from %s is not readable with credentials", x.Path, from), x.include(from)...)
		x.raiseSends(id, from, from, noCredentials, withThem)
	}
}

// raiseUnlistedMethods: the preflight must refuse a method that is not listed. A
// preflight cannot refuse GET, HEAD and POST.
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func (x *raiser) raiseUnlistedMethods() {
	if x.Methods == nil || x.Methods.Any() {
		return
	}
	unlisted := slices.DeleteFunc([]string{"PUT", "PATCH", "DELETE"}, func(m string) bool { return slices.Contains(x.Methods, m) })
	if len(unlisted) == 0 && !slices.Contains(x.Methods, "PROPFIND") {
		unlisted = []string{"PROPFIND"}
	}
	from := x.asking[0]
	for _, method := range unlisted {
		x.add(behaviour.Forbidden, "K35", parts{from: from, method: method}, fmt.Sprintf("%s %s from %s is refused by the preflight", method, x.Path, from), x.refused(x.request(from, method)))
	}
}

// raiseUnlistedHeaders: the preflight must refuse a header that is not listed, alone and
// among listed headers.
func (x *raiser) raiseUnlistedHeaders() {
	if x.RequestHeaders == nil || x.RequestHeaders.Any() {
		return
	}
	from := x.asking[0]
	x.add(behaviour.Forbidden, "K36", parts{from: from, header: UnlistedHeader}, fmt.Sprintf("GET %s from %s with the header %s is refused by the preflight", x.Path, from, UnlistedHeader),
		x.refused(x.request(from, "", field(UnlistedHeader))))
	if len(x.RequestHeaders) == 0 {
		return
	}
	x.add(behaviour.Forbidden, "K38", parts{from: from, header: UnlistedHeader}, fmt.Sprintf("GET %s from %s with the header %s among allowed ones is refused by the preflight", x.Path, from, UnlistedHeader),
		x.refused(x.request(from, "", append(x.allowedHeaders(), field(UnlistedHeader))...)))
}

// refused returns a step that the preflight must refuse.
func (x *raiser) refused(r harness.Request) Step {
	r.Credentials = x.credentialed()
	s := blocked(r)
	s.PreflightOnly = true
	return s
}

// stranger is an origin that is not allowed.
type stranger struct{ id, origin, what string }

// strangers returns the origins to be kept out: an unrelated origin, and look-alikes of
// allowed origins. It excludes origins that the policy may allow, and the target itself.
func (x *raiser) strangers() []stranger {
	list := []stranger{{"K13", UnlistedOrigin(x.scheme()), "it is not listed"}}
	for _, origin := range x.Origins.List {
		if _, ok := x.alike[origin]; !ok {
			x.alike[origin] = lookAlikes(oracle.ParseOrigin(origin))
		}
		list = append(list, x.alike[origin]...)
	}
	for _, base := range x.Origins.Subdomains {
		list = append(list, looksLikeChild(oracle.ParseOrigin(base))...)
	}
	seen := map[string]bool{"": true, x.target.String(): true}
	return slices.DeleteFunc(list, func(s stranger) bool {
		drop := seen[s.origin] || x.mixed(s.origin) || x.Origins.mayAllow(s.origin)
		seen[s.origin] = true
		return drop
	})
}

// mixed says whether the browser forbids a page of that origin to ask at all: then the
// result would say nothing about the server.
// https://w3c.github.io/webappsec-mixed-content/
func (x *raiser) mixed(origin string) bool {
	https := func(origin string) bool { return strings.HasPrefix(origin, "https:") }
	return x.target.Scheme == "http" && https(origin) && !slices.ContainsFunc(x.asking, https)
}
