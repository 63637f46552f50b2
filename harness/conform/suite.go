package conform

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
)

// Known is a library with failures that are known, and have a reason each.
type Known struct {
	Library
	Baseline Baseline
}

// One asks one library, and applies the baseline of a [Known]. The error is the error of
// [Run.Conform], or says why there is no result.
func One(ctx context.Context, chrome *harness.Browser, library Library) (Result, error) {
	run := Run{Browser: chrome, Libraries: []Library{library}}
	m, err := run.Conform(ctx)
	switch {
	case err != nil:
		return Result{}, err
	case m.Ended != "":
		return Result{}, fmt.Errorf("%s: %s", library.Name(), m.Ended)
	}
	result := m.Libraries[0]
	if result.NotRun != "" {
		return result, fmt.Errorf("%s: %s", library.Name(), result.NotRun)
	}
	if known, ok := library.(Known); ok {
		return known.Baseline.Apply(result), nil
	}
	return result, nil
}

// Test asks a library in a real Chrome, and runs a subtest for each behaviour. A subtest
// fails if the library fails and no [Known] explains it, and if a known failure is gone.
//
//	conform.Test(t, chrome, process.Mounted{Called: "mine", Network: &net, Mount: mount})
func Test(t *testing.T, chrome *harness.Browser, library Library) {
	t.Helper()
	result, err := One(t.Context(), chrome, library)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range result.Cells {
		t.Run(c.ID, func(t *testing.T) {
			if problem := result.Problem(c); problem != "" {
				t.Error(problem)
			}
		})
	}
}

// Problem says what is wrong with a cell, with the transcript that proves it. It is empty
// for a cell that passes, or fails as the baseline expects.
func (r Result) Problem(c Cell) string {
	if !c.Unexpected() && (c.Verdict != NoVerdict || c.Reason != "") {
		return ""
	}
	b, _ := behaviour.Of(c.ID)
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s: %s", c.ID, c.Verdict, b.Sentence)
	if c.Wanted != "" {
		fmt.Fprintf(&text, "\nThe baseline expects %s.", c.Wanted)
	}
	if c.Why != "" {
		fmt.Fprintf(&text, "\n%s", c.Why)
	}
	p, _ := r.Policy(c.Policy)
	if p.Config != "" {
		fmt.Fprintf(&text, "\n\nWith the policy %s, configured as\n\n%s", p.Name, indented(p.Config))
	}
	if proof, ok := p.Proof(c); ok {
		fmt.Fprintf(&text, "\n\n%s", proof)
	}
	return text.String()
}

// Proof is the observation that decided a cell.
func (p ResultOfPolicy) Proof(c Cell) (harness.Observation, bool) {
	f, _ := p.Deciding(c)
	for _, s := range f.Steps {
		if s.Decided {
			return s.Observation, true
		}
	}
	return harness.Observation{}, false
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// client is the client of the network that the browser has.
func (r *Run) client() *http.Client {
	if of, ok := r.Browser.Network.(interface{ Client() *http.Client }); ok && r.Client == nil {
		return of.Client()
	}
	return r.Client
}
