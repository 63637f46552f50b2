package policy

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// server answers as a policy says, and breaks in one way. The oracle decides what a
// browser would do, so that probes can be judged without a browser.
type server struct {
	rules Rules
	// lets overrides which origins may read.
	lets func(origin string) bool
	// change changes a response at the end.
	change func(e oracle.Exchange, reply *harness.Header)
}

func (s server) allows(origin string) bool {
	o := s.rules.Origins
	switch {
	case s.lets != nil:
		return s.lets(origin)
	case origin == "null":
		return says(s.rules.AllowNull, true)
	case slices.ContainsFunc(o.Subdomains, func(base string) bool { return under(oracle.ParseOrigin(origin), oracle.ParseOrigin(base)) }):
		return true
	}
	return slices.Contains(o.List, origin)
}

func (s server) answer(e oracle.Exchange) oracle.Reply {
	var reply harness.Header
	say := func(name, value string) { reply = append(reply, harness.Field{Name: name, Value: value}) }
	origin, _ := e.Origin()
	switch {
	case s.rules.Origins.Any && s.lets == nil:
		say("Access-Control-Allow-Origin", "*")
	case s.allows(origin):
		say("Access-Control-Allow-Origin", origin)
		if says(s.rules.Credentials, true) {
			say("Access-Control-Allow-Credentials", "true")
		}
	}
	if e.Kind == harness.Preflight {
		asked := func(name string) string { value, _ := oracle.Get(e.Header, name); return value }
		say("Access-Control-Allow-Methods", listed(s.rules.Methods, asked("Access-Control-Request-Method")))
		say("Access-Control-Allow-Headers", listed(s.rules.RequestHeaders, asked("Access-Control-Request-Headers")))
		if s.rules.MaxAge != nil {
			say("Access-Control-Max-Age", fmt.Sprint(*s.rules.MaxAge))
		}
	}
	say("Access-Control-Expose-Headers", listed(s.rules.ExposeHeaders, "X-Hidden, X-Total"))
	say("X-Total", "7")
	say("X-Hidden", "1")
	if s.change != nil {
		s.change(e, &reply)
	}
	return oracle.Reply{Header: reply}
}

// listed writes a list, or the wildcard for any.
func listed(names Names, any string) string {
	if names.Any() {
		return any
	}
	return strings.Join(names, ", ")
}

// judge returns why a probe is broken, or nothing. Steps on the wire have no browser:
// their origin is the value of the header.
func judge(p Probe, s server) string {
	var cache oracle.PreflightCache
	for i, step := range p.Steps {
		var d oracle.Decision
		if p.Wire {
			d = wire(step.Request, s)
		} else {
			d = oracle.Decide(oracle.Question{Request: step.Request, Server: s.answer, As: oracle.Chrome, Cache: &cache, Now: time.Unix(int64(i), 0)})
		}
		if why := judgeStep(step, d, s); why != "" {
			return fmt.Sprintf("%s %s: step %d: %s", p.ID, p.Key, i+1, why)
		}
	}
	return ""
}

func wire(r harness.Request, s server) oracle.Decision {
	origin, _ := oracle.Get(r.Headers, "Origin")
	reply := s.answer(oracle.Exchange{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Header: r.Headers})
	if oracle.CORSCheck(origin, harness.Omit, reply.Header) {
		return oracle.Decision{Verdict: harness.Readable}
	}
	return oracle.Decision{Verdict: harness.Blocked}
}

