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

// Together is what the answers to all steps of a probe have to have in common. None of its
// steps is judged alone.
type Together string

// What answers have to have in common.
const (
	// VaryByOrigin: where Access-Control-Allow-Origin differs between answers for one URL,
	// each has Vary: Origin. https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
	VaryByOrigin Together = "vary-by-origin"
	// UnchangedAnswer: status and body are the same with Origin and without.
	UnchangedAnswer Together = "unchanged-answer"
	// OwnOriginPasses: the server does not refuse its own origin.
	OwnOriginPasses Together = "own-origin-passes"
	// NotAPreflight: OPTIONS without Access-Control-Request-Method is no preflight.
	NotAPreflight Together = "not-a-preflight"
	// LinesAreOneList: two lines of Access-Control-Request-Headers are one list.
	LinesAreOneList Together = "lines-are-one-list"
)

// wired is a request on the wire with the headers to ask with, or a preflight, which has
// none of them.
func (x *raiser) wired(url, method, origin string, more ...harness.Field) Step {
	r := harness.Request{URL: url, Method: method}
	if origin != "" {
		r.Headers = append(r.Headers, harness.Field{Name: web.NameOrigin, Value: origin})
	}
	r.Headers = append(r.Headers, more...)
	return Step{Request: r, Want: harness.Readable, Prepares: true}
}

// together adds a probe whose answers are judged together.
func (x *raiser) together(id string, what Together, key parts, title string, steps ...Step) {
	x.add(behaviour.Allowed, id, key, title, steps...).Together = what
}

// raiseVary wants every kind of answer to say that it depends on Origin, where it does:
// those to an allowed origin, to a stranger and without Origin, errors, redirects, and what
// was not modified. No script sees Vary, and which cache is on the way nobody knows.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func (x *raiser) raiseVary() {
	from, stranger := x.asking[0], UnlistedOrigin(x.scheme())
	var steps []Step
	urls := []string{x.url}
	if !says(x.Errors, false) {
		urls = append(urls, x.missing())
	}
	if url, _ := x.slashed(); url != "" && !says(x.Redirects, false) {
		urls = append(urls, url)
	}
	for _, url := range urls {
		steps = append(steps, x.wired(url, "", "", x.headers...), x.wired(url, "", from, x.headers...), x.wired(url, "", stranger, x.headers...))
		if url == x.url {
			again := x.wired(url, "", from, x.headers...)
			again.Revalidates = true
			steps = append(steps, again)
		}
	}
	x.together("K55", VaryByOrigin, parts{}, fmt.Sprintf("answers for %s that depend on Origin have Vary: Origin (on the wire: no script sees it)", x.Path), steps...)
}

// missing is the URL of what is not there, below the resource.
func (x *raiser) missing() string {
	path, _, _ := strings.Cut(x.url, "?")
	return strings.TrimSuffix(path, "/") + "/" + notThere
}

// raiseUnchanged wants an error to be answered like one that nobody asked about CORS.
// https://fetch.spec.whatwg.org/#http-cors-protocol
func (x *raiser) raiseUnchanged() {
	if says(x.Errors, false) {
		return
	}
	from, url := x.asking[0], x.missing()
	without := x.wired(url, "", "", x.headers...)
	x.together("K12", UnchangedAnswer, parts{from: from}, fmt.Sprintf("GET %s (a missing path) from %s has the same status and body as without Origin (on the wire)", missingPath(x.Path), from),
		without, x.wired(url, "", from, x.headers...), without)
}

// raiseOwnOrigin wants pages of the server itself to be let through: a browser sends their
// origin with all but GET and HEAD, and a proxy may have rewritten Host.
// https://fetch.spec.whatwg.org/#origin-header
func (x *raiser) raiseOwnOrigin() {
	own := x.target.String()
	x.together("K23", OwnOriginPasses, parts{}, fmt.Sprintf("OPTIONS %s from the target's own origin is not refused (on the wire)", x.Path),
		x.wired(x.url, "OPTIONS", "", x.headers...), x.wired(x.url, "OPTIONS", own, x.headers...))
}

// raiseOptions wants OPTIONS to reach the application, where the policy lists it.
// https://fetch.spec.whatwg.org/#cors-preflight-request
func (x *raiser) raiseOptions() {
	if !slices.Contains(x.Methods, "OPTIONS") {
		return
	}
	from := x.asking[0]
	x.together("K50", NotAPreflight, parts{from: from}, fmt.Sprintf("OPTIONS %s that is not a preflight reaches the application (on the wire)", x.Path),
		x.wired(x.url, "OPTIONS", "", x.headers...), x.wired(x.url, "OPTIONS", from, x.headers...), x.wired(x.url, "", "", x.headers...))
}

// raiseLines wants a list of request headers on two lines to be read like one line: a proxy
// may have split it. https://www.rfc-editor.org/rfc/rfc9110#section-5.3
func (x *raiser) raiseLines() {
	var names []string
	for _, f := range x.allowedHeaders() {
		if !oracle.CORSSafelistedRequestHeader(f.Name, f.Value) {
			names = append(names, strings.ToLower(f.Name))
		}
	}
	if len(names) < 2 {
		return
	}
	slices.Sort(names)
	from := x.asking[0]
	ask := func(lines ...string) Step {
		more := []harness.Field{{Name: web.NameRequestMethod, Value: "GET"}}
		for _, line := range lines {
			more = append(more, harness.Field{Name: web.NameRequestHeaders, Value: line})
		}
		return x.wired(x.url, "OPTIONS", from, more...)
	}
	x.together("K39", LinesAreOneList, parts{from: from}, fmt.Sprintf("the preflight of %s from %s passes with its headers on two lines (on the wire: no browser sends it)", x.Path, from),
		ask(strings.Join(names, ",")), ask(names[0], strings.Join(names[1:], ",")))
}

// missingPath is the path of what is not there, below a resource.
func missingPath(path string) string { return strings.TrimSuffix(pathOf(path), "/") + "/" + notThere }
