package conform

import "slices"

// MissingEvidence says whether a part of the answer is missing and the baseline does not
// expect that: the library was not run, the adapter failed with a policy, or a behaviour has
// no verdict and no reason in the baseline. [Result.Complete] does not look at the baseline.
func (r Result) MissingEvidence() bool {
	return r.NotRun != "" || len(r.Cells) == 0 ||
		slices.ContainsFunc(r.Policies, func(p ResultOfPolicy) bool { return p.State == Faulty }) ||
		slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Verdict == NoVerdict && c.Reason == "" })
}

// MissingEvidence says whether the run ended early, asked no library, or has evidence
// missing for a library.
func (m Matrix) MissingEvidence() bool {
	return m.Ended != "" || len(m.Libraries) == 0 || slices.ContainsFunc(m.Libraries, Result.MissingEvidence)
}
