package diagnose_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers"
)

// A right server is not accused, whatever its shape.
func TestRightServers(t *testing.T) {
	c := newClinic(t)
	to := func(pairs ...string) servers.Case { return servers.Case{Reply: reply(200, pairs...)} }
	signedIn := func(cookies ...string) example {
		pairs := []string{acao, app, acac, "true", "Vary", "Origin"}
		for _, line := range cookies {
			pairs = append(pairs, "Set-Cookie", line)
		}
		return example{c: to(pairs...), r: harness.Request{URL: "https://api.other.test", Credentials: harness.Include}}
	}
	never := "Expires=Fri, 01 Jan 2100 00:00:00 GMT; Path=/"
	for name, x := range map[string]example{
		"a cookie for old browsers beside one of any site": signedIn("AWSALB=abc; "+never, "AWSALBCORS=abc; "+never+"; SameSite=None; Secure"),
		"a cookie that is deleted by its age":              signedIn("sid=; Max-Age=0; Path=/"),
		"a cookie that is deleted by its date":             signedIn("sid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"),
		"a partitioned cookie":                             signedIn("sid=1; SameSite=None; Secure; Partitioned"),
		"a Link that is for the browser":                   {c: to(acao, "*", "Link", "</a.css>; rel=preload; as=style")},
		"a Content-Disposition without a name":             {c: to(acao, "*", "Content-Disposition", "inline")},
		"a star that caches may keep":                      {c: to(acao, "*", "Cache-Control", "max-age=600")},
		"a list behind a shared cache":                     {c: to(acao, app, "Vary", "origin", "Cache-Control", "max-age=600", "Age", "5", "X-Cache", "HIT")},
		"a readable 404":                                   {c: servers.Case{Reply: reply(404, acao, "*")}},
		"a readable 401 without a cookie":                  {c: servers.Case{Reply: reply(401, acao, app, acac, "true")}, r: harness.Request{Credentials: harness.Include}},
		"a redirect within the server":                     {c: moved("?to=1", acao, "*")},
		"a redirect to another server":                     {c: moved("https://b.test", acao, "*")},
		"no Vary where no cache may keep the answer":       {c: to(acao, app, "Cache-Control", "no-store")},
		"an exposed header":                                {c: to(acao, app, aceh, "X-Total-Count", "X-Total-Count", "3")},
		"a page without an origin, which * lets in":        {c: to(acao, "*"), r: harness.Request{From: "null"}},
		"a PUT that the preflight allows":                  {c: preflighted(reply(200, acao, app), reply(204, acao, app, acam, "PUT")), r: harness.Request{Method: "PUT"}},
		"a HEAD":                                           {c: to(acao, "*"), r: harness.Request{Method: "HEAD"}},
		"the page's own server":                            {c: to(), r: harness.Request{URL: app}},
	} {
		d, err := c.run(t, x)
		if err != nil || d.ID != "" || d.Cause != "" || d.Remedy != "" {
			t.Errorf("%s: %v: %q, %s: %s", name, err, d.ID, d.Sure, d.Cause)
		}
	}
}

// moved is a server that redirects: to a query, or to the same path of another origin. Both
// answer with the headers.
func moved(to string, pairs ...string) servers.Case {
	return servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		switch query := strings.HasPrefix(to, "?"); {
		case query && strings.HasSuffix(a.URL, to), !query && strings.HasPrefix(a.URL, to):
			return reply(200, pairs...)
		case query:
			return reply(302, append(pairs, "Location", to)...)
		}
		return reply(302, append(pairs, "Location", strings.Replace(a.URL, api, to, 1))...)
	}}
}

// A login of the page does not go to a server to which the browser would not send it after a
// redirect. https://fetch.spec.whatwg.org/#http-redirect-fetch
func TestRedirectKeepsTheLogin(t *testing.T) {
	c := newClinic(t)
	for _, open := range []bool{true, false} {
		var mu sync.Mutex
		var leaked []string
		place := servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			token, _ := a.Headers.Get("Authorization")
			elsewhere := strings.HasPrefix(a.URL, "https://b.test")
			switch {
			case token != "" && elsewhere:
				mu.Lock()
				defer mu.Unlock()
				leaked = append(leaked, a.Method+" "+a.URL)
				fallthrough
			case elsewhere && a.Method != "OPTIONS":
				return reply(200, acao, app)
			case a.Method == "OPTIONS":
				return reply(204, acao, "*", acah, "Authorization")
			case open:
				return reply(302, acao, "*", "Location", strings.Replace(a.URL, api, "https://b.test", 1))
			}
			return reply(302, "Location", strings.Replace(a.URL, api, "https://b.test", 1))
		}}
		d, err := c.run(t, example{c: place, r: harness.Request{Headers: header("Authorization", "Bearer t")}})
		mu.Lock()
		if err != nil || d.ID == "" || d.Trial == nil || !d.Trial.Proved || len(leaked) > 0 {
			t.Errorf("%v: %q, %v; the login went to %q", err, d.ID, d.Notes, leaked)
		}
		mu.Unlock()
	}
}

