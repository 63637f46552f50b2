package finding

import (
	"cmp"
	"slices"
)

// Problem is one thing to change, with every finding that goes back to it. A server that
// compares origins with an open pattern breaks dozens of probes, and has one Problem.
//
// Problems are computed from findings alone: see [Problems].
type Problem struct {
	_ [0]func()

	// Cause identifies what has to change, such as origin-pattern or
	// request-header:x-request-id. It is the same in every run, so that a [Baseline] can
	// name it. See [Causes].
	Cause string `json:"cause"`
	// Headline says in one line what is wrong.
	Headline string `json:"headline"`
	// Outcome and Severity are the worst of the findings.
	Outcome  Outcome  `json:"outcome"`
	Severity Severity `json:"severity,omitempty"`
	// Resources are the paths of the findings.
	Resources []string `json:"resources"`
	// Line is the line of the first resource in the policy's file, from 1. Zero: unknown.
	Line int `json:"line,omitempty"`
	// Effect and Remedy are the texts of the finding that proves it.
	Effect string `json:"effect,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Proof is the finding that proves it, the worst with evidence.
	Proof ProbeName `json:"proof"`
	// Probes are all probes that go back to it, the worst first.
	Probes []ProbeName `json:"probes"`

	at []int // the indexes of the findings, in the order of Probes
}

// ProbeName identifies a probe in a report.
type ProbeName struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

// name identifies the probe of a finding.
func (f Finding) name() ProbeName { return ProbeName{f.ID, f.Key} }

// Places returns the indexes of the problem's findings in the list that [Problems] got:
// first the proof, then the others, the worst first.
func (p Problem) Places() []int { return slices.Clone(p.at) }

// ToChange says whether the problem is something to change on the server, in the policy or
// in the baseline. A missing verdict alone is nothing to change.
func (p Problem) ToChange() bool { return p.Outcome != Inconclusive }

// Problems groups the findings that need attention by their cause, the worst problem
// first. Findings that held, are known or were not asked belong to no problem.
func Problems(findings []Finding) []Problem {
	return problems(findings, casesOf(findings), len(resourcesOf(findings)))
}

// problems returns the problems of findings, with the cases of all findings of the report
// and the number of its resources.
func problems(findings []Finding, all cases, resources int) []Problem {
	causes := all.causes(findings)
	groups := map[cause][]int{}
	var order []cause
	for _, i := range byWeight(findings) {
		if !findings[i].NeedsAttention() {
			continue
		}
		c := causes[i]
		if groups[c] == nil {
			order = append(order, c)
		}
		groups[c] = append(groups[c], i)
	}
	list := make([]Problem, 0, len(order))
	for _, c := range order {
		list = append(list, problemOf(c, findings, groups[c], resources))
	}
	return list
}

// Problems returns the problems of the report.
func (r Report) Problems() []Problem {
	if r.unlisted != nil {
		return problems(r.Findings, r.unlisted.cases, len(r.unlisted.resources))
	}
	return Problems(r.Findings)
}

// NeedsAttention says whether a reader must look at the finding.
func (f Finding) NeedsAttention() bool {
	switch f.Outcome {
	case Broken, Flaky, Unexpected, Inconclusive:
		return true
	}
	return false
}

// byWeight returns the indexes of findings in the order of their weight.
func byWeight(findings []Finding) []int {
	places := make([]int, len(findings))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(i, j int) int { return compareWeight(findings[i], findings[j]) })
	return places
}

// problemOf makes the problem of the findings at some places, the worst first. all is the
// number of resources in the report.
func problemOf(c cause, findings []Finding, at []int, all int) Problem {
	proof := proofOf(c.row().ids, findings, at)
	at = append([]int{proof}, slices.DeleteFunc(at, func(i int) bool { return i == proof })...)
	worst := findings[proof]
	var of []Finding
	for _, i := range at {
		of = append(of, findings[i])
	}
	resources := resourcesOf(of)
	p := Problem{
		Cause: c.String(), Outcome: worst.Outcome, Severity: worst.Severity, Resources: resources, Line: lineOf(of),
		Effect: worst.Effect, Remedy: worst.Remedy, Proof: worst.name(), at: at,
		Headline: c.headline(of) + where(resources, all),
	}
	if row := c.row(); row.remedy != "" {
		p.Remedy = row.remedy
	}
	for _, f := range of {
		p.Probes = append(p.Probes, f.name())
	}
	return p
}

// proofOf returns the place of the finding that proves a problem. It is one of the worst:
// the first that has evidence and is of a behaviour that shows the cause on its own, or the
// first that has evidence, or the first.
func proofOf(ids []string, findings []Finding, at []int) int {
	first, best := findings[at[0]], at[0]
	for _, i := range at {
		f := findings[i]
		if f.Outcome != first.Outcome || f.Severity != first.Severity || len(f.Steps) == 0 {
			continue
		}
		if slices.Contains(ids, f.ID) {
			return i
		}
		if len(findings[best].Steps) == 0 {
			best = i
		}
	}
	return best
}

// resourcesOf returns the resources of findings, each once, in the order of the probes.
func resourcesOf(findings []Finding) []string {
	first := map[string]int{}
	var list []string
	for _, f := range findings {
		number, known := first[f.Resource]
		if !known {
			list = append(list, f.Resource)
		}
		if !known || f.Number < number {
			first[f.Resource] = f.Number
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(first[a], first[b]) })
	return list
}

// lineOf returns the first line of findings in the policy's file, or zero.
func lineOf(findings []Finding) int {
	line := 0
	for _, f := range findings {
		if f.Line > 0 && (line == 0 || f.Line < line) {
			line = f.Line
		}
	}
	return line
}
