package conform

import "testing"

// Evidence is missing where a policy failed, even if each behaviour has a verdict by another
// policy; and a missing verdict that the baseline explains is not missing.
func TestMissingEvidence(t *testing.T) {
	pass := Cell{ID: "K13", Verdict: Pass}
	for name, test := range map[string]struct {
		r    Result
		want bool
	}{
		"complete":                {Result{Cells: []Cell{pass}, Policies: []ResultOfPolicy{{State: Asked}, {State: WasRefused}}}, false},
		"a failure":               {Result{Cells: []Cell{{ID: "K13", Verdict: FailOpen}}}, false},
		"not run":                 {Result{NotRun: "install cobc", Cells: []Cell{pass}}, true},
		"nothing asked":           {Result{}, true},
		"no verdict":              {Result{Cells: []Cell{pass, {ID: "K14", Verdict: NoVerdict, Wanted: Pass}}}, true},
		"no verdict, as expected": {Result{Cells: []Cell{pass, {ID: "K14", Verdict: NoVerdict, Reason: "known"}}}, false},
		"an adapter that ended":   {Result{Cells: []Cell{pass}, Policies: []ResultOfPolicy{{State: Asked}, {State: Faulty}}}, true},
	} {
		if got := test.r.MissingEvidence(); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
		m := Matrix{Libraries: []Result{{Cells: []Cell{pass}}, test.r}}
		if got := m.MissingEvidence(); got != test.want {
			t.Errorf("%s: the matrix: %t", name, got)
		}
	}
	if !(Matrix{}).MissingEvidence() || !(Matrix{Ended: "interrupted", Libraries: []Result{{Cells: []Cell{pass}}}}).MissingEvidence() {
		t.Error("a matrix of nothing, or of a run that ended, is complete")
	}
}
