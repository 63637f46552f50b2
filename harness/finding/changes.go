package finding

import "slices"

// Change is a probe whose result differs between two runs with one target, one after the
// other.
type Change struct {
	_ [0]func()

	// Before and After are the results. The Outcome is empty where the probe was not in that
	// run, because the policy changed meanwhile.
	Before, After Finding
}

// Changes compares the findings of two runs with one target: what changed, the worst results
// of the later run first, and then what was not asked any more. A probe changed if its
// outcome or severity did, or the cause for which it is broken.
func Changes(before, after []Finding) []Change {
	earlier := make(map[probeKey]int, len(before))
	for i, f := range before {
		earlier[f.probe()] = i
	}
	causesBefore, causesAfter := brokenCauses(before), brokenCauses(after)
	var changes []Change
	for _, f := range after {
		key := f.probe()
		c := Change{After: f}
		if i, there := earlier[key]; there {
			c.Before = before[i]
			delete(earlier, key)
		}
		if c.Before.Outcome != f.Outcome || c.Before.Severity != f.Severity || causesBefore[key] != causesAfter[key] {
			changes = append(changes, c)
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return compareWeight(a.After, b.After) })
	for i, f := range before {
		if at, left := earlier[f.probe()]; left && at == i {
			changes = append(changes, Change{Before: f})
		}
	}
	return changes
}
