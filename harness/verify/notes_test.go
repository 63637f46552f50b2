package verify

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
)

func TestNotes(t *testing.T) {
	finding := func(side behaviour.Side, outcome Outcome, status int) Finding {
		return Finding{Side: side, Outcome: outcome, Steps: []Step{{Observation: harness.Observation{Exchanges: []harness.Exchange{get(status)}}}}}
	}
	notAsked := Finding{Outcome: NotAsked}
	bare := Finding{Outcome: Held}
	const allowed, forbidden = behaviour.Allowed, behaviour.Forbidden
	for _, test := range []struct {
		name     string
		findings []Finding
		probes   int
		want     []string // beginnings
	}{
		{"nothing to say", []Finding{finding(allowed, Held, 200), finding(forbidden, Held, 401)}, 2, nil},
		{"nothing asked", nil, 3, []string{"3 of 3 probes were not asked."}},
		{"all", []Finding{finding(allowed, Held, 200)}, 1, nil},
		{"as many answers as refusals", []Finding{finding(allowed, Held, 200), finding(allowed, Held, 401)}, 2, nil},
		{"more refusals", []Finding{finding(allowed, Held, 401), finding(allowed, Held, 403), finding(allowed, Held, 200)}, 3, []string{"2 of 3 answers to allowed pages were 401 or 403"}},
		{"no success", []Finding{finding(allowed, Held, 404), finding(allowed, Broken, 500)}, 2, []string{"None of 2 answers to allowed pages was a success"}},
		{"one success", []Finding{finding(allowed, Held, 404), finding(allowed, Held, 302), finding(allowed, Broken, 500)}, 3, nil},
		{"what is to be an error", []Finding{{Side: allowed, Outcome: Held, Tags: []string{behaviour.TagError}, Steps: finding(allowed, Held, 404).Steps}}, 1, nil},
		{"strangers are refused", []Finding{finding(forbidden, Held, 403)}, 1, nil},
		{"unsafe methods", []Finding{notAsked, notAsked}, 2, []string{"Not asked: 2, because"}},
		{"very many", []Finding{bare, bare, finding(allowed, Held, 200)}, 3, []string{"Of 2 probes the outcome is kept"}},
	} {
		got := notes(Report{Findings: test.findings}, test.probes)
		ok := len(got) == len(test.want)
		for i := range min(len(got), len(test.want)) {
			ok = ok && strings.HasPrefix(got[i], test.want[i])
		}
		if !ok {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