// A host that the page's path seems to name is a guess: it gets nothing of the question.
func TestGuessedHostGetsNoSecret(t *testing.T) {
	asker := &remembering{}
	d, err := diagnose.Run(t.Context(), asker, harness.Request{From: app, URL: app + "/api.example.com/v1/t0ken?key=t0ken", Headers: header("X-Api-Key", "t0ken"), Credentials: harness.Include})
	for _, r := range asker.asked {
		if strings.HasPrefix(r.URL, "https://api.example.com") && (strings.Contains(r.URL, "t0ken") || len(r.Headers) > 0 || r.Credentials != "") {
			t.Errorf("asked %s with %v, credentials %q", r.URL, r.Headers, r.Credentials)
		}
	}
	if err != nil || d.ID != "scheme-missing" {
		t.Errorf("%v: %q %s", err, d.ID, d.Cause)
	}
}

// remembering is a target that answers 404, and keeps the questions.
type remembering struct {
	mu    sync.Mutex
	asked []harness.Request
}

func (e *remembering) Fetch(_ context.Context, r harness.Request) (harness.Observation, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, r)
	return harness.Observation{Request: r, Verdict: harness.Readable, Page: harness.Page{Origin: app},
		Exchanges: []harness.Exchange{{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Sent: true, Status: 404}}}, nil
}

// Where a redirect leads to a server that is not there, the first server is not accused.
func TestRedirectToNowhere(t *testing.T) {
	c := newClinic(t)
	d, err := c.run(t, example{c: servers.Case{Reply: reply(302, acao, "*", "Location", "https://corsproof-nobody.invalid/x")}})
	if err == nil || d.ID != "name-unknown" || strings.Contains(d.Cause, api) || !strings.Contains(d.Cause, "corsproof-nobody.invalid") || !strings.Contains(d.Remedy, api) ||
		!slices.ContainsFunc(d.Evidence, func(line string) bool { return strings.Contains(line, "redirect") }) {
		t.Errorf("%v: %q: %s %s %q", err, d.ID, d.Cause, d.Remedy, d.Evidence)
	}
}

// turns is a target that answers its questions in turns.
type turns struct {
	asked   atomic.Int64
	answers []harness.Exchange
}

func (a *turns) Fetch(_ context.Context, r harness.Request) (harness.Observation, error) {
	e := a.answers[(int(a.asked.Add(1))-1)%len(a.answers)]
	e.Kind, e.Method, e.URL = harness.ActualRequest, "GET", r.URL
	o := harness.Observation{Request: r, Verdict: harness.Readable, Page: harness.Page{Origin: app}, Exchanges: []harness.Exchange{e}}
	if allowed, _ := e.ResponseHeaders.Get(acao); allowed == "" {
		o.Verdict, o.Reason = harness.Blocked, harness.MissingAllowOriginHeader
	}
	return o, nil
}

// A rate limit is no second server behind the same name, and an error of a server that is
// overloaded proves none.
func TestLimitedTargetsDoNotAlternate(t *testing.T) {
	limited := harness.Exchange{Status: 429, ResponseHeaders: header("Retry-After", "0")}
	bare, open, down := harness.Exchange{Status: 200}, harness.Exchange{Status: 200, ResponseHeaders: header(acao, app)}, harness.Exchange{Status: 503}
	for name, answers := range map[string][]harness.Exchange{
		"limited at first":  {limited, open, open},
		"limited later":     {bare, bare, bare, limited, bare},
		"limited each time": {bare, limited},
		"overloaded":        {open, down},
		"overloaded first":  {down, open},
	} {
		d, err := diagnose.Doctor{Asker: &turns{answers: answers}, Claimed: []harness.Reason{harness.MissingAllowOriginHeader}}.Run(t.Context(), harness.Request{From: app, URL: api + "/"})
		overloaded := strings.HasPrefix(name, "overloaded")
		if err != nil || d.ID == "alternates" && (!overloaded || d.Sure != diagnose.Likely || !strings.HasPrefix(d.Cause, "This is likely")) {
			t.Errorf("%s: %v: %q, %s: %s", name, err, d.ID, d.Sure, d.Cause)
		}
		if notes := strings.Join(d.Notes, " "); strings.Contains(notes, "first blocked MissingAllowOriginHeader, then blocked MissingAllowOriginHeader)") {
			t.Errorf("%s: %s", name, notes)
		}
	}
	d, _ := diagnose.Run(t.Context(), &turns{answers: []harness.Exchange{bare, bare, bare, limited, bare}}, harness.Request{From: app, URL: api + "/"})
	if notes := strings.Join(d.Notes, " "); strings.Contains(notes, "target changes") || !strings.Contains(notes, "waited 0s") {
		t.Errorf("limited later: %s", notes)
	}
}

