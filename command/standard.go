package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// standard is the answer of the Fetch standard to the same responses, where
// Chrome's verdict differs.
type standard struct {
	Verdict    harness.Verdict `json:"verdict"`
	Reason     harness.Reason  `json:"reason"`
	Parameter  string          `json:"parameter"`
	Anchor     string          `json:"anchor"`
	Deviations []deviation     `json:"deviations"`
}

// deviation is a point in which Chrome differs from the standard, and which
// decided here.
type deviation struct {
	ID       string `json:"id"`
	What     string `json:"what"`
	Standard string `json:"standard"`
	Chrome   string `json:"chrome"`
}

// otherwise returns the answer of the standard, or nil where it is the same, or
// where the model of the protocol does not explain what Chrome did.
func otherwise(seen harness.Observation) *standard {
	if seen.Wire { // the standard decided
		return nil
	}
	d, known := oracle.Observed(seen, oracle.Standard)
	chrome, modelled := oracle.Observed(seen, oracle.Chrome)
	if !known || !modelled || chrome.Verdict != seen.Verdict || d.Verdict == seen.Verdict {
		return nil
	}
	s := &standard{Verdict: d.Verdict, Reason: d.Reason, Parameter: d.Parameter, Anchor: d.Anchor}
	for _, row := range oracle.Deviations() {
		if slices.Contains(chrome.Deviations, row.ID) {
			s.Deviations = append(s.Deviations, deviation{row.ID, row.What, row.Standard, row.Chrome})
		}
	}
	return s
}

// String returns the lines below a transcript.
func (s *standard) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  The Fetch standard gives another verdict: %s", s.Verdict)
	if s.Reason != "" {
		fmt.Fprintf(&b, ", %s", s.Reason)
	}
	if s.Parameter != "" {
		fmt.Fprintf(&b, " (%s)", s.Parameter)
	}
	b.WriteString(". Other browsers may follow it, and so may a later Chrome.\n")
	for _, d := range s.Deviations {
		fmt.Fprintf(&b, "  %s: the standard: %s; Chrome: %s (%s).\n", d.What, d.Standard, d.Chrome, d.ID)
	}
	return b.String() + "  " + s.Anchor
}
