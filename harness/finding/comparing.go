package finding

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Compare finds what two targets do otherwise. left and right are findings of the
// same probes, and the targets their origins. It is done before anything is
// redacted, which could make of two values one. What surrounds the differences is
// the caller's.
func Compare(left, right []Finding, leftTarget, rightTarget string) Comparison {
	c := Comparison{Version: Version, Left: leftTarget, Right: rightTarget, Differences: []Difference{}}
	others := make(map[probeKey]Finding, len(right))
	for _, f := range right {
		others[f.probe()] = f
	}
	seen := map[probeKey]bool{}
	add := func(l, r Finding) {
		d, differs := differ(l, r, leftTarget, rightTarget)
		switch {
		case differs:
			c.Differences = append(c.Differences, d)
		case l.Outcome != NotAsked: // what was asked of neither is not the same
			c.Same++
		}
	}
	for _, l := range left {
		r, there := others[l.probe()]
		if !there {
			r = notThere(l)
		}
		seen[l.probe()] = true
		add(l, r)
	}
	for _, r := range right {
		if !seen[r.probe()] {
			add(notThere(r), r)
		}
	}
	slices.SortStableFunc(c.Differences, func(a, b Difference) int {
		return weight(differenceKinds, a.Kind) - weight(differenceKinds, b.Kind)
	})
	return c
}

// differenceKinds are all of them, in the order of their weight.
var differenceKinds = []DifferenceKind{DifferentVerdict, DifferentWire, NoVerdict}

// notThere is the finding of a target that was not asked this.
func notThere(f Finding) Finding {
	return Finding{
		Number: f.Number, ID: f.ID, Key: f.Key, Title: f.Title, Level: f.Level, Side: f.Side, Resource: f.Resource, Tags: f.Tags, Wire: f.Wire,
		Origin: f.Origin, Method: f.Method, Outcome: NotAsked, Why: "It was not asked of this target.",
	}
}

// differ says in what two findings of a probe differ.
func differ(l, r Finding, leftTarget, rightTarget string) (Difference, bool) {
	d := Difference{Left: l, Right: r}
	if hasVerdict(l) != hasVerdict(r) || !hasVerdict(l) {
		d.Kind = NoVerdict
		return d, !(l.Outcome == NotAsked && r.Outcome == NotAsked) // it can be asked of neither
	}
	x, y := judged(l), judged(r)
	if len(x) == 0 || len(y) == 0 {
		x, y = nil, nil // of very many findings, not all keep their evidence
	}
	for i := range min(len(x), len(y)) {
		d.Wire = append(d.Wire, wireDifferences(x[i], y[i], leftTarget, rightTarget)...)
	}
	switch {
	case asVerdict(l.Outcome) != asVerdict(r.Outcome) || !slices.EqualFunc(x, y, sameVerdict):
		d.Kind = DifferentVerdict
	case len(d.Wire) > 0:
		d.Kind = DifferentWire
	default:
		return Difference{}, false
	}
	return d, true
}

// hasVerdict says whether a finding has one verdict.
func hasVerdict(f Finding) bool {
	return asVerdict(f.Outcome) == Broken || asVerdict(f.Outcome) == Held
}

// asVerdict is an outcome without a baseline.
func asVerdict(o Outcome) Outcome {
	switch o {
	case Known:
		return Broken
	case Unexpected:
		return Held
	}
	return o
}

// numbered is a step with its number.
type numbered struct {
	Step
	number int
}

// judged are the steps that do not only prepare others.
func judged(f Finding) []numbered {
	var steps []numbered
	for i, s := range f.Steps {
		if !s.Prepares {
			steps = append(steps, numbered{s, i + 1})
		}
	}
	return steps
}

// sameVerdict says whether the browser decided the same, for the same reason.
func sameVerdict(l, r numbered) bool {
	return l.Observation.Verdict == r.Observation.Verdict && l.Observation.Reason == r.Observation.Reason
}

// wireDifferences are the lines of one step that differ.
func wireDifferences(l, r numbered, leftTarget, rightTarget string) []WireDifference {
	x, y := l.Observation.Exchanges, r.Observation.Exchanges
	if a, b := kinds(x), kinds(y); a != b {
		return []WireDifference{{Step: l.number, Name: "exchanges", Left: a, Right: b}} // there is nothing to hold one to
	}
	var list []WireDifference
	for i := range x {
		add := func(name, left, right string) {
			if left != right {
				list = append(list, WireDifference{Step: l.number, Exchange: i + 1, Name: name, Left: left, Right: right})
			}
		}
		if !x[i].Withheld { // or its status is ours
			add("status", strconv.Itoa(x[i].Status), strconv.Itoa(y[i].Status))
		}
		for _, name := range comparedNames(x[i], y[i]) {
			add(name, compared(x[i], name, leftTarget), compared(y[i], name, rightTarget))
		}
	}
	return list
}

// kinds are the exchanges in words, such as "preflight OPTIONS, request PUT".
func kinds(list []harness.Exchange) string {
	var words []string
	for _, e := range list {
		text := string(e.Kind) + " " + e.Method
		if e.Withheld {
			text += " (withheld)"
		}
		words = append(words, text)
	}
	return strings.Join(words, ", ")
}

// comparedNames are the names of the response headers that decide who may read, in
// lower case and in order.
func comparedNames(exchanges ...harness.Exchange) []string {
	var names []string
	for _, e := range exchanges {
		for _, f := range e.ResponseHeaders {
			name := strings.ToLower(f.Name)
			if web.IsAccessControl(name) || strings.HasPrefix(name, "cross-origin-") ||
				name == "vary" || name == "timing-allow-origin" || name == "location" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// compared is a header as it is compared: line by line, because two lines are not one
// to a browser; in the order and case that it has, because servers of one policy and
// one program write it alike; and with a symbol for the target itself.
func compared(e harness.Exchange, name, target string) string {
	values := e.ResponseHeaders.Values(name)
	if values == nil {
		return absent
	}
	for i, v := range values {
		values[i] = withoutTarget(v, target)
	}
	return strings.Join(values, "\n")
}

const (
	// absent stands for a header that is not there, which is not the same as an empty one.
	absent = "(absent)"
	// targetSymbol stands for the target's origin.
	targetSymbol = "(target)"
)

// withoutTarget puts the symbol in the place of the target's origin, but not of
// another that only begins like it: https://api.acme.com:8443.
func withoutTarget(value, target string) string {
	if target == "" {
		return value
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(value, target)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if after == "" || strings.ContainsRune("/?#, ;\"'\t", rune(after[0])) {
			b.WriteString(targetSymbol)
		} else {
			b.WriteString(target)
		}
		value = after
	}
}