// A target that limits the rate each time does not make a diagnosis long.
func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := harness.Exchange{Status: 429, ResponseHeaders: header("Retry-After", "25")}
		open := harness.Exchange{Status: 200, ResponseHeaders: header(acao, app)}
		began := time.Now()
		d, err := diagnose.Doctor{Asker: &turns{answers: []harness.Exchange{open, limited, limited, limited, limited, limited, limited, limited, limited}}, Claimed: []harness.Reason{harness.MissingAllowOriginHeader}}.
			Run(t.Context(), harness.Request{From: app, URL: api + "/"})
		if took := time.Since(began); err != nil || took < 25*time.Second || took > time.Minute {
			t.Errorf("%v: it took %s: %q", err, took, d.Notes)
		}
	})
}

// What is interrupted has no cause: an experiment that did not end proves nothing.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d, err := diagnose.Run(ctx, &interrupting{cancel: cancel}, harness.Request{From: app, URL: api + "/"})
	if err == nil || d.ID != "" || d.Cause != "" || d.Sure != "" || d.Remedy != "" || d.Seen.Verdict != harness.Blocked {
		t.Errorf("%v: %q, %s: %s", err, d.ID, d.Sure, d.Cause)
	}
}

// interrupting ends its context with the second question.
type interrupting struct {
	asked  atomic.Int64
	cancel func()
}

func (i *interrupting) Fetch(ctx context.Context, r harness.Request) (harness.Observation, error) {
	if i.asked.Add(1) > 1 {
		i.cancel()
		return harness.Observation{}, ctx.Err()
	}
	return harness.Observation{Request: r, Verdict: harness.Blocked, Reason: harness.MissingAllowOriginHeader, Page: harness.Page{Origin: app},
		Exchanges: []harness.Exchange{{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Status: 200}}}, nil
}

// An experiment whose answer is an error of another kind decides nothing.
func TestErrorsProveNothing(t *testing.T) {
	c := newClinic(t)
	put := harness.Request{Method: "PUT", Headers: header("X-A", "1")}
	for name, x := range map[string]struct {
		actual, preflight servers.Reply
		id                string
	}{
		// A route for PUT alone: the plain GET is blocked because it is an error.
		"no route for GET": {reply(405), reply(204), "library-leaves-headers-out"},
		// A path that is not there: OPTIONS and GET get the same.
		"a path that is not there": {reply(404, acao, app), reply(404, acao, app), "options-refused"},
	} {
		d, err := c.run(t, example{c: preflighted(x.actual, x.preflight), r: put})
		if err != nil || d.ID != x.id || d.Sure != diagnose.Likely {
			t.Errorf("%s: %v: %q, %s: %s", name, err, d.ID, d.Sure, d.Cause)
		}
	}
}

// What the software has to be told is what the proved remedy needs.
func TestNeeds(t *testing.T) {
	c := newClinic(t)
	d, err := c.run(t, example{c: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		if _, signed := a.Headers.Get("Cookie"); signed {
			return reply(200, acao, app)
		}
		return reply(401, acao, app)
	}}, cookies: []harness.SetCookie{{URL: api, Line: "sid=1; SameSite=None; Secure"}}})
	if need, wanted := d.Need(); err != nil || d.ID != "no-credentials" || !wanted || !need.Credentials {
		t.Errorf("%v: %q needs %+v", err, d.ID, need)
	}
	d, err = c.run(t, example{c: servers.Case{Reply: reply(200)}, r: harness.Request{From: harness.OpaqueOrigin}})
	if need, wanted := d.Need(); err != nil || d.ID == "" || wanted {
		t.Errorf("%v: %q needs %+v: to allow null lets every site in", err, d.ID, need)
	}
}
