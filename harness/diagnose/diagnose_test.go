package diagnose_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers"
)

const (
	app  = "https://app.test"
	api  = "https://api.test"
	acao = "Access-Control-Allow-Origin"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
)

func header(pairs ...string) harness.Header {
	var h harness.Header
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, harness.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return h
}

// Each cause is named with its layer, and its remedy makes the same exchange readable. The
// controls have the same symptom from another cause, and a right server is not accused.
func TestDiagnoses(t *testing.T) {
	net := &servers.Network{}
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	chrome := &harness.Browser{Network: net, Timeout: time.Minute}
	defer chrome.Close()
	open := net.Add(servers.Case{Reply: servers.Reply{Header: header(acao, app)}}).URL("https://other.test")
	closed := net.Add(servers.Case{}).URL("https://other.test")
	json := harness.Request{Method: "POST", Body: harness.JSON("{}")}
	for name, test := range map[string]struct {
		c     servers.Case
		r     harness.Request
		id    string
		layer diagnose.Layer
		sure  diagnose.Certainty
	}{
		"right":              {c: servers.Case{Reply: servers.Reply{Header: header(acao, app)}}},
		"right, an error":    {c: servers.Case{Reply: servers.Reply{Status: 500, Header: header(acao, app)}}},
		"no header anywhere": {servers.Case{}, harness.Request{}, "no-header-anywhere", diagnose.Middleware, diagnose.Proved},
		"an error after a preflight": {servers.Case{Reply: servers.Reply{Status: 502, Header: header("Server", "nginx")}, Preflight: &servers.Reply{Header: header(acao, app, acah, "X-A")}},
			harness.Request{Headers: header("X-A", "1")}, "errors-only", diagnose.Gateway, diagnose.Proved},
		"two parts": {servers.Case{Preflight: &servers.Reply{Header: header(acao, app, acah, "X-A")}},
			harness.Request{Headers: header("X-A", "1")}, "two-parts-of-the-server", diagnose.Framework, diagnose.Proved},
		"no route for OPTIONS": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}, Preflight: &servers.Reply{Status: 405}},
			json, "options-refused", diagnose.Framework, diagnose.Proved},
		"OPTIONS wants a login": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}, Preflight: &servers.Reply{Status: 401, Header: header(acao, app)}},
			json, "options-refused", diagnose.Login, diagnose.Proved},
		"OPTIONS leads to a login": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}, Preflight: &servers.Reply{Status: 302, Header: header("Location", "/login")}},
			json, "preflight-redirected", diagnose.Login, diagnose.Proved},
		"the library leaves all out": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}, Preflight: &servers.Reply{Status: 204}},
			json, "library-leaves-headers-out", diagnose.Middleware, diagnose.Proved},
		"the origin is not listed": {servers.Case{Preflight: &servers.Reply{Status: 204}}, json, "origin-not-listed", diagnose.Middleware, diagnose.Proved},
		"a method that is not listed": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}, Preflight: &servers.Reply{Header: header(acao, app, acam, "GET")}},
			harness.Request{Method: "DELETE"}, "not-listed", diagnose.Middleware, diagnose.Proved},
		"a header that is not listed": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}, Preflight: &servers.Reply{Header: header(acao, app, acah, "X-B")}},
			harness.Request{Headers: header("X-A", "1")}, "not-listed", diagnose.Middleware, diagnose.Proved},
		"a header of responses": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}, Preflight: &servers.Reply{Header: header(acao, app, acah, "X-B")}},
			harness.Request{Headers: header(acao, "*")}, "not-listed", diagnose.Page, diagnose.Proved},
		"credentials": {servers.Case{Reply: servers.Reply{Header: header(acao, "*")}}, harness.Request{Credentials: harness.Include},
			"credentials", diagnose.Middleware, diagnose.Proved},
		"twice":       {servers.Case{Reply: servers.Reply{Header: header(acao, "*", acao, "*")}}, harness.Request{}, "header-twice", diagnose.Gateway, diagnose.Proved},
		"a list":      {servers.Case{Reply: servers.Reply{Header: header(acao, app+", https://b.test")}}, harness.Request{}, "wrong-value", diagnose.Middleware, diagnose.Proved},
		"another one": {servers.Case{Reply: servers.Reply{Header: header(acao, app+"/")}}, harness.Request{}, "wrong-value", diagnose.Middleware, diagnose.Proved},
		"null after a redirect": {servers.Case{Reply: servers.Reply{Status: 302, Header: header(acao, app, "Location", open)}}, harness.Request{},
			"null-after-redirect", diagnose.Page, diagnose.Proved},
		"a redirect to a closed server": {servers.Case{Reply: servers.Reply{Status: 302, Header: header(acao, app, "Location", closed)}}, harness.Request{},
			"null-after-redirect-and-closed", diagnose.Middleware, diagnose.Proved},
		"a cache that is not at fault": {servers.Case{Reply: servers.Reply{Header: header("Age", "7", "X-Cache", "HIT")}}, harness.Request{},
			"no-header-anywhere", diagnose.Middleware, diagnose.Proved},
		"not known": {servers.Case{}, harness.Request{Mode: harness.SameOriginOnly}, "", "", diagnose.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			r := test.r
			r.From, r.URL = app, net.Add(test.c).URL(api)
			d, err := diagnose.Run(context.Background(), chrome, r)
			if err != nil {
				t.Fatal(err)
			}
			if d.ID != test.id || d.Layer != test.layer || d.Sure != test.sure {
				t.Errorf("%q in the %s, %s; want %q in the %s, %s\n%s\n%+v", d.ID, d.Layer, d.Sure, test.id, test.layer, test.sure, d.Seen, d.RuledOut)
			}
			if test.id == "" && (d.Trial != nil || d.Remedy != "") {
				t.Errorf("a remedy where there is none: %s", d.Remedy)
			}
			if test.id != "" && (d.Trial == nil || !d.Trial.Proved || d.Remedy == "" || len(d.Evidence) == 0) {
				t.Errorf("the remedy (%s) is not proved: %v", d.Remedy, d.Notes)
			}
			for _, e := range d.Experiments {
				for _, a := range e.Seen.Arrivals {
					if a.Method != "GET" && a.Method != "OPTIONS" {
						t.Errorf("%s sent %s", e.Name, a.Method)
					}
				}
			}
		})
	}
}

