package diagnose

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// longestWait bounds the wait that a rate limit asks for, and longestDiagnosis the time after
// which none is waited for.
const (
	longestWait      = 30 * time.Second
	longestDiagnosis = time.Minute
)

// The experiments. Each asks with a safe method.
const (
	asSimple        = "the same URL by a plain GET"
	withoutThat     = "the same without what was refused"
	withoutHeader   = "the same without the header "
	upperCase       = "the same with the method in upper case"
	withoutMethod   = "the same by GET, with the same headers"
	noCredentials   = "the same without credentials"
	withCredentials = "the same with credentials"
	nowhere         = "an address that is not there"
	atRoot          = "the root of the server"
	asStranger      = "a plain GET by a page of another origin"
	ownQuery        = "the same with a query of its own, which no cache has"
	pastTheCache    = "the same, past the browser's cache"
	afterAnImage    = "the same with the browser's cache on, after a request without Origin"
	finalURL        = "the URL that the redirect leads to"
	asIncluded      = "the same in mode cors"
	byFetch         = "the same by fetch(), whose answers can be edited"
	withScheme      = "the host that the path begins with"
	behindGateway   = "the server behind the gateway"
	strangersOrigin = "https://corsproof-stranger.example"
)

// attempt is an experiment that was made.
type attempt struct {
	Experiment
	body string // the beginning, where no browser asked; never printed
}

// planned is an experiment to make.
type planned struct {
	name string
	ask  func() (attempt, []string) // with the notes
}

// browser plans a question to the browser.
func (c *patient) browser(name string, r harness.Request) planned {
	return planned{name, func() (attempt, []string) {
		seen, notes, err := c.patiently(func() (harness.Observation, error) { return c.asker.Fetch(c.ctx, r) })
		a := attempt{Experiment: Experiment{Seen: seen}}
		if err != nil {
			a.Error = err.Error()
		}
		return a, notes
	}}
}

// atOnce makes experiments at the same time, each of them once.
func (c *patient) atOnce(plans ...planned) {
	type result struct {
		attempt
		notes []string
	}
	results := make([]result, len(plans))
	var all sync.WaitGroup
	for i, p := range plans {
		if c.made[p.name] == nil {
			all.Go(func() { results[i].attempt, results[i].notes = p.ask() })
		}
	}
	all.Wait()
	for i, p := range plans {
		if c.made[p.name] != nil {
			continue
		}
		results[i].Name = p.name
		c.made[p.name] = &results[i].attempt
		c.d.Experiments = append(c.d.Experiments, results[i].Experiment)
		c.note(results[i].notes...)
	}
}

// note adds notes, each of them once.
func (c *patient) note(notes ...string) {
	for _, note := range notes {
		if !slices.Contains(c.d.Notes, note) {
			c.d.Notes = append(c.d.Notes, note)
		}
	}
}

// make makes an experiment in the browser, once. It returns nil where the experiment has no
// verdict.
func (c *patient) make(name string, r harness.Request) *harness.Observation {
	c.atOnce(c.browser(name, r))
	return c.result(name)
}

// result is an experiment that was made; nil otherwise.
func (c *patient) result(name string) *harness.Observation {
	if e := c.made[name]; e != nil && e.Error == "" {
		return &e.Seen
	}
	return nil
}

// patiently asks, and asks once more after the time that a rate limit names.
// https://www.rfc-editor.org/rfc/rfc6585#section-4
func (c *patient) patiently(ask func() (harness.Observation, error)) (seen harness.Observation, notes []string, err error) {
	seen, err = ask()
	after, limited := retryAfter(seen)
	if err != nil || !limited || c.by.Status == http.StatusTooManyRequests {
		return seen, nil, err
	}
	if after > longestWait {
		return seen, nil, fmt.Errorf("the target limits the rate (429) and wants %s of rest, which is longer than %s", after, longestWait)
	}
	if time.Now().Add(after).After(c.began.Add(longestDiagnosis)) {
		return seen, nil, fmt.Errorf("the target limits the rate (429), and the diagnosis waits no longer than %s in all", longestDiagnosis)
	}
	notes = []string{fmt.Sprintf("The target limited the rate (429): waited %s.", after)}
	rest := time.NewTimer(after)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-c.ctx.Done():
		return seen, notes, c.ctx.Err()
	}
	if seen, err = ask(); err == nil {
		if _, limited := retryAfter(seen); limited {
			err = errors.New("the target still limits the rate (429)")
		}
	}
	return seen, notes, err
}

