package conform

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestVerdictOf(t *testing.T) {
	for _, test := range []struct {
		id      string
		side    behaviour.Side
		outcome finding.Outcome
		why     string
		want    Verdict
	}{
		{"K13", behaviour.Forbidden, finding.Broken, "", FailOpen},
		{"K13", behaviour.Forbidden, finding.Held, "", Pass},
		{"K01", behaviour.Allowed, finding.Broken, "", FailClosed},
		{"K01", behaviour.Allowed, finding.Flaky, "", FailClosed},
		{"K20", behaviour.Allowed, finding.Broken, "", FailClosed},
		{"K20", behaviour.Forbidden, finding.Broken, "", FailOpen},
		{"K68", behaviour.Allowed, finding.Broken, "", SilentNoop},
		{"K68", behaviour.Forbidden, finding.Broken, "", FailOpen},
		{"K22", behaviour.Forbidden, finding.Broken, "", FailClosed},
		{"K51", behaviour.Forbidden, finding.Broken, "", FailOpen},
		{"K44", behaviour.Allowed, finding.Held, diverges + "x", SpecDivergence},
		{"K24", behaviour.Forbidden, finding.Held, "status 403", Pass},
		{"K13", behaviour.Forbidden, finding.Inconclusive, "", NoVerdict},
		{"K13", behaviour.Forbidden, finding.NotAsked, "", NoVerdict},
	} {
		f := finding.Finding{ID: test.id, Side: test.side, Outcome: test.outcome, Why: test.why}
		if got := verdictOf("single", f); got != test.want {
			t.Errorf("%s %s %s %q: %s, want %s", test.id, test.side, test.outcome, test.why, got, test.want)
		}
	}
}

// A list of any name that is accepted and allows nothing is a SilentNoop.
func TestVerdictOfAnyName(t *testing.T) {
	f := finding.Finding{ID: "K31", Side: behaviour.Allowed, Outcome: finding.Broken}
	for policy, want := range map[string]Verdict{"star-lists": SilentNoop, "list-creds": FailClosed} {
		if got := verdictOf(policy, f); got != want {
			t.Errorf("%s: %s, want %s", policy, got, want)
		}
	}
}

func TestVerdictsAreDescribed(t *testing.T) {
	for _, v := range Verdicts() {
		if v.Sentence() == "" {
			t.Errorf("%s has no sentence", v)
		}
	}
	if Verdict("x").Sentence() != "" {
		t.Error("an unknown verdict has a sentence")
	}
}

// The worst verdict of all policies is the verdict of the library: a pass with one policy
// excuses no failure with another, and a refusal stands where nothing else is known.
func TestCellsAreTheWorstOfAllPolicies(t *testing.T) {
	policy := func(name string, cells ...Cell) ResultOfPolicy { return ResultOfPolicy{Name: name, Verdicts: cells} }
	cell := func(id string, v Verdict) Cell { return Cell{ID: id, Verdict: v} }
	cells := cellsOf([]ResultOfPolicy{
		policy("a", cell("K01", Pass), cell("K02", Pass), cell("K13", FailOpen), cell("K26", Refused), cell("K28", Refused), cell("K30", Unsupported), cell("K44", SpecDivergence)),
		policy("b", cell("K01", FailClosed), cell("K02", NoVerdict), cell("K13", FailClosed), cell("K26", Pass), cell("K30", Refused), cell("K44", Pass)),
	})
	r := Result{Cells: cells}
	for id, want := range map[string]Verdict{
		"K01": FailClosed, "K02": NoVerdict, "K13": FailOpen, "K26": Pass, "K28": Refused, "K30": Refused, "K44": SpecDivergence,
	} {
		if c, ok := r.Cell(id); !ok || c.Verdict != want {
			t.Errorf("%s is %s, want %s", id, c.Verdict, want)
		}
	}
	if len(cells) != 7 {
		t.Errorf("%d cells for 7 behaviours", len(cells))
	}
}

