package finding

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// DifferenceGroup is one thing that two targets do in different ways, with every probe
// that shows it: a header that differs in the same way for sixty probes is one group.
type DifferenceGroup struct {
	_ [0]func()

	Kind DifferenceKind `json:"kind"`
	// Headline says in one line what differs.
	Headline string `json:"headline"`
	// Left and Right say what each target does. (origin) stands for the origin that asked,
	// and (target) for the target.
	Left  string `json:"left"`
	Right string `json:"right"`
	// Probes are the probes that show it.
	Probes []ProbeName `json:"probes"`

	at []int // the indexes of the differences, in the order of Probes
}

// Places returns the indexes of the group's differences in the comparison.
func (g DifferenceGroup) Places() []int { return slices.Clone(g.at) }

// groupKey identifies a group.
type groupKey struct {
	kind                  DifferenceKind
	headline, left, right string
}

// Groups returns what differs, each once: verdicts first, then what was on the wire, then
// what cannot be compared, and in each kind the one with the most probes first.
func (c Comparison) Groups() []DifferenceGroup {
	places := map[groupKey]int{}
	groups := []DifferenceGroup{}
	causes := causesOfDifferences(c.Differences)
	for i, d := range c.Differences {
		for _, k := range d.keys(causes) {
			at, known := places[k]
			if !known {
				at = len(groups)
				places[k] = at
				groups = append(groups, DifferenceGroup{Kind: k.kind, Headline: k.headline, Left: k.left, Right: k.right})
			}
			if g := &groups[at]; len(g.at) == 0 || g.at[len(g.at)-1] != i { // a probe may show it in several steps
				g.at, g.Probes = append(g.at, i), append(g.Probes, d.Left.name())
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b DifferenceGroup) int {
		return cmp.Or(weight(differenceKinds, a.Kind)-weight(differenceKinds, b.Kind), cmp.Compare(len(b.Probes), len(a.Probes)))
	})
	return groups
}

// sided are the headlines of the causes on each side, by cause.
type sided struct{ left, right map[string]string }

// causesOfDifferences returns the headline of each cause.
func causesOfDifferences(list []Difference) sided {
	left, right := map[string][]Finding{}, map[string][]Finding{}
	for _, d := range list {
		left[d.LeftCause] = append(left[d.LeftCause], d.Left)
		right[d.RightCause] = append(right[d.RightCause], d.Right)
	}
	return sided{headlinesOf(left), headlinesOf(right)}
}

// headlinesOf returns the headline of each cause. Findings without a cause are as the policy
// wants.
func headlinesOf(causes map[string][]Finding) map[string]string {
	said := map[string]string{"": "as the policy wants"}
	for name, of := range causes {
		if name != "" {
			said[name] = causeNamed(name).headline(of)
		}
	}
	return said
}

// keys returns the groups of a difference.
func (d Difference) keys(causes sided) []groupKey {
	switch d.Kind {
	case DifferentVerdict:
		return []groupKey{d.verdictKey(causes)}
	case NoVerdict:
		return []groupKey{{d.Kind, "One target gave no verdict", verdictOf(d.Left), verdictOf(d.Right)}}
	}
	var keys []groupKey
	for _, w := range d.Wire {
		keys = append(keys, groupKey{d.Kind, d.nameOf(w), w.value(w.Left, d.Left.Origin), w.value(w.Right, d.Right.Origin)})
	}
	return keys
}

// verdictKey returns the group of a difference in the verdict.
func (d Difference) verdictKey(causes sided) groupKey {
	k := groupKey{kind: d.Kind, left: causes.left[d.LeftCause], right: causes.right[d.RightCause]}
	switch {
	case d.LeftCause == "" && d.RightCause == "":
		k.headline, k.left, k.right = "Both as the policy wants, for different reasons", verdictOf(d.Left), verdictOf(d.Right)
	case d.LeftCause == "":
		k.headline = "Only right: " + k.right
	case d.RightCause == "":
		k.headline = "Only left: " + k.left
	default:
		k.headline = "Both are broken, in different ways"
		k.left, k.right = k.left+": "+verdictOf(d.Left), k.right+": "+verdictOf(d.Right)
	}
	return k
}

// verdictOf returns the verdict of a finding with its reason, or why there is none.
func verdictOf(f Finding) string {
	switch s := f.Deciding(); {
	case !hasVerdict(f) || s == nil:
		return strings.TrimSuffix("no verdict: "+f.Why, ": ")
	case s.Observation.Reason != "":
		return fmt.Sprintf("%s (%s)", s.Observation.Verdict, s.Observation.Reason)
	default:
		return string(s.Observation.Verdict)
	}
}

// nameOf says what a line on the wire belongs to.
func (d Difference) nameOf(w WireDifference) string {
	if w.Exchange == 0 {
		return "What was sent"
	}
	kind := "request"
	if steps := d.Left.Steps; w.Step <= len(steps) && w.Exchange <= len(steps[w.Step-1].Observation.Exchanges) {
		if steps[w.Step-1].Observation.Exchanges[w.Exchange-1].Kind == harness.Preflight {
			kind = "preflight"
		}
	}
	if w.Name == statusName {
		return "Status of the answer to the " + kind
	}
	return http.CanonicalHeaderKey(w.Name) + " in the answer to the " + kind
}

// originSymbol replaces the origin that asked.
const originSymbol = "(origin)"

// value returns a value with a symbol for the origin that asked, which differs from probe to
// probe.
func (w WireDifference) value(text, origin string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if origin != "" && line == origin {
			lines[i] = originSymbol
		}
	}
	return strings.Join(lines, "\n")
}
