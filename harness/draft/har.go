package draft

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/paste"
	"github.com/corsproof/corsproof/harness/policy"
)

// HAR is a HAR file that a draft is made of.
type HAR struct {
	_ [0]func() // keyed literals only

	// In is the file, of any size.
	In io.Reader
	// URL is the server, and the beginning of the paths, that the policy is about. Empty means
	// the server with the most requests.
	URL string
	// From is the origin of the page, where the file does not say it. Empty means that such a
	// request is left out.
	From string
}

// The bounds of what is remembered of a HAR, so that memory does not grow with it.
const (
	mostServers = 200
	mostPaths   = 200 // of a server
)

// FromHAR makes a policy of what the pages in a HAR asked: it has no values of headers, no
// bodies and no queries, which may be secret. Its memory grows with the largest entry of the
// file, and not with the file. The error joins [policy.FaultError] values where the URL or
// the origin cannot stand in a policy.
func FromHAR(h HAR) (Draft, error) {
	r := harDraft{HAR: h, servers: map[string]*server{}}
	if h.URL != "" {
		u, err := web.ParseURL(h.URL, nil)
		if err != nil || !u.IsHTTP() {
			return Draft{}, &policy.FaultError{Path: "URL", Value: h.URL, Problem: "want a URL of http or https, such as https://api.example.com"}
		}
		r.target, r.below = u.Origin().String(), u.Path
	}
	scanned, err := paste.ScanHAR(h.In, r.add)
	if err != nil {
		return Draft{}, err
	}
	return r.draft(scanned)
}

// harDraft collects what the requests of a HAR have in common.
type harDraft struct {
	HAR
	target, below string // as the URL says
	servers       map[string]*server
	noCORS        int // requests that need no permission
	unlisted      int // requests to servers beyond mostServers
}

// server is what was asked of a server.
type server struct {
	requests int // that cross origins, as far as is known
	paths    map[string]*asked
	unlisted int // requests to paths beyond mostPaths
	secret   int // requests to paths that look like a secret
	ages     map[int]bool
}

// asked is what was asked of a path, or of several that look alike.
type asked struct {
	path     string
	more     map[string]bool // other paths that look alike, a few of them
	pages    map[page]bool
	methods  map[string]bool
	headers  HeaderNames
	exposed  HeaderNames
	any      bool // every header is exposed
	cookies  bool // a request was sent with cookies
	allows   bool // an answer allows credentials
	answered bool // an answer has headers of CORS
}

// page is who asked: by its origin, or by its id where the origin is not known yet.
type page struct{ origin, id string }

// add adds a request.
func (r *harDraft) add(s paste.Sighting) {
	u, err := web.ParseURL(s.Request.URL, nil)
	target := web.OriginOf(s.Request.URL)
	switch {
	case err != nil, !u.IsHTTP(), s.Request.From == target, r.target != "" && target != r.target, !strings.HasPrefix(u.Path, r.below):
		return
	case !s.CORS:
		r.noCORS++
		return
	}
	on := r.servers[target]
	if on == nil {
		if len(r.servers) == mostServers {
			r.unlisted++
			return
		}
		on = &server{paths: map[string]*asked{}, ages: map[int]bool{}}
		r.servers[target] = on
	}
	on.add(u.Path, s)
}

// add adds a request to the server.
func (on *server) add(path string, s paste.Sighting) {
	if !s.Preflight {
		on.requests++
	}
	if slices.ContainsFunc(strings.Split(path, "/"), web.LooksSecret) {
		on.secret++
		return
	}
	key := shape(path)
	a := on.paths[key]
	if a == nil {
		if len(on.paths) == mostPaths {
			on.unlisted++
			return
		}
		a = &asked{path: path, more: map[string]bool{}, pages: map[page]bool{}, methods: map[string]bool{}, headers: HeaderNames{}, exposed: HeaderNames{}}
		on.paths[key] = a
	}
	if path != a.path && len(a.more) < mostPaths {
		a.more[path] = true
	}
	answer := harness.Exchange{ResponseHeaders: s.Answer}
	if age, ok := seconds(answer); ok && s.Preflight && len(on.ages) < mostPaths {
		on.ages[age] = true
	}
	a.add(s, answer)
}

// add adds a request to the path.
func (a *asked) add(s paste.Sighting, answer harness.Exchange) {
	from := page{origin: s.Request.From}
	if from.origin == "" {
		from.id = s.Page
	}
	if len(a.pages) < mostPaths {
		a.pages[from] = true
	}
	method := s.Request.Method
	if method == "" {
		method = "GET"
	}
	if len(a.methods) < mostAsked {
		a.methods[oracle.NormalizeMethod(method)] = true
	}
	for _, h := range s.Request.Headers {
		if !oracle.CORSSafelistedRequestHeader(h.Name, h.Value) && !web.IsForbiddenRequestHeader(h.Name, h.Value) {
			a.headers.addSome(h.Name)
		}
	}
	a.cookies = a.cookies || s.Cookies || s.Request.Credentials == harness.Include
	if allowed, ok := s.Answer.Get(web.NameAllowCredentials); ok {
		a.allows = a.allows || allowed == "true"
	}
	if _, ok := s.Answer.Get(web.NameAllowOrigin); ok {
		a.answered = true
	}
	if !s.Preflight {
		a.expose(answer)
	}
}

