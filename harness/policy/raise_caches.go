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

// leastMaxAge is the smallest max-age, in seconds, with which a probe expects a cached
// answer: two questions may lie so far apart.
const leastMaxAge = 10

// raiseMaxAge: a browser must keep the answer to a preflight as long as the policy says.
// https://fetch.spec.whatwg.org/#concept-cache
func (x *raiser) raiseMaxAge() {
	s, ok := x.preflightedStep()
	if x.MaxAge == nil || !ok {
		return
	}
	from := s.Request.From
	caches := !s.Request.OnTheWire() // on the wire there are none
	said := s
	said.MaxAge = x.MaxAge
	x.add(behaviour.Allowed, "K48", parts{from: from}, fmt.Sprintf("the preflight of %s from %s may be kept for %d seconds", x.Path, from, *x.MaxAge), said)

	first, second := s, s
	first.Request.Cache, second.Request.Cache = harness.CacheDefault, harness.CacheDefault
	first.Preflights = new(1)
	title := ""
	switch {
	case !caches:
		return
	case *x.MaxAge == 0:
		second.Preflights = new(1)
		title = fmt.Sprintf("%s is asked for permission each time", x.Path)
	case *x.MaxAge >= leastMaxAge:
		second.Preflights = new(0)
		title = fmt.Sprintf("%s is asked for permission once within %d seconds", x.Path, *x.MaxAge)
	default:
		return
	}
	x.add(behaviour.Allowed, "K49", parts{from: from}, title+", from "+from, first, second)
}

// preflightedStep returns an allowed question that has a preflight, with a safe method if
// possible.
func (x *raiser) preflightedStep() (Step, bool) {
	if x.RequestHeaders.Any() { // Chrome caches no answer in which * covers Authorization: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
		y := *x
		y.headers = slices.DeleteFunc(slices.Clone(x.headers), func(f harness.Field) bool { return strings.EqualFold(f.Name, web.NameAuthorization) })
		x = &y
	}
	if s := x.header(); preflighted(s.Request) {
		return s, true
	}
	if h, ok := x.unsafeHeader(); ok {
		return x.header(h.Name), true
	}
	if x.Methods.Any() {
		return x.method("DELETE"), true
	}
	for _, method := range x.Methods {
		if !oracle.CORSSafelistedMethod(method) {
			return x.method(method), true
		}
	}
	return Step{}, false
}

// raiseCaches: a cached response must not harm the next page that asks. fetch() asks like
// an image, because an image cannot have a cache mode: in mode no-cors, with credentials
// and without Origin.
// https://html.spec.whatwg.org/multipage/images.html#update-the-image-data
func (x *raiser) raiseCaches() {
	from := x.asking[0]
	if web.IsAppOrigin(from) { // on the wire there are no caches
		return
	}
	image := harness.Request{From: from, URL: x.url, Mode: harness.NoCORS, Credentials: harness.Include, Cache: harness.CacheDefault}
	fetch := x.kept(from)
	x.add(behaviour.Allowed, "K56", parts{from: from}, fmt.Sprintf("GET %s from %s is readable after an image load of it, without Origin", x.Path, from), Step{Request: image, Want: harness.Opaque, Prepares: true}, readable(fetch))
	if a, b, ok := x.sameSite(); ok {
		x.add(behaviour.Allowed, "K57", parts{from: a, other: "then=" + b}, fmt.Sprintf("GET %s is readable from %s, then from %s", x.Path, a, b), readable(x.kept(a)), readable(x.kept(b)))
	}
}

// kept returns a question whose answer a cache may keep.
func (x *raiser) kept(from string) harness.Request {
	r := x.credentialedRequest(from)
	r.Cache = harness.CacheDefault
	return r
}

// sameSite returns two allowed origins that share a cache: browsers keep one cache for
// each site. https://fetch.spec.whatwg.org/#http-cache-partitions
func (x *raiser) sameSite() (a, b string, ok bool) {
	for _, base := range x.Origins.Subdomains {
		if pair := x.children(base); len(pair) == 2 {
			return pair[0], pair[1], true
		}
	}
	first := map[string]string{} // the first origin of each site
	for _, from := range x.asking {
		if web.IsAppOrigin(from) {
			continue
		}
		o := oracle.ParseOrigin(from)
		if before, same := first[o.Site()]; same {
			return before, from, true
		}
		first[o.Site()] = from
	}
	return "", "", false
}