func judgeStep(step Step, d oracle.Decision, s server) string {
	preflights := d.Preflights()
	switch {
	case d.Verdict != step.Want:
		return fmt.Sprintf("%s (%s), want %s", d.Verdict, d.Reason, step.Want)
	case step.PreflightOnly && len(preflights) == 0 && step.Preflights == nil:
		return "no preflight decides"
	case step.PreflightOnly && step.Want == harness.Blocked && len(d.Exchanges) > len(preflights):
		return "the request was sent"
	case step.Preflights != nil && len(preflights) != *step.Preflights:
		return fmt.Sprintf("%d preflights, want %d", len(preflights), *step.Preflights)
	}
	if step.MaxAge != nil {
		reply := s.answer(preflights[0])
		if said, _ := oracle.Get(reply.Header, "Access-Control-Max-Age"); said != fmt.Sprint(*step.MaxAge) {
			return fmt.Sprintf("Max-Age %q, want %d", said, *step.MaxAge)
		}
	}
	return judgeExposed(step, d)
}

func judgeExposed(step Step, d oracle.Decision) string {
	exposed := step.Exposed
	if exposed.Any() {
		exposed = Names{"X-Total", "X-Hidden"}
	}
	for _, name := range exposed {
		if len(d.Exposed.Values(name)) == 0 {
			return name + " is not readable"
		}
	}
	for _, f := range d.Exposed {
		if step.OnlyExposed && !slices.ContainsFunc(exposed, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
			return f.Name + " is readable"
		}
	}
	return ""
}

