package report

import (
	"cmp"
	"fmt"
	"io"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

// MatrixJUnit writes a suite for each library with a test case for each behaviour. A cell
// that the baseline does not expect is a failure, and a cell without a verdict is an error.
// A failure that the baseline expects passes, with the reason as its output. Skipped is
// what was not asked. A policy that the adapter failed with is an error of its own, because
// other policies may have given each of its behaviours a verdict.
func MatrixJUnit(w io.Writer, m conform.Matrix) error {
	suites := junit.Testsuites{Name: "corsproof", Time: fmt.Sprintf("%.3f", m.Seconds)}
	for _, r := range m.Libraries {
		suite := junit.Testsuite{Name: xmlText(r.Name, textLimit), Time: fmt.Sprintf("%.3f", r.Seconds)}
		suite.SetTimestamp(m.Started.UTC())
		addProperties(&suite, [][2]string{
			{"library", r.Library}, {"version", r.Version}, {"language", r.Language}, {"chrome", m.Chrome.Version}, {"ended", m.Ended},
		})
		for _, c := range casesOf(r) {
			suite.AddTestcase(c)
		}
		suites.AddSuite(suite)
	}
	return writeSuites(w, suites)
}

// casesOf returns the test cases of a library.
func casesOf(r conform.Result) []junit.Testcase {
	if r.NotRun == "" {
		cases := make([]junit.Testcase, len(r.Cells))
		for i, c := range r.Cells {
			cases[i] = caseOf(r, c)
		}
		for _, p := range r.Policies {
			if p.State == conform.Faulty {
				cases = append(cases, faultyCase(r, p))
			}
		}
		return cases
	}
	var cases []junit.Testcase
	for _, b := range behaviour.All() {
		c := emptyCase(r, b.ID)
		c.Skipped = &junit.Result{Message: xmlText("not run: "+oneLine(r.NotRun), textLimit), Type: "not run"}
		cases = append(cases, c)
	}
	return cases
}

// faultyCase is the test case of a policy that the adapter failed with.
func faultyCase(r conform.Result, p conform.ResultOfPolicy) junit.Testcase {
	c := namedCase(r, "policy "+p.Name)
	c.Error = &junit.Result{Message: xmlText(gap{why: p.Text, policies: []string{p.Name}}.sentence(), textLimit), Type: string(p.State)}
	return c
}

// emptyCase is a test case that passes.
func emptyCase(r conform.Result, id string) junit.Testcase {
	return namedCase(r, id+prefixed(" ", sentenceOf(id)))
}

func namedCase(r conform.Result, name string) junit.Testcase {
	return junit.Testcase{Name: xmlText(name, textLimit), Classname: xmlText(cmp.Or(r.Language, "library")+"."+r.Name, textLimit)}
}

// caseOf returns the test case of a cell.
func caseOf(r conform.Result, cell conform.Cell) junit.Testcase {
	c := emptyCase(r, cell.ID)
	message := xmlText(remarks(cell), textLimit)
	result := &junit.Result{Message: message, Type: string(cell.Verdict)}
	switch {
	case cell.Unexpected():
		c.Failure = result
		result.Data = message
		if f, ok := r.Deciding(cell); ok {
			result.Data = story(f)
		}
	case cell.Verdict == conform.Unsupported:
		c.Skipped = result
	case cell.Verdict == conform.NoVerdict && cell.Reason == "":
		c.Error = result
	case cell.Verdict != conform.Pass:
		c.SystemOut = &junit.Output{Data: xmlText(string(cell.Verdict)+". ", textLimit) + message}
	}
	return c
}