// changing is a server that answers the first question in one way and every later question in
// another way.
type changing struct {
	diagnose.Asker
	asked int
}

func (c *changing) Fetch(_ context.Context, r harness.Request) (harness.Observation, error) {
	c.asked++
	o := harness.Observation{Request: r, Verdict: harness.Readable, Page: harness.Page{Origin: app}}
	if c.asked == 1 {
		o.Verdict, o.Reason = harness.Blocked, harness.MissingAllowOriginHeader
		o.Exchanges = []harness.Exchange{{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Status: 500}}
	}
	return o, nil
}

// A target that changes between two questions is told, and nothing is then proved by them.
func TestTargetChanges(t *testing.T) {
	d, err := diagnose.Run(context.Background(), &changing{}, harness.Request{From: app, URL: api + "/"})
	if err != nil || d.Sure != diagnose.Likely || !strings.Contains(strings.Join(d.Notes, " "), "target changes") {
		t.Errorf("%v: %s, %q", err, d.Sure, d.Notes)
	}
}

// limited limits the rate of its second question.
type limited struct{ asked int }

func (l *limited) Fetch(_ context.Context, r harness.Request) (harness.Observation, error) {
	l.asked++
	e := harness.Exchange{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Status: 500}
	if l.asked == 2 {
		e.Status, e.ResponseHeaders = 429, header("Retry-After", "0")
	}
	return harness.Observation{Request: r, Verdict: harness.Blocked, Reason: harness.MissingAllowOriginHeader, Page: harness.Page{Origin: app}, Exchanges: []harness.Exchange{e}}, nil
}

// A rate limit is waited for, and told. A remedy that does not help is not given.
func TestRateLimit(t *testing.T) {
	d, err := diagnose.Run(context.Background(), &limited{}, harness.Request{From: app, URL: api + "/"})
	notes := strings.Join(d.Notes, " ")
	if err != nil || !strings.Contains(notes, "waited 0s") || !strings.Contains(notes, "not enough") || d.Remedy != "" {
		t.Errorf("%v: %q, remedy %q", err, d.Notes, d.Remedy)
	}
}
