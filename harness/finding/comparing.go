package finding

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Compare finds the differences between two targets. left and right are findings of the
// same probes, and the targets their origins. Call it before the redaction, which could
// make two different values equal. The caller fills the other fields of the Comparison.
func Compare(left, right []Finding, leftTarget, rightTarget string) Comparison {
	c := Comparison{Version: Version, Left: leftTarget, Right: rightTarget, Differences: []Difference{}}
	others := make(map[probeKey]Finding, len(right))
	for _, f := range right {
		others[f.probe()] = f
	}
	leftCauses, rightCauses := brokenCauses(left), brokenCauses(right)
	seen := map[probeKey]bool{}
	add := func(l, r Finding) {
		d, differs := differ(l, r, leftTarget, rightTarget)
		switch {
		case differs:
			d.LeftCause, d.RightCause = leftCauses[l.probe()], rightCauses[r.probe()]
			c.Differences = append(c.Differences, d)
		case l.Outcome != NotAsked: // a question that neither target was asked does not count as the same
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

// brokenCauses returns the causes of findings that are broken or flaky, by their probes.
func brokenCauses(findings []Finding) map[probeKey]string {
	causes := map[probeKey]string{}
	for i, c := range causesOf(findings) {
		if f := findings[i]; f.Outcome == Flaky || asVerdict(f.Outcome) == Broken {
			causes[f.probe()] = c.String()
		}
	}
	return causes
}

// differenceKinds lists all kinds, in the order of their weight.
var differenceKinds = []DifferenceKind{DifferentVerdict, DifferentWire, NoVerdict}

// notThere returns the finding of a target that was not asked this probe.
func notThere(f Finding) Finding {
	return Finding{
		Number: f.Number, ID: f.ID, Key: f.Key, Title: f.Title, Level: f.Level, Side: f.Side, Resource: f.Resource, Tags: f.Tags, Wire: f.Wire,
		Origin: f.Origin, Method: f.Method, Outcome: NotAsked, Why: "This target was not asked.",
	}
}

// differ says what differs between two findings of a probe.
func differ(l, r Finding, leftTarget, rightTarget string) (Difference, bool) {
	d := Difference{Left: l, Right: r}
	if hasVerdict(l) != hasVerdict(r) || !hasVerdict(l) {
		d.Kind = NoVerdict
		return d, !(l.Outcome == NotAsked && r.Outcome == NotAsked) // neither target can be asked this
	}
	x, y := judged(l), judged(r)
	if len(x) == 0 || len(y) == 0 {
		x, y = nil, nil // one finding has no evidence: a large report does not keep all of it
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

// ReasonAlone says whether both sides decide the same, and for another reason.
func (d Difference) ReasonAlone() bool {
	return d.Kind == DifferentVerdict && asVerdict(d.Left.Outcome) == asVerdict(d.Right.Outcome) &&
		slices.EqualFunc(judged(d.Left), judged(d.Right), func(l, r numbered) bool { return l.Observation.Verdict == r.Observation.Verdict })
}

// hasVerdict says whether a finding has one verdict.
func hasVerdict(f Finding) bool {
	return asVerdict(f.Outcome) == Broken || asVerdict(f.Outcome) == Held
}

// asVerdict returns the outcome before the baseline was applied.
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

// judged returns the steps that are judged: those that only prepare others are left out.
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

// wireDifferences returns the lines of one step that differ.
func wireDifferences(l, r numbered, leftTarget, rightTarget string) []WireDifference {
	x, y := l.Observation.Exchanges, r.Observation.Exchanges
	if a, b := kinds(x), kinds(y); a != b {
		return []WireDifference{{Step: l.number, Name: "exchanges", Left: a, Right: b}} // exchanges of different number or kind cannot be compared one by one
	}
	var list []WireDifference
	for i := range x {
		add := func(name, left, right string) {
			if left != right {
				list = append(list, WireDifference{Step: l.number, Exchange: i + 1, Name: name, Left: left, Right: right})
			}
		}
		if !x[i].Withheld { // the status of a withheld request is not the target's
			add(statusName, statusOf(x[i]), statusOf(y[i]))
		}
		if x[i].Status == 0 || y[i].Status == 0 {
			continue
		}
		for _, name := range comparedNames(x[i], y[i]) {
			add(name, compared(x[i], name, leftTarget), compared(y[i], name, rightTarget))
		}
	}
	return list
}

// statusName is the name of a status in a WireDifference.
const statusName = "status"

// statusOf returns the status of an answer, or why there is none.
func statusOf(e harness.Exchange) string {
	switch {
	case e.Status != 0:
		return strconv.Itoa(e.Status)
	case e.Sent:
		return "no answer"
	}
	return "not sent"
}

// kinds names the exchanges in one text, such as "preflight OPTIONS, request PUT".
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

// comparedNames lists the response headers that decide who may read, in lower case and in
// order.
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

// compared returns a header for the comparison. The lines stay separate, because a
// browser treats two lines differently from one. Order and case stay, because servers
// with the same policy and program write both alike. A symbol replaces the target's own
// origin.
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
	// absent means that a header is missing; an empty header is different.
	absent = "(absent)"
	// targetSymbol replaces the target's origin.
	targetSymbol = "(target)"
)

// withoutTarget replaces the target's origin by the symbol. An origin that only begins
// alike stays: https://api.acme.com:8443.
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