// The verdict of a behaviour with several probes is the worst, and tells of its probe.
func TestVerdictsOfOnePolicy(t *testing.T) {
	cells := verdictsOf("p", []finding.Finding{
		{ID: "K09", Side: behaviour.Allowed, Outcome: finding.Held},
		{ID: "K09", Side: behaviour.Forbidden, Outcome: finding.Broken, Title: "others", Why: "X-Hidden can be read"},
		{ID: "K09", Side: behaviour.Allowed, Outcome: finding.Broken, Title: "X-Total", Why: "cannot be read"},
		{ID: "K24", Side: behaviour.Forbidden, Outcome: finding.Held, Why: "status 200"},
	})
	if len(cells) != 2 || cells[0].Verdict != FailOpen || cells[0].Why != "wanted: others; seen: X-Hidden can be read" || cells[0].Policy != "p" {
		t.Errorf("%+v", cells)
	}
	if cells[1].Verdict != Pass || cells[1].Why != "status 200" {
		t.Errorf("%+v", cells[1])
	}
}

// A behaviour that was broken in some runs says in how many.
func TestFlakyIsNamed(t *testing.T) {
	f := finding.Finding{ID: "K09", Side: behaviour.Allowed, Outcome: finding.Flaky, Title: "X-Total is readable", Why: "it is not",
		Runs: map[finding.Outcome]int{finding.Broken: 1, finding.Held: 2}}
	if got, want := verdictsOf("p", []finding.Finding{f})[0].Why, "wanted: X-Total is readable; seen in 1 of 3 runs: it is not"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A run that ends early leaves no behaviour half asked and passed.
func TestHalfAskedIsNoPass(t *testing.T) {
	r := ResultOfPolicy{Name: "p", Text: "the time is over", answered: map[string]int{"K01": 2, "K13": 1, "K55": 1}}
	r.Verdicts = []Cell{{ID: "K01", Verdict: Pass}, {ID: "K13", Verdict: Pass}, {ID: "K55", Verdict: FailClosed}}
	probes := []policy.Probe{{ID: "K01"}, {ID: "K01"}, {ID: "K13"}, {ID: "K13"}, {ID: "K55"}, {ID: "K55"}, {ID: "K56"}}
	r.close(probes, []string{"K01", "K13", "K55", "K56"})
	want := map[string]Verdict{"K01": Pass, "K13": NoVerdict, "K55": FailClosed, "K56": NoVerdict}
	for _, c := range r.Verdicts {
		if c.Verdict != want[c.ID] {
			t.Errorf("%s: %s, want %s", c.ID, c.Verdict, want[c.ID])
		}
	}
	if len(r.Verdicts) != len(want) || r.State != Faulty {
		t.Errorf("%+v", r)
	}
	if complete := (Result{Cells: []Cell{{ID: "K01", Verdict: Pass}}, Policies: []ResultOfPolicy{r}}).Complete(); complete {
		t.Error("a library with a policy that ended early is complete")
	}
}

// A problem tells what failed, with the configuration, and is empty where nothing is to
// be said.
func TestProblem(t *testing.T) {
	r := Result{Policies: []ResultOfPolicy{{Name: "p", Config: "origins: [a]"}}}
	for name, test := range map[string]struct {
		cell Cell
		want []string
	}{
		"passes":        {Cell{ID: "K01", Verdict: Pass}, nil},
		"refuses":       {Cell{ID: "K01", Verdict: Refused}, nil},
		"fails":         {Cell{ID: "K13", Verdict: FailOpen, Policy: "p", Why: "readable"}, []string{"K13 FAIL-OPEN: An origin that is not listed cannot read", "readable", "origins: [a]"}},
		"as expected":   {Cell{ID: "K13", Verdict: FailOpen, Reason: "known"}, nil},
		"no longer":     {Cell{ID: "K13", Verdict: Pass, Wanted: FailOpen}, []string{"The baseline expects FAIL-OPEN."}},
		"evidence lost": {Cell{ID: "K13", Verdict: NoVerdict, Why: "killed"}, []string{"NO-VERDICT", "killed"}},
	} {
		got := r.Problem(test.cell)
		if (got == "") != (test.want == nil) {
			t.Errorf("%s: %q", name, got)
		}
		for _, w := range test.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in %q", name, w, got)
			}
		}
	}
}
