package verify

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// server answers as a policy says, and breaks in one way. The standard decides
// what a browser makes of it, so that probes can be judged without one.
type server struct {
	rules policy.Rules
	// lets overrides who is let in.
	lets func(origin string) bool
	// change has the last word on a response.
	change func(e oracle.Exchange, reply *harness.Header)
}

func (s server) allows(origin string) bool {
	o := s.rules.Origins
	switch {
	case s.lets != nil:
		return s.lets(origin)
	case origin == "null":
		return is(s.rules.AllowNull)
	case slices.ContainsFunc(o.Subdomains, func(base string) bool { return childOf(origin, base) }):
		return true
	}
	return slices.Contains(o.List, origin)
}

// is says whether a field is there and true.
func is(field *bool) bool { return field != nil && *field }

// childOf says whether an origin is below another.
func childOf(origin, base string) bool {
	scheme, host, _ := strings.Cut(base, "://")
	return strings.HasPrefix(origin, scheme+"://") && strings.HasSuffix(origin, "."+host)
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
		if is(s.rules.Credentials) {
			say("Access-Control-Allow-Credentials", "true")
		}
	}
	if e.Kind == harness.Preflight {
		asked := func(name string) string { value, _ := oracle.Get(e.Header, name); return value }
		say("Access-Control-Allow-Methods", namesOrAny(s.rules.Methods, asked("Access-Control-Request-Method")))
		say("Access-Control-Allow-Headers", namesOrAny(s.rules.RequestHeaders, asked("Access-Control-Request-Headers")))
		if s.rules.MaxAge != nil {
			say("Access-Control-Max-Age", fmt.Sprint(*s.rules.MaxAge))
		}
	}
	say("Vary", "Origin")
	say("Access-Control-Expose-Headers", namesOrAny(s.rules.ExposeHeaders, "X-Hidden, X-Total"))
	say("X-Total", "7")
	say("X-Hidden", "1")
	if s.rules.ExposeHeaders.Any() {
		var names []string
		for _, f := range reply {
			names = append(names, f.Name)
		}
		set(&reply, "Access-Control-Expose-Headers", strings.Join(names, ", "))
	}
	if s.change != nil {
		s.change(e, &reply)
	}
	return oracle.Reply{Header: reply}
}

// namesOrAny writes a list, or what stands for any.
func namesOrAny(names policy.Names, any string) string {
	if names.Any() {
		return any
	}
	return strings.Join(names, ", ")
}

// whyBroken returns why a probe is broken, or nothing: the judge of a run judges what the
// standard makes of the server's answers. Steps on the wire have no browser.
func whyBroken(target string, p policy.Probe, s server) string {
	var cache *oracle.PreflightCache
	if p.Caches { // a run has the caches off elsewhere
		cache = &oracle.PreflightCache{}
	}
	var all []harness.Observation
	for i, step := range p.Steps {
		if step.Revalidates {
			step.Request.Headers = slices.Concat(step.Request.Headers, validators(all))
		}
		seen := s.observed(p, step.Request, cache, i)
		all = append(all, seen)
		j := judge(target, step, seen, nil)
		if p.Together != "" && i == len(p.Steps)-1 {
			j = judgeTogether(p, all)
		}
		if j.outcome == finding.Broken || j.outcome == finding.Inconclusive {
			return fmt.Sprintf("%s %s: step %d: %s: %s", p.ID, p.Key, i+1, j.outcome, j.why)
		}
	}
	return ""
}

// observed is what is observed of a request, on the wire or in a browser that keeps to the
// standard. What may change something is held back.
func (s server) observed(p policy.Probe, r harness.Request, cache *oracle.PreflightCache, second int) harness.Observation {
	o := harness.Observation{Request: r}
	exchange := func(e oracle.Exchange) harness.Exchange {
		return harness.Exchange{Kind: e.Kind, Method: e.Method, URL: e.URL, Sent: true, Status: 200, RequestHeaders: e.Header, ResponseHeaders: s.answer(e).Header}
	}
	if p.Wire {
		asked := oracle.Exchange{Kind: harness.ActualRequest, Method: cmp.Or(r.Method, "GET"), URL: r.URL, Header: r.Headers}
		if asked.Method == "OPTIONS" && len(r.Headers.Values("Access-Control-Request-Method")) > 0 {
			asked.Kind = harness.Preflight
		}
		e := exchange(asked)
		e.Kind = harness.ActualRequest
		o.Exchanges = []harness.Exchange{e}
		o.Verdict, o.Reason = wireVerdict(r.Headers, e.ResponseHeaders)
		return o
	}
	r.DryRun = r.DryRun || !web.IsSafeMethod(r.Method)
	d := oracle.Decide(oracle.Question{Request: r, Server: s.answer, As: oracle.Chrome, Cache: cache, Now: time.Unix(int64(second), 0)})
	o.Verdict, o.Reason, o.Script.Headers = d.Verdict, d.Reason, d.Exposed
	for _, asked := range d.Exchanges {
		e := exchange(asked)
		if r.DryRun && e.Kind != harness.Preflight {
			e.Sent, e.Withheld, e.Status = false, true, 204
			o.Verdict, o.Reason = harness.Readable, ""
		}
		o.Exchanges = append(o.Exchanges, e)
	}
	return o
}

// broken returns the ids of the probes that a server does not hold.
func brokenBy(t *testing.T, p policy.Policy, breakIt func(*server)) []string {
	t.Helper()
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	servers := map[string]server{}
	for _, r := range p.Resolved() {
		s := server{rules: r.Rules}
		if breakIt != nil {
			breakIt(&s)
		}
		servers[r.Path] = s
	}
	var ids []string
	for _, probe := range probes {
		if (&runner{Run: &Run{Policy: p}}).sendsTooMuch(probe) {
			continue
		}
		s := servers[probe.Resource]
		if why := whyBroken(p.Target, probe, s); why != "" {
			ids = append(ids, probe.ID+map[behaviour.Side]string{behaviour.Allowed: "a", behaviour.Forbidden: "f"}[probe.Side])
			if breakIt == nil {
				t.Error(why)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// policies are one of each kind, by the names of their files.
func policies(t *testing.T) map[string]policy.Policy {
	t.Helper()
	files, err := filepath.Glob("../policy/testdata/policies/*.yaml")
	if err != nil || files == nil {
		t.Fatalf("%v: %v", files, err)
	}
	all := map[string]policy.Policy{}
	for _, file := range files {
		p, err := policy.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".yaml")] = p
	}
	return all
}
