package verify

import (
	"maps"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// A finding that a request broke which was answered in two ways is flaky.
func TestAnswersInTwoWays(t *testing.T) {
	one, other := harness.Request{From: "https://app.test", URL: acme + "/"}, harness.Request{From: "https://app.test", URL: acme + "/x"}
	finds := func(outcome finding.Outcome, decided bool, want harness.Verdict, r harness.Request) finding.Finding {
		return finding.Finding{Outcome: outcome, Method: "GET", Steps: []finding.Step{{Decided: decided, Want: want, Observation: harness.Observation{Request: r}}}}
	}
	for name, test := range map[string]struct {
		verdicts []harness.Verdict // of one
		finding  finding.Finding
		outcome  finding.Outcome
		broken   int // runs of a flaky finding
		held     int
		notes    int
	}{
		"in two ways":              {[]harness.Verdict{harness.Readable, harness.Blocked, harness.Blocked}, finds(finding.Broken, true, harness.Readable, one), finding.Flaky, 2, 1, 1},
		"in two ways, for nobody":  {[]harness.Verdict{harness.Readable, harness.Blocked, harness.Blocked}, finds(finding.Broken, true, harness.Blocked, one), finding.Flaky, 1, 2, 1},
		"flaky already":            {[]harness.Verdict{harness.Readable, harness.Blocked}, finds(finding.Flaky, true, harness.Readable, one), finding.Flaky, 1, 1, 1},
		"held":                     {[]harness.Verdict{harness.Readable, harness.Blocked}, finds(finding.Held, true, harness.Readable, one), finding.Held, 0, 0, 0},
		"another step decided":     {[]harness.Verdict{harness.Readable, harness.Blocked}, finds(finding.Broken, false, harness.Readable, one), finding.Broken, 0, 0, 0},
		"another request":          {[]harness.Verdict{harness.Readable, harness.Blocked}, finds(finding.Broken, true, harness.Readable, other), finding.Broken, 0, 0, 0},
		"always blocked":           {[]harness.Verdict{harness.Blocked, harness.Blocked}, finds(finding.Broken, true, harness.Readable, one), finding.Broken, 0, 0, 0},
		"always readable":          {[]harness.Verdict{harness.Readable, harness.Readable}, finds(finding.Broken, true, harness.Blocked, one), finding.Broken, 0, 0, 0},
		"opaque is no other way":   {[]harness.Verdict{harness.Opaque, harness.Blocked}, finds(finding.Broken, true, harness.Readable, one), finding.Broken, 0, 0, 0},
		"nothing was asked at all": {nil, finds(finding.Broken, true, harness.Readable, one), finding.Broken, 0, 0, 0},
	} {
		var a answers
		for _, v := range test.verdicts {
			a.add(one, harness.Observation{Verdict: v})
		}
		findings := []finding.Finding{test.finding, test.finding}
		notes := a.settle(findings)
		var runs map[finding.Outcome]int
		if test.broken > 0 {
			runs = map[finding.Outcome]int{finding.Broken: test.broken, finding.Held: test.held}
		}
		for _, f := range findings {
			if f.Outcome != test.outcome || !maps.Equal(f.Runs, runs) {
				t.Errorf("%s: %s, %v; want %s, %v", name, f.Outcome, f.Runs, test.outcome, runs)
			}
		}
		if len(notes) != test.notes {
			t.Errorf("%s: %q", name, notes)
		}
	}
}

// What the runs of a flaky finding were stays as it is.
func TestAnswersKeepRuns(t *testing.T) {
	var a answers
	r := harness.Request{URL: acme}
	a.add(r, harness.Observation{Verdict: harness.Readable})
	a.add(r, harness.Observation{Verdict: harness.Blocked})
	runs := map[finding.Outcome]int{finding.Broken: 3, finding.Held: 4}
	findings := []finding.Finding{{Outcome: finding.Flaky, Runs: runs, Steps: []finding.Step{{Decided: true, Observation: harness.Observation{Request: r}}}}}
	if a.settle(findings); findings[0].Runs[finding.Broken] != 3 || findings[0].Runs[finding.Held] != 4 {
		t.Errorf("%v", findings[0].Runs)
	}
}