// brokenBy returns the ids of the probes that a server breaks.
func brokenBy(t *testing.T, p Policy, breakIt func(*server)) []string {
	t.Helper()
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	s := server{rules: p.Rules}
	if breakIt != nil {
		breakIt(&s)
	}
	var ids []string
	for _, probe := range probes {
		if why := judge(probe, s); why != "" {
			ids = append(ids, probe.ID)
			if breakIt == nil {
				t.Error(why)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// policies has one policy of each kind.
var policies = map[string]Policy{
	"list": {
		Target: "https://api.acme.com",
		Rules: Rules{
			Origins: Origins{List: []string{"https://app.acme.com", "https://www.acme.com", "https://shop.test:8443"}}, AllowNull: new(false), Credentials: new(false),
			Methods: Names{"GET", "POST", "PUT"}, RequestHeaders: Names{"Content-Type", "X-Trace"}, ExposeHeaders: Names{"X-Total"}, MaxAge: new(600),
		},
		Ask: Ask{Headers: harness.Header{{Name: "Content-Type", Value: "application/json"}}},
	},
	"credentials": {
		Target: "https://api.acme.com",
		Rules: Rules{
			Origins: Origins{List: []string{"https://app.acme.com"}}, Credentials: new(true),
			Methods: Names{Wildcard}, RequestHeaders: Names{Wildcard}, ExposeHeaders: Names{Wildcard}, MaxAge: new(0),
		},
	},
	"any": {
		Target: "https://api.acme.com",
		Rules: Rules{
			Origins: Origins{Any: true}, Credentials: new(false), AllowNull: new(true),
			Methods: Names{Wildcard}, RequestHeaders: Names{Wildcard}, ExposeHeaders: Names{Wildcard}, MaxAge: new(600),
		},
	},
	"any, with a token": {
		Target: "https://api.acme.com",
		Rules:  Rules{Origins: Origins{Any: true}, Credentials: new(false), RequestHeaders: Names{Wildcard}, MaxAge: new(600)},
		Ask:    Ask{Headers: harness.Header{{Name: "Authorization", Value: "Bearer abc"}}},
	},
	"subdomains": {
		Target: "https://api.acme.com",
		Rules:  Rules{Origins: Origins{Subdomains: []string{"https://acme.com", "http://localhost:3000"}}, Credentials: new(true), Methods: Names{"PUT", "PATCH", "DELETE"}, RequestHeaders: Names{}, ExposeHeaders: Names{}},
	},
	"none":      {Target: "https://api.acme.com", Rules: Rules{Origins: Origins{None: true}, Methods: Names{"PUT"}, RequestHeaders: Names{"X-A"}}},
	"null only": {Target: "https://api.acme.com", Rules: Rules{Origins: Origins{List: []string{"https://app.acme.com"}}, AllowNull: new(true)}},
	"post":      {Target: "https://api.acme.com", Rules: Rules{Origins: Origins{List: []string{"https://app.acme.com"}}, Methods: Names{"POST"}}},
	"plain":     {Target: "http://localhost:8000", Rules: Rules{Origins: Origins{List: []string{"http://localhost:3000", "http://127.0.0.1:8080"}}, Methods: Names{"PUT"}, MaxAge: new(60)}},
}

// A server that follows its policy holds every probe.
func TestRightServersHold(t *testing.T) {
	for name, p := range policies {
		t.Run(name, func(t *testing.T) { brokenBy(t, p, nil) })
	}
}

// set overrides a header of a response.
func set(reply *harness.Header, name, value string) {
	*reply = slices.DeleteFunc(*reply, func(f harness.Field) bool { return strings.EqualFold(f.Name, name) })
	*reply = append(*reply, harness.Field{Name: name, Value: value})
}

// Every wrong server is caught by the probes for its mistake.
func TestWrongServersAreCaught(t *testing.T) {
	host := func(origin string) string { return oracle.ParseOrigin(origin).Host }
	lets := func(f func(origin string) bool) func(*server) { return func(s *server) { s.lets = f } }
	change := func(f func(e oracle.Exchange, reply *harness.Header)) func(*server) {
		return func(s *server) { s.change = f }
	}
	without := func(f func(*Rules)) func(*server) { return func(s *server) { f(&s.rules) } }
	list := func(origin string) bool { return slices.Contains(policies["list"].Origins.List, origin) }

	for name, c := range map[string]struct {
		policy string
		broken func(*server)
		want   string
	}{
		"lets everybody in":             {"list", lets(func(string) bool { return true }), "K13 K14 K15 K16 K17 K18 K19 K21"},
		"lets nobody in":                {"list", lets(func(string) bool { return false }), "K01 K06 K09 K31 K37 K48 K49 K56 K57 K61"},
		"compares the beginning":        {"list", lets(func(o string) bool { return strings.HasPrefix(o, "https://app.acme.com") || list(o) }), "K14 K17 K21"},
		"compares the end":              {"list", lets(func(o string) bool { return strings.HasSuffix(host(o), "app.acme.com") || list(o) }), "K15 K17 K18"},
		"compares the end of domains":   {"list", lets(func(o string) bool { return strings.HasSuffix(o, "acme.com") || list(o) }), "K15 K16 K18"},
		"takes a dot for any character": {"list", lets(func(o string) bool { return regexp.MustCompile(`^https://app.acme.com$`).MatchString(o) || list(o) }), "K16"},
		"takes sub-domains":             {"list", lets(func(o string) bool { return strings.HasSuffix(o, ".app.acme.com") || list(o) }), "K15"},
		"ignores the scheme":            {"list", lets(func(o string) bool { return host(o) == "app.acme.com" && !strings.Contains(o, ":8") || list(o) }), "K18"},
		"ignores the port":              {"list", lets(func(o string) bool { return strings.HasPrefix(o+":", "https://app.acme.com:") || list(o) }), "K17"},
		"lets null in":                  {"list", lets(func(o string) bool { return o == "null" || list(o) }), "K19"},
		"lets one of three in":          {"list", lets(func(o string) bool { return o == "https://app.acme.com" }), "K01 K06 K57"},
		"reflects every origin, with permission for the listed only": {
			"list", change(func(e oracle.Exchange, reply *harness.Header) {
				if origin, ok := e.Origin(); ok && e.Kind != harness.Preflight {
					set(reply, "Access-Control-Allow-Origin", origin)
				}
			}), "K13 K14 K15 K16 K17 K18 K19 K21",
		},
		"lets an empty origin in": {"list", lets(func(o string) bool { return o == "" || list(o) }), "K21"},
		"sends credentials":       {"list", change(func(_ oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Allow-Credentials", "true") }), "K03"},
		"exposes too much":        {"list", without(func(r *Rules) { r.ExposeHeaders = Names{"X-Total", "X-Hidden"} }), "K09"},
		"exposes nothing":         {"list", without(func(r *Rules) { r.ExposeHeaders = nil }), "K09"},
		"allows too many methods": {"list", without(func(r *Rules) { r.Methods = Names{"PUT", "DELETE"} }), "K35"},
		"sends what it then hides": {
			"list", change(func(e oracle.Exchange, reply *harness.Header) {
				if e.Kind == harness.Preflight {
					set(reply, "Access-Control-Allow-Methods", "PUT, PATCH, DELETE")
				} else if e.Method == "DELETE" || e.Method == "PATCH" {
					set(reply, "Access-Control-Allow-Origin", "https://else.test")
				}
			}), "K35",
		},
		"allows no method":         {"list", without(func(r *Rules) { r.Methods = nil }), "K31"},
		"allows every header":      {"list", without(func(r *Rules) { r.RequestHeaders = Names{Wildcard} }), "K36 K38"},
		"forgets a header":         {"list", without(func(r *Rules) { r.RequestHeaders = Names{"Content-Type"} }), "K31 K37"},
		"forgets the header asked": {"list", without(func(r *Rules) { r.RequestHeaders = Names{"X-Trace"} }), "K01 K06 K09 K31 K37 K48 K49 K56 K57 K61"},
		"says another time":        {"list", without(func(r *Rules) { r.MaxAge = new(601) }), "K48"},
		"says no time":             {"list", without(func(r *Rules) { r.MaxAge = nil }), "K48"},
		"asks for leave again":     {"list", without(func(r *Rules) { r.MaxAge = new(0) }), "K48 K49"},
		"a literal star, one":      {"credentials", change(func(_ oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Allow-Methods", "*") }), "K42"},
		"a literal star, two":      {"credentials", change(func(_ oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Allow-Headers", "*") }), "K43 K44 K48 K49"},
		"a literal star, three":    {"credentials", change(func(_ oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Expose-Headers", "*") }), "K10"},
		"no credentials":           {"credentials", without(func(r *Rules) { r.Credentials = nil }), "K02 K10 K42 K43 K44 K48 K49 K56"},
		"keeps an answer":          {"credentials", without(func(r *Rules) { r.MaxAge = new(600) }), "K48 K49"},
		"any, but by a list":       {"any", lets(func(o string) bool { return o == "https://any.test" }), "K19 K25 K57"},
		"any, with credentials":    {"any", func(s *server) { s.lets = func(string) bool { return true }; s.rules.Credentials = new(true) }, "K26 K27"},
		"any method but DELETE":    {"any", without(func(r *Rules) { r.Methods = Names{"PUT"} }), "K41"},
		"the base, by its end": {"subdomains", lets(func(o string) bool {
			return strings.HasSuffix(host(o), "acme.com") || strings.HasSuffix(host(o), "localhost")
		}), "K17 K18 K20"},
		"the base, by its begin": {"subdomains", lets(func(o string) bool {
			return strings.Contains(o, "child.acme.com") || strings.Contains(o, ".localhost:3000")
		}), "K17 K18 K20 K21 K57"},
		"any method, all being in":  {"subdomains", without(func(r *Rules) { r.Methods = Names{Wildcard} }), "K35"},
		"somebody":                  {"none", lets(func(string) bool { return true }), "K13 K19"},
		"no null":                   {"null only", lets(func(o string) bool { return o != "null" && o == "https://app.acme.com" }), "K19"},
		"ignores the port, locally": {"plain", lets(func(o string) bool { return host(o) == "localhost" || o == "http://127.0.0.1:8080" }), "K17"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(brokenBy(t, policies[c.policy], c.broken), " "); got != cmp.Or(c.want, "nothing") {
				t.Errorf("broken are %s, want %s", got, c.want)
			}
		})
	}
}
