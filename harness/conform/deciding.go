package conform

import (
	"slices"

	"github.com/corsproof/corsproof/harness/finding"
)

// Policy returns the result of the policy with this name. The bool is false where there
// is none.
func (r Result) Policy(name string) (ResultOfPolicy, bool) {
	i := slices.IndexFunc(r.Policies, func(p ResultOfPolicy) bool { return p.Name == name })
	if i < 0 {
		return ResultOfPolicy{}, false
	}
	return r.Policies[i], true
}

// Deciding returns the finding that decided a cell. The bool is false where no finding
// did, such as in a cell that passed.
func (r Result) Deciding(c Cell) (finding.Finding, bool) {
	p, _ := r.Policy(c.Policy)
	for _, f := range p.Findings {
		if f.ID == c.ID && VerdictOf(p.Name, f) == c.Verdict && whyOf(f) == c.Why {
			return f, true
		}
	}
	return finding.Finding{}, false
}

// Expected says whether the baseline gives a reason for the failure.
func (c Cell) Expected() bool { return c.Verdict.Failed() && c.Reason != "" && c.Wanted == "" }

// Unexpected says whether the baseline expects another verdict, or the cell is a failure
// that the baseline does not list.
func (c Cell) Unexpected() bool { return c.Wanted != "" || c.Verdict.Failed() && c.Reason == "" }

// SortCells puts cells in the order of their weight: the worst verdict first, then in the
// order of the catalogue.
func SortCells(cells []Cell) {
	verdicts := Verdicts()
	slices.SortStableFunc(cells, func(a, b Cell) int {
		return slices.Index(verdicts, a.Verdict) - slices.Index(verdicts, b.Verdict)
	})
}
