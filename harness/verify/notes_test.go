package verify

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
)

func TestNotes(t *testing.T) {
	answered := func(side behaviour.Side, outcome finding.Outcome, status int) finding.Finding {
		return finding.Finding{Side: side, Outcome: outcome, Steps: []finding.Step{{Observation: harness.Observation{Exchanges: []harness.Exchange{get(status)}}}}}
	}
	at := func(f finding.Finding, by func(*finding.Finding)) finding.Finding {
		by(&f)
		return f
	}
	public := at(answered(allowed, finding.Held, 200), func(f *finding.Finding) { f.ID, f.Wire, f.Resource = "K55", true, "/v1" })
	refusedThere := at(answered(allowed, finding.Broken, 401), func(f *finding.Finding) { f.Resource = "/v1" })
	notAsked := finding.Finding{Outcome: finding.NotAsked}
	unjudged := at(answered(allowed, finding.NotAsked, 200), func(*finding.Finding) {})
	because := func(why string) finding.Finding { return at(unjudged, func(f *finding.Finding) { f.Why = why }) }
	bare := finding.Finding{Outcome: finding.Held}
	for _, test := range []struct {
		name     string
		findings []finding.Finding
		probes   int
		want     []string // beginnings
	}{
		{"nothing to say", []finding.Finding{answered(allowed, finding.Held, 200), answered(forbidden, finding.Held, 401)}, 2, nil},
		{"nothing asked", nil, 3, []string{"3 of 3 probes were not asked."}},
		{"all", []finding.Finding{answered(allowed, finding.Held, 200)}, 1, nil},
		{"as many answers as refusals", []finding.Finding{answered(allowed, finding.Held, 200), answered(allowed, finding.Held, 401)}, 2, nil},
		{"more refusals", []finding.Finding{answered(allowed, finding.Held, 401), answered(allowed, finding.Held, 403), answered(allowed, finding.Held, 200)}, 3, []string{"2 of 3 answers to allowed pages were 401 or 403"}},
		{"no success", []finding.Finding{answered(allowed, finding.Held, 404), answered(allowed, finding.Broken, 500)}, 2, []string{"Every answer to an allowed page (2) had a status of 400 or above"}},
		{"one success", []finding.Finding{answered(allowed, finding.Held, 404), answered(allowed, finding.Held, 302), answered(allowed, finding.Broken, 500)}, 3, nil},
		{"probes that want an error", []finding.Finding{{Side: allowed, Outcome: finding.Held, Tags: []string{behaviour.TagError}, Steps: answered(allowed, finding.Held, 404).Steps}}, 1, nil},
		{"strangers are refused", []finding.Finding{answered(forbidden, finding.Held, 403)}, 1, nil},
		{"unsafe methods", []finding.Finding{notAsked, notAsked}, 2, []string{"Not asked: 2, because"}},
		{"399 is a success", []finding.Finding{answered(allowed, finding.Held, 399)}, 1, nil},
		{"400 is none", []finding.Finding{answered(allowed, finding.Held, 400)}, 1, []string{"Every answer to an allowed page (1) had a status of 400 or above"}},
		{"the wire does not count", []finding.Finding{at(answered(allowed, finding.Held, 401), func(f *finding.Finding) { f.Wire = true })}, 1, nil},
		{"an answer without a status does not count", []finding.Finding{answered(allowed, finding.Held, 0)}, 1, nil},
		{"refused, and anybody may GET it", []finding.Finding{public, refusedThere}, 2, []string{"Every answer to an allowed page (1)"}},
		{"refused, and anybody may GET another", []finding.Finding{at(public, func(f *finding.Finding) { f.Resource = "/v2" }), refusedThere}, 2, []string{"1 of 1 answers to allowed pages were 401 or 403"}},
		{"refused, and a browser's answer is no proof", []finding.Finding{at(public, func(f *finding.Finding) { f.Side, f.Wire = forbidden, false }), refusedThere}, 2, []string{"1 of 1 answers"}},
		{"refused, and another probe on the wire is no proof", []finding.Finding{at(public, func(f *finding.Finding) { f.ID = "K12" }), refusedThere}, 2, []string{"1 of 1 answers"}},
		{"refused, and an error on the wire is no proof", []finding.Finding{at(answered(allowed, finding.Held, 404), func(f *finding.Finding) { f.ID, f.Wire, f.Resource = "K55", true, "/v1" }), refusedThere}, 2, []string{"1 of 1 answers"}},
		{"refused, and OPTIONS on the wire is no proof", []finding.Finding{at(public, func(f *finding.Finding) {
			options := get(200)
			options.Method = "OPTIONS"
			f.Steps = []finding.Step{{Observation: readableWith(options)}}
		}), refusedThere}, 2, []string{"1 of 1 answers"}},
		{"refused, and no step on the wire", []finding.Finding{at(public, func(f *finding.Finding) { f.Steps = []finding.Step{} }), refusedThere}, 2, []string{"1 of 1 answers"}},
		{"not judged", []finding.Finding{unjudged, notAsked}, 2, []string{"Not judged: 1, because", "Not asked: 1, because"}},
		{"not judged alone", []finding.Finding{unjudged}, 1, []string{"Not judged: 1, because"}},
		{"not judged for many causes", []finding.Finding{because("a"), because("b"), because("c"), because("d")}, 4, []string{"Not judged: 4, for 4 causes"}},
		{"not judged for two causes", []finding.Finding{because("b"), because("a"), because("b")}, 3, []string{"Not judged: 1, because a.", "Not judged: 2, because b."}},
		{"very many", []finding.Finding{bare, bare, answered(allowed, finding.Held, 200)}, 3, []string{"The run is very large, so the report has only the outcome of 2 probes"}},
	} {
		if got := notes(finding.Report{Findings: test.findings}, test.probes); !beginsEach(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Each unsafe method that was sent has a note, and no safe one.
func TestNotesOfUnsafeMethods(t *testing.T) {
	got := notes(finding.Report{Sent: map[string]int{"GET": 1, "HEAD": 1, "OPTIONS": 1, "PUT": 2, "DELETE": 1}}, 0)
	if !beginsEach(got, []string{"DELETE was sent.", "PUT was sent."}) {
		t.Errorf("%q", got)
	}
}

// What was held back is not judged, and the report says so of what the policy allows.
func TestNotesOfWithheldMethods(t *testing.T) {
	withheld := func(side behaviour.Side, method string) finding.Finding {
		o := harness.Observation{Request: harness.Request{Method: method}, Verdict: harness.Readable, Exchanges: []harness.Exchange{{Kind: harness.ActualRequest, Method: method, Withheld: true}}}
		return finding.Finding{Side: side, Outcome: finding.Held, Steps: []finding.Step{{Observation: o}}}
	}
	for name, test := range map[string]struct {
		finding finding.Finding
		sent    map[string]int
		want    []string
	}{
		"held back":                {withheld(allowed, "POST"), nil, []string{"POST was not sent: its preflights were judged"}},
		"held back once, and sent": {withheld(allowed, "POST"), map[string]int{"POST": 1}, []string{"POST was sent."}},
		"a safe method":            {withheld(allowed, "GET"), nil, nil},
		"a method that is refused": {withheld(forbidden, "PUT"), nil, nil},
	} {
		if got := notes(finding.Report{Findings: []finding.Finding{test.finding}, Sent: test.sent}, 0); !beginsEach(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
