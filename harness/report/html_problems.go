package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
)

// shownProblems is how many problems the page shows above its matrix.
const shownProblems = 100

// problemRow is a problem in the page.
type problemRow struct {
	Number                                         int
	Class, Mark, Worth, Anchor                     string
	Headline, Effect, Remedy, Probes, Cause, Proof string
	ProofID                                        string
	// Proves says that the finding of Proof shows what is wrong.
	Proves bool
	Line   int
}

// addProblems adds the problems of findings, and the number of the problem to each.
func (s *sheet) addProblems(findings []finding.Finding, anchors []string) {
	problems := finding.Problems(findings)
	for i, p := range problems {
		for _, at := range p.Places() {
			s.Data.Findings[at].Problem = i + 1
		}
		if i < shownProblems {
			s.Problems = append(s.Problems, problemRowOf(p, i+1, anchors))
		}
	}
	s.MoreProblems = len(problems) - len(s.Problems)
}

// problemRowOf prepares a problem.
func problemRowOf(p finding.Problem, number int, anchors []string) problemRow {
	x := problemRow{
		Number: number, Class: class(p.Outcome), Mark: marks[p.Outcome], Worth: worth(p), Anchor: fmt.Sprintf("p%d", number),
		Headline: printable(p.Headline, textLimit), Effect: printable(p.Effect, textLimit), Remedy: printable(p.Remedy, textLimit),
		Probes: quantity(len(p.Probes), "probe"), Proof: anchors[p.Places()[0]], ProofID: printable(p.Proof.ID, 20),
		Proves: p.Outcome == finding.Broken || p.Outcome == finding.Flaky, Line: p.Line,
	}
	if p.ToChange() { // else the headline says it all
		x.Cause = printable(p.Cause, 80)
	}
	return x
}

// printedFindings is how many findings are printed on paper. In a longer report, paper has one
// finding for each problem: the finding that proves it.
const printedFindings = 200

// Many says that there are too many findings to print them all.
func (s sheet) Many() bool { return len(s.Findings) > printedFindings }

// idRow says what an id means.
type idRow struct{ ID, Level, Sentence, Href string }

// idRows says what the ids of findings mean, each once. An id that this build does not know
// is left out.
func idRows(findings []finding.Finding) []idRow {
	var rows []idRow
	seen := map[string]bool{}
	for _, f := range findings {
		b, known := behaviour.Of(f.ID)
		if !known || seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		rows = append(rows, idRow{b.ID, b.Level.Name(), sentence(b.Sentence), b.Anchor})
	}
	slices.SortFunc(rows, func(a, b idRow) int { return cmp.Compare(a.ID, b.ID) })
	return rows
}