// expose adds the headers that the answer has and exposes.
// https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
func (a *asked) expose(answer harness.Exchange) {
	for _, name := range list(answer, web.NameExposeHeaders) {
		_, has := answer.ResponseHeaders.Get(name)
		switch {
		case name == policy.Wildcard:
			a.any = true
		case has && !web.IsCORSSafelistedResponseHeaderName(name) && !web.IsForbiddenResponseHeaderName(name):
			a.exposed.addSome(name)
		}
	}
}

// shape is a path with a star for each segment that is an identifier: paths of one shape ask
// the same of the server.
func shape(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if isIdentifier(segment) {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

// isIdentifier says whether a segment of a path is a number, a UUID, or alike.
func isIdentifier(segment string) bool {
	digits := 0
	for _, c := range segment {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case c != '-' && c != '_' && !('a' <= c && c <= 'f' || 'A' <= c && c <= 'F'):
			return false
		}
	}
	return digits > 0 && (digits == len(segment) || len(segment) >= 8)
}

// errNothingCrosses says that a HAR has nothing for a policy.
var errNothingCrosses = errors.New("no request of it crosses origins in mode cors, so it says nothing of CORS: record the app while it uses the other server")

// draft makes the policy.
func (r *harDraft) draft(scanned paste.Scanned) (Draft, error) {
	r.resolve(scanned)
	target, on := r.chosen()
	if on == nil {
		return Draft{}, fmt.Errorf("HAR file: %d entries: %w", scanned.Entries, r.nothing())
	}
	d := Draft{Policy: policy.Policy{Target: target}, Why: map[string]string{}, Paths: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(on.paths)) {
		on.paths[key].resource(&d)
	}
	if len(d.Policy.Resources) == 0 {
		return Draft{}, fmt.Errorf("HAR file: no policy can list the pages that asked %s, or their paths: %s", target, strings.Join(append(on.otherPages(), leftPaths(d)...), ", "))
	}
	d.Policy.Rules = Inherit(d.Policy.Resources)
	if len(on.ages) == 1 {
		for age := range on.ages {
			d.Policy.MaxAge = &age
		}
	}
	r.explain(&d, target, on)
	return d, d.Policy.Validate()
}

// leftPaths are the paths that cannot stand in a policy, a few of them.
func leftPaths(d Draft) []string {
	var list []string
	for _, l := range d.Left[:min(len(d.Left), mostNamed)] {
		list = append(list, plain.Safe(l.Path))
	}
	return list
}

// resolve gives the pages their origins, now that all are known, and takes out what is no
// cross-origin request.
func (r *harDraft) resolve(scanned paste.Scanned) {
	for target, on := range r.servers {
		for key, a := range on.paths {
			for p := range a.pages {
				if p.origin == "" {
					delete(a.pages, p)
					p.origin = scanned.Pages[p.id]
					if p.origin == "" {
						p.origin = r.From
					}
					a.pages[page{origin: p.origin}] = true
				}
			}
			delete(a.pages, page{origin: target}) // it stays within its origin
			delete(a.pages, page{})
			if len(a.pages) == 0 {
				delete(on.paths, key)
			}
		}
		if len(on.paths)+on.secret == 0 {
			delete(r.servers, target)
		}
	}
}

// nothing says why there is no policy.
func (r *harDraft) nothing() error {
	switch {
	case r.target != "":
		return fmt.Errorf("no request to %s%s crosses origins in mode cors: give another URL, or none", r.target, r.below)
	case r.noCORS > 0:
		return fmt.Errorf("%w (requests in mode no-cors, such as images and scripts, need no permission: %d)", errNothingCrosses, r.noCORS)
	}
	return errNothingCrosses
}

// chosen is the server with the most requests.
func (r *harDraft) chosen() (target string, on *server) {
	for _, origin := range slices.Sorted(maps.Keys(r.servers)) {
		if s := r.servers[origin]; len(s.paths) > 0 && (on == nil || s.requests > on.requests) {
			target, on = origin, s
		}
	}
	return target, on
}

// resource adds the path to a draft.
func (a *asked) resource(d *Draft) {
	var from []string
	for p := range a.pages {
		if isWebOrigin(p.origin) {
			from = append(from, p.origin)
		}
	}
	slices.Sort(from)
	rules := policy.Rules{Origins: policy.Origins{List: from}, Credentials: new(a.cookies || a.allows), Methods: policy.Names{}, RequestHeaders: a.headers.Sorted()}
	for _, method := range slices.Sorted(maps.Keys(a.methods)) {
		if strings.ToUpper(method) == method && web.IsToken(method) && !web.IsForbiddenMethod(method) {
			rules.Methods = append(rules.Methods, method)
		}
	}
	if a.answered {
		rules.ExposeHeaders = a.exposed.Sorted()
		if a.any && !*rules.Credentials {
			rules.ExposeHeaders = policy.Names{policy.Wildcard}
		}
	}
	r := policy.Resource{Path: a.path, Rules: rules}
	if problem := PathProblem(a.path); problem != "" {
		d.Left = append(d.Left, Left{Resource: r, Why: "The app asks this path, and a policy cannot have it: " + problem + "."})
		return
	}
	if len(from) == 0 {
		return // pages that a policy cannot list: see origins
	}
	if n := len(a.more); n > 0 {
		d.Paths[a.path] = fmt.Sprintf("It stands for %d paths that differ in an identifier.", n+1)
	}
	d.Policy.Resources = append(d.Policy.Resources, r)
}

// isWebOrigin says whether pages of the web have the origin.
func isWebOrigin(origin string) bool {
	scheme := web.ParseOrigin(origin).Scheme
	return scheme == "http" || scheme == "https"
}
