package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// demo returns a Report as a run makes it: the probes of a policy, and a server with a
// few mistakes.
func demo() finding.Report {
	return demoOf([]string{"/v1/me", "/v1/orders", "/public/status", "/v1/upload"}, 14)
}

// big returns a Report with n findings.
func big(n int) finding.Report {
	var paths []string
	for i := range n/40 + 1 {
		paths = append(paths, fmt.Sprintf("/v%d/%s", i/4+1, []string{"me", "orders", "status", "upload"}[i%4]))
	}
	r := demoOf(paths, 1)
	if len(r.Findings) < n {
		panic("too few findings")
	}
	r.Findings = r.Findings[:n]
	return r
}

// demoOf asks every probe of the resources, but only each nth probe of strangers.
func demoOf(paths []string, nth int) finding.Report {
	p := policy.Policy{
		Target: "https://api.acme.com",
		Rules: policy.Rules{
			Origins:        policy.Origins{List: []string{"https://app.acme.com", "https://admin.acme.com", "https://partner.example"}},
			Credentials:    new(true),
			Methods:        policy.Names{"GET", "PUT"},
			RequestHeaders: policy.Names{"Authorization", "Content-Type"},
			ExposeHeaders:  policy.Names{"X-Total"},
			MaxAge:         new(600),
		},
	}
	for _, path := range paths {
		p.Resources = append(p.Resources, policy.Resource{Path: path})
	}
	probes, err := p.Probes()
	if err != nil {
		panic(err)
	}
	r := finding.Report{
		Version: 1, Corsproof: "v0.9.0", Policy: "policies/acme.yaml", Fingerprint: "5e1f0c2a9b7d4e83", Target: p.Target, Repeat: 1,
		Chrome:  harness.Chrome{Version: "Chrome/156.0.8078.79", Flags: []string{"--headless=new", "--no-first-run", "--disable-background-networking", "--site-per-process"}},
		Started: time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC), Seconds: 12.4,
		Notes:    []string{"Chrome runs without its sandbox, because this is root."},
		Sent:     map[string]int{},
		Withheld: map[string]int{},
	}
	strangers := 0
	for i, probe := range probes {
		if slices.Contains(probe.Tags, behaviour.TagLookAlike) || probe.Wire {
			if strangers++; strangers%nth != 0 {
				continue
			}
		}
		r.Findings = append(r.Findings, ask(&r, i, probe))
	}
	slices.SortStableFunc(r.Findings, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(finding.Outcomes(), a.Outcome), slices.Index(finding.Outcomes(), b.Outcome)),
			cmp.Compare(slices.Index(finding.Severities(), a.Severity), slices.Index(finding.Severities(), b.Severity)))
	})
	return r
}

// ask makes a finding of a probe.
func ask(r *finding.Report, i int, probe policy.Probe) finding.Finding {
	f := finding.Finding{
		Number: i + 1, ID: probe.ID, Key: probe.Key, Title: probe.Title, Level: probe.Level, Side: probe.Side, Resource: probe.Resource,
		Tags: probe.Tags, Wire: probe.Wire, Outcome: finding.Held,
	}
	for _, s := range probe.Steps {
		s.Request.DryRun = s.PreflightOnly && s.Want == harness.Readable
		o := observe(s.Request)
		for _, e := range o.Exchanges {
			if e.Withheld {
				r.Withheld[e.Method]++
			} else if e.Sent {
				r.Sent[e.Method]++
			}
		}
		step := finding.Step{Want: s.Want, Prepares: s.Prepares, Observation: o}
		f.Origin, f.Method = s.Request.From, cmp.Or(s.Request.Method, "GET")
		f.Steps = append(f.Steps, step)
		if !s.Prepares && o.Verdict != s.Want {
			break
		}
	}
	last := &f.Steps[len(f.Steps)-1]
	last.Decided = true
	o := last.Observation
	e := harness.Explain(o)
	f.Meaning, f.Remedy, f.Anchor = e.Meaning, e.Remedy, e.Anchor
	login := strings.Contains(fmt.Sprint(o.Exchanges), "login.acme.com")
	switch {
	case i%29 == 3:
		f.Outcome, f.Why, f.Steps = finding.NotAsked, "a POST that needs no permission cannot be judged without sending it", nil
	case login:
		f.Outcome, f.Why = finding.Inconclusive, "the server redirected to the login page of another origin, https://login.acme.com"
		last.Error = "no verdict: " + f.Why
	case i%31 == 5:
		f.Outcome, f.Why = finding.Inconclusive, "the server answered 429, too many requests"
	case o.Verdict != last.Want:
		breaks(&f, i, last.Want, o)
	case i%37 == 6:
		f.Outcome, f.Known, f.Why = finding.Unexpected, "ticket API-211: until the gateway is replaced", "it held, and the baseline says that it is broken"
	}
	return f
}

// breaks says what is wrong with a finding, and how severe it is.
func breaks(f *finding.Finding, i int, want harness.Verdict, o harness.Observation) {
	f.Outcome, f.Severity = finding.Broken, finding.Medium
	f.Why = fmt.Sprintf("wanted %s, and it was %s", want, o.Verdict)
	switch {
	case want == harness.Blocked && strings.HasSuffix(f.Resource, "/me"):
		f.Severity, f.Effect = finding.Critical, "Any page can read "+f.Resource+" as the signed-in user."
	case want == harness.Blocked:
		f.Severity, f.Effect = finding.High, f.Origin+" can read "+f.Resource+", and the policy leaves it out."
	case f.ID == "K61":
		f.Effect = "Pages at " + f.Origin + " cannot tell a 404 from a server that is down."
	default:
		f.Severity, f.Effect = finding.High, "Pages at "+f.Origin+" cannot use "+f.Method+" on "+f.Resource+"."
	}
	switch {
	case i%7 == 2:
		f.Outcome, f.Known = finding.Known, "ticket API-198: the gateway answers OPTIONS itself"
	case i%5 == 1:
		f.Outcome, f.Runs = finding.Flaky, map[finding.Outcome]int{finding.Held: 2, finding.Broken: 1}
	}
}
