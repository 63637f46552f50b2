package diagnose

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// longestWait bounds the wait that a rate limit asks for.
const longestWait = 30 * time.Second

// The experiments. Each asks with a safe method.
const (
	asSimple        = "the same URL by a plain GET"
	withoutThat     = "the same without what was refused"
	noCredentials   = "the same without credentials"
	nowhere         = "an address that is not there"
	asStranger      = "a plain GET by a page of another origin"
	ownQuery        = "the same with a query of its own, which no cache has"
	finalURL        = "the URL that the redirect leads to"
	strangersOrigin = "https://corsproof-stranger.example"
)

// simple is a question that needs no preflight.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func simple(r harness.Request) harness.Request {
	r.Method, r.Headers, r.Body, r.DryRun = "", nil, harness.Body{}, false
	return r
}

// make makes an experiment, once. It returns nil where the experiment has no verdict.
func (c *patient) make(name string, r harness.Request) *harness.Observation {
	e := c.made[name]
	if e == nil {
		e = &Experiment{Name: name}
		seen, err := c.patiently(r)
		e.Seen = seen
		if err != nil {
			e.Error = err.Error()
		}
		c.made[name] = e
		c.d.Experiments = append(c.d.Experiments, *e)
	}
	if e.Error != "" {
		return nil
	}
	return &e.Seen
}

// patiently asks, and asks once more after the time that a rate limit names.
// https://www.rfc-editor.org/rfc/rfc6585#section-4
func (c *patient) patiently(r harness.Request) (harness.Observation, error) {
	seen, err := c.asker.Fetch(c.ctx, r)
	after, limited := retryAfter(seen)
	if err != nil || !limited || c.by.Status == 429 {
		return seen, err
	}
	if after > longestWait {
		return seen, fmt.Errorf("the target limits the rate (429) and wants %s of rest, which is longer than %s", after, longestWait)
	}
	c.d.Notes = append(c.d.Notes, fmt.Sprintf("The target limited the rate (429): waited %s.", after))
	rest := time.NewTimer(after)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-c.ctx.Done():
		return seen, c.ctx.Err()
	}
	if seen, err = c.asker.Fetch(c.ctx, r); err == nil {
		if _, limited := retryAfter(seen); limited {
			err = fmt.Errorf("the target still limits the rate (429)")
		}
	}
	return seen, err
}

// retryAfter is the rest that a server wants that limits the rate; a second where it names
// none.
func retryAfter(o harness.Observation) (time.Duration, bool) {
	for _, e := range o.Exchanges {
		if e.Status == 429 {
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

// plain is the plain GET; nil without a verdict.
func (c *patient) plain() *harness.Observation { return c.make(asSimple, simple(c.d.Seen.Request)) }

// absent asks for an address below the URL that is not there.
func (c *patient) absent() *harness.Observation {
	r := simple(c.d.Seen.Request)
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/corsproof-is-not-here"
	u.RawPath = ""
	r.URL = u.String()
	return c.make(nowhere, r)
}

// stranger asks from another origin.
func (c *patient) stranger() *harness.Observation {
	r := simple(c.d.Seen.Request)
	r.From, r.PagePath, r.Within, r.Referrer = strangersOrigin, "", "", ""
	return c.make(asStranger, r)
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

// without asks without the method or the header that was refused. Nothing but the preflight
// leaves the browser.
func (c *patient) without() *harness.Observation {
	r := c.d.Seen.Request
	r.DryRun = true
	if c.d.Seen.Reason == harness.MethodDisallowedByPreflightResponse {
		r.Method, r.Body = "", harness.Body{}
		return c.make(withoutThat, r)
	}
	kept := harness.Header{}
	for _, f := range r.Headers {
		if !strings.EqualFold(f.Name, c.d.Seen.Parameter) {
			kept = append(kept, f)
		}
	}
	if r.Headers = kept; strings.EqualFold(c.d.Seen.Parameter, web.NameContentType) && r.Body.Kind != "" {
		r.Body = harness.Text("")
	}
	return c.make(withoutThat, r)
}

// arrived asks for the URL that a redirect led to, directly.
func (c *patient) arrived() *harness.Observation {
	return c.make(finalURL, c.direct())
}

// direct is the question for the URL that a redirect led to.
func (c *patient) direct() harness.Request {
	r := c.d.Seen.Request
	r.URL = c.by.URL
	return r
}

// readable says whether an experiment came out readable.
func readable(o *harness.Observation) bool { return o != nil && o.Verdict == harness.Readable }

// blocked says whether an experiment came out blocked.
func blocked(o *harness.Observation) bool { return o != nil && o.Verdict == harness.Blocked }
