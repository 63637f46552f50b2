package verify

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
)

func TestNotes(t *testing.T) {
	answered := func(side behaviour.Side, outcome finding.Outcome, status int) finding.Finding {
		return finding.Finding{Side: side, Outcome: outcome, Steps: []finding.Step{{Observation: harness.Observation{Exchanges: []harness.Exchange{get(status)}}}}}
	}
	notAsked := finding.Finding{Outcome: finding.NotAsked}
	bare := finding.Finding{Outcome: finding.Held}
	const allowed, forbidden = behaviour.Allowed, behaviour.Forbidden
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
		{"no success", []finding.Finding{answered(allowed, finding.Held, 404), answered(allowed, finding.Broken, 500)}, 2, []string{"None of 2 answers to allowed pages was a success"}},
		{"one success", []finding.Finding{answered(allowed, finding.Held, 404), answered(allowed, finding.Held, 302), answered(allowed, finding.Broken, 500)}, 3, nil},
		{"probes that want an error", []finding.Finding{{Side: allowed, Outcome: finding.Held, Tags: []string{behaviour.TagError}, Steps: answered(allowed, finding.Held, 404).Steps}}, 1, nil},
		{"strangers are refused", []finding.Finding{answered(forbidden, finding.Held, 403)}, 1, nil},
		{"unsafe methods", []finding.Finding{notAsked, notAsked}, 2, []string{"Not asked: 2, because"}},
		{"very many", []finding.Finding{bare, bare, answered(allowed, finding.Held, 200)}, 3, []string{"Of 2 probes the outcome is kept"}},
	} {
		got := notes(finding.Report{Findings: test.findings}, test.probes)
		ok := len(got) == len(test.want)
		for i := range min(len(got), len(test.want)) {
			ok = ok && strings.HasPrefix(got[i], test.want[i])
		}
		if !ok {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
