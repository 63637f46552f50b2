package finding

import (
	"cmp"
	"slices"
)

// The outcomes and severities in the order of their weight.
var (
	outcomes   = Outcomes()
	severities = Severities()
)

// Sort puts findings in the order of their weight: by outcome, then by severity,
// then as the policy raises them.
func Sort(findings []Finding) { slices.SortStableFunc(findings, compareWeight) }

// compareWeight compares two findings by their weight.
func compareWeight(a, b Finding) int {
	return cmp.Or(
		weight(outcomes, a.Outcome)-weight(outcomes, b.Outcome),
		weight(severities, a.Severity)-weight(severities, b.Severity),
		cmp.Compare(a.Number, b.Number),
	)
}

// weight returns the index of a word in its list. An unknown word comes last.
func weight[T comparable](list []T, word T) int {
	if i := slices.Index(list, word); i >= 0 {
		return i
	}
	return len(list)
}