// retryAfter is the rest that a server wants that limits the rate; a second where it names
// none.
func retryAfter(o harness.Observation) (time.Duration, bool) {
	for _, e := range o.Exchanges {
		if e.Status == http.StatusTooManyRequests {
			value, _ := e.ResponseHeaders.Get("Retry-After")
			seconds, err := strconv.Atoi(value)
			if err != nil || seconds < 0 {
				seconds = 1
			}
			return time.Duration(seconds) * time.Second, true
		}
	}
	return 0, false
}

// simple is a question that needs no preflight.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func simple(r harness.Request) harness.Request {
	r.Method, r.Headers, r.Body, r.DryRun = "", nil, harness.Body{}, false
	return r
}

// plain is the plain GET; nil without a verdict.
func (c *patient) plain() *harness.Observation { return c.make(asSimple, simple(c.d.Seen.Request)) }

// nobody asks for an address below the URL that is not there, for the root of the server, and
// from another origin.
func (c *patient) nobody() (absent, stranger *harness.Observation) {
	elsewhere, root, other := simple(c.d.Seen.Request), simple(c.d.Seen.Request), simple(c.d.Seen.Request)
	elsewhere.URL, root.URL = below(elsewhere.URL), web.OriginOf(root.URL)+"/"
	other.From, other.PagePath, other.Within, other.Referrer = strangersOrigin, "", "", ""
	plans := []planned{c.browser(nowhere, elsewhere), c.browser(asStranger, other)}
	if root.URL != c.d.Seen.Request.URL && strings.HasPrefix(root.URL, "http") {
		plans = append(plans, c.browser(atRoot, root))
	}
	c.atOnce(plans...)
	return c.result(nowhere), c.result(asStranger)
}

// elsewhereReadable says whether the page can read another address of the server.
func (c *patient) elsewhereReadable() bool {
	return readable(c.result(nowhere)) || readable(c.result(atRoot))
}

// elsewhereShows is what other addresses of the server tell.
func (c *patient) elsewhereShows() []string {
	return append(c.shows(nowhere, harness.Readable, "an address that is not there is readable for the page"),
		c.shows(atRoot, harness.Readable, "the root of the server is readable for the page")...)
}

// below is an address below a URL that is not there.
func below(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/")+"/corsproof-is-not-here", ""
	return u.String()
}

// uncached asks with a query that no cache has.
func (c *patient) uncached() *harness.Observation {
	r := c.d.Seen.Request
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil
	}
	query := u.Query()
	query.Set("corsproof", strconv.FormatInt(time.Now().UnixNano(), 36))
	u.RawQuery = query.Encode()
	r.URL = u.String()
	return c.make(ownQuery, r)
}

// uncredentialed asks without credentials.
func (c *patient) uncredentialed() *harness.Observation {
	r := c.d.Seen.Request
	r.Credentials = harness.Omit
	return c.make(noCredentials, r)
}

// without asks without the method or the headers that were refused. Nothing but the preflight
// leaves the browser.
func (c *patient) without(names ...string) *harness.Observation {
	r := dropping(c.d.Seen.Request, names...)
	r.DryRun = true
	if c.d.Seen.Reason == harness.MethodDisallowedByPreflightResponse {
		r.Method, r.Body = "", harness.Body{}
	}
	return c.make(withoutThat, r)
}

// dropping is the question without some headers. Content-Type goes with the type of the body.
func dropping(r harness.Request, names ...string) harness.Request {
	drops := func(name string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	r.Headers = slices.DeleteFunc(slices.Clone(r.Headers), func(f harness.Field) bool { return drops(f.Name) })
	if drops(web.NameContentType) && r.Body.Kind != "" {
		r.Body = harness.Text("")
	}
	return r
}

// arrived asks for the URL that a redirect led to, directly.
func (c *patient) arrived() *harness.Observation {
	return c.make(finalURL, c.direct())
}

// direct is the question for the URL that a redirect led to.
func (c *patient) direct() harness.Request { return redirected(c.d.Seen.Request, c.by.URL) }

// redirected is a question for the URL that a redirect leads to. It goes to another server
// without the login, as a browser sends it after the redirect.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func redirected(r harness.Request, url string) harness.Request {
	from, err := web.ParseURL(r.URL, nil)
	to, failed := web.ParseURL(url, nil)
	if err != nil || failed != nil || from.Authority() != to.Authority() || to.Scheme == "http" && from.Scheme == "https" {
		r = dropping(r, web.NameAuthorization)
	}
	r.URL = url
	return r
}

// readable says whether an experiment came out readable.
func readable(o *harness.Observation) bool { return o != nil && o.Verdict == harness.Readable }

// blocked says whether an experiment came out blocked.
func blocked(o *harness.Observation) bool { return o != nil && o.Verdict == harness.Blocked }
