package oracle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// The origins of the cases: the page, two others, and the page's site on another
// port.
const (
	pageO = "https://app.test"
	siteR = "https://api.test"
	other = "https://cdn.test"
	portS = "https://app.test:8443"
)

// row is a question with Chrome 156's decision.
type row struct {
	name     string // begins with the number in cases.md, if it has one
	request  harness.Request
	question Question // everything besides the request
	preflight,
	actual Reply
	hops map[string]Reply // by URL, instead of actual; "OPTIONS URL" instead of preflight

	want     string // see outcome
	sent     string // the methods of the exchanges
	standard string // the outcome by the standard, if it differs
}

// short maps the abbreviations of the tables to header names.
var short = map[string]string{
	"ACAO": "Access-Control-Allow-Origin", "ACAC": "Access-Control-Allow-Credentials",
	"ACAM": "Access-Control-Allow-Methods", "ACAH": "Access-Control-Allow-Headers",
	"ACEH": "Access-Control-Expose-Headers", "ACMA": "Access-Control-Max-Age",
	"CORP": "Cross-Origin-Resource-Policy", "COEP": "Cross-Origin-Embedder-Policy",
}

// headers reads lines such as "ACAO: *".
func headers(lines ...string) harness.Header {
	list := harness.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		if long, ok := short[name]; ok {
			name = long
		}
		list = append(list, harness.Field{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return list
}

// reply returns an answer.
func reply(status int, lines ...string) Reply {
	return Reply{Status: status, Header: headers(lines...)}
}

// put asks a decider the question of row.
func (c row) put(as As) Decision {
	q := c.question
	q.Request, q.As = c.request, as
	if q.Request.From == "" {
		q.Request.From = pageO
	}
	if q.Request.URL == "" {
		q.Request.URL = siteR + "/"
	}
	q.Server = func(e Exchange) Reply {
		if answer, ok := c.hops["OPTIONS "+e.URL]; ok && e.Kind == harness.Preflight {
			return answer
		}
		if answer, ok := c.hops[e.URL]; ok && e.Kind != harness.Preflight {
			return answer
		}
		if e.Kind == harness.Preflight {
			return c.preflight
		}
		return c.actual
	}
	return Decide(q)
}

// outcome prints the parts of a decision that a table states.
func outcome(d Decision) string {
	switch {
	case d.Verdict == "":
		return "no verdict: " + d.NetError
	case d.Verdict == harness.Readable:
		return fmt.Sprintf("readable %s %d", d.Type, d.Status)
	case d.Verdict == harness.Opaque:
		return "opaque " + d.Type
	case d.Parameter != "":
		return fmt.Sprintf("%s(%s)", d.Reason, d.Parameter)
	}
	return string(d.Reason)
}

// methods prints the methods of the exchanges.
func methods(d Decision) string {
	var list []string
	for _, e := range d.Exchanges {
		list = append(list, e.Method)
	}
	return strings.Join(list, " ")
}

// check asks Chrome and the standard about every row.
func check(t *testing.T, rows []row) {
	t.Helper()
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			d := c.put(Chrome)
			if got := outcome(d); got != c.want {
				t.Errorf("Chrome: %s, want %s\n%+v", got, c.want, d)
			}
			if got := methods(d); c.sent != "" && got != c.sent {
				t.Errorf("Chrome sends %s, want %s", got, c.sent)
			}
			want := c.standard
			if want == "" {
				want = c.want
			}
			s := c.put(Standard)
			if got := outcome(s); got != want {
				t.Errorf("the standard: %s, want %s\n%+v", got, want, s)
			}
			if len(s.Deviations) > 0 {
				t.Errorf("the standard deviates from itself: %v", s.Deviations)
			}
			if c.standard != "" && len(d.Deviations) == 0 {
				t.Error("no row of the table tells the difference")
			}
			if d.Verdict != "" && (d.Anchor == "" || (d.Reason != "") != (d.Verdict == harness.Blocked)) {
				t.Errorf("anchor %q, reason %q for %s", d.Anchor, d.Reason, d.Verdict)
			}
		})
	}
}

// tables returns all rows of all tests.
func tables() []row {
	return slices.Concat(everyday, grammar, exposure, redirections, requests, policies, controllers)
}

func TestEverydayCases(t *testing.T)          { check(t, everyday) }
func TestHeaderAndMethodGrammar(t *testing.T) { check(t, grammar) }
func TestExposure(t *testing.T)               { check(t, exposure) }
func TestRedirectsAndOrigins(t *testing.T)    { check(t, redirections) }
func TestRequestsThatAreNotMade(t *testing.T) { check(t, requests) }
func TestResourcePolicies(t *testing.T)       { check(t, policies) }
func TestServiceWorkers(t *testing.T)         { check(t, controllers) }
