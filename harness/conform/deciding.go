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
	return p.Deciding(c)
}

// Deciding returns the finding that decided a cell of the policy.
func (p ResultOfPolicy) Deciding(c Cell) (finding.Finding, bool) {
	for _, f := range p.Findings {
		if f.ID == c.ID && p.Verdict(f) == c.Verdict && whyOf(f) == c.Why {
			return f, true
		}
	}
	return finding.Finding{}, false
}

// Verdict returns the verdict of one finding with the policy.
func (p ResultOfPolicy) Verdict(f finding.Finding) Verdict { return verdictOf(p.Name, f) }

// Expected says whether the baseline gives a reason for the failure.
func (c Cell) Expected() bool { return c.Verdict.Failed() && c.Reason != "" && c.Wanted == "" }

// Unexpected says whether the verdict is not the verdict that the baseline expects, or is a
// failure that the baseline does not list. A cell without a verdict is not unexpected: it
// says nothing about the library.
func (c Cell) Unexpected() bool {
	return c.Differs() || c.Verdict.Failed() && c.Reason == ""
}

// Differs says whether the verdict is not the verdict that the baseline expects.
func (c Cell) Differs() bool { return c.Wanted != "" && c.Verdict != NoVerdict }

// SortCells puts cells in the order of their weight: the worst verdict first, then in the
// order of the catalogue.
func SortCells(cells []Cell) {
	verdicts := Verdicts()
	slices.SortStableFunc(cells, func(a, b Cell) int {
		return slices.Index(verdicts, a.Verdict) - slices.Index(verdicts, b.Verdict)
	})
}
