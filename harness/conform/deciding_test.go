package conform

import (
	"testing"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
)

func TestDeciding(t *testing.T) {
	broken := func(id, key string, side behaviour.Side, outcome finding.Outcome) finding.Finding {
		return finding.Finding{ID: id, Key: key, Side: side, Title: "title of " + key, Why: "blocked", Outcome: outcome}
	}
	asked := func(name string, findings ...finding.Finding) ResultOfPolicy {
		return ResultOfPolicy{Name: name, Findings: findings, Verdicts: verdictsOf(name, findings)}
	}
	r := Result{Policies: []ResultOfPolicy{
		asked("first", broken("K20", "locked out", behaviour.Allowed, finding.Broken), broken("K01", "unclear", behaviour.Allowed, finding.Inconclusive)),
		asked("second", broken("K20", "let in", behaviour.Forbidden, finding.Broken), broken("K20", "let in, too", behaviour.Forbidden, finding.Broken)),
		{Name: "third", Verdicts: allOf([]string{"K02"}, Refused, "third", "no")},
	}}
	r.Cells = cellsOf(r.Policies)
	for id, want := range map[string]string{"K20": "let in", "K01": "unclear", "K02": "", "K03": ""} {
		cell, _ := r.Cell(id) // no policy asked about K03
		f, found := r.Deciding(cell)
		if f.Key != want || found != (want != "") {
			t.Errorf("%s was decided by %q, want %q", id, f.Key, want)
		}
	}
	if p, ok := r.Policy("second"); !ok || len(p.Findings) != 2 {
		t.Errorf("%+v, %t", p, ok)
	}
	if _, ok := r.Policy("fourth"); ok {
		t.Error("there is no fourth policy")
	}
}

func TestSortCells(t *testing.T) {
	cells := []Cell{{ID: "K01", Verdict: Pass}, {ID: "K02", Verdict: SilentNoop}, {ID: "K03", Verdict: FailOpen}, {ID: "K04", Verdict: Pass}, {ID: "K05", Verdict: SilentNoop}}
	SortCells(cells)
	got := ""
	for _, c := range cells {
		got += c.ID
	}
	if got != "K03K02K05K01K04" {
		t.Error(got)
	}
}

// The baseline expects a verdict, or gives a reason for a failure, or says nothing.
func TestUnexpected(t *testing.T) {
	for _, c := range []struct {
		cell                 Cell
		expected, unexpected bool
	}{
		{Cell{Verdict: Pass}, false, false},
		{Cell{Verdict: Pass, Wanted: FailOpen, Reason: "issue 7"}, false, true},
		{Cell{Verdict: FailOpen}, false, true},
		{Cell{Verdict: FailOpen, Reason: "issue 7"}, true, false},
		{Cell{Verdict: FailOpen, Wanted: FailClosed, Reason: "issue 7"}, false, true},
		{Cell{Verdict: NoVerdict}, false, false},
		{Cell{Verdict: NoVerdict, Wanted: Pass}, false, false},
		{Cell{Verdict: Pass, Wanted: NoVerdict}, false, true},
	} {
		if c.cell.Expected() != c.expected || c.cell.Unexpected() != c.unexpected {
			t.Errorf("%+v: expected %t, unexpected %t", c.cell, c.cell.Expected(), c.cell.Unexpected())
		}
		if r := (Result{Cells: []Cell{c.cell}}); r.Failed() != c.unexpected {
			t.Errorf("%+v: failed %t", c.cell, r.Failed())
		}
	}
}
