package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// standard is the answer of the Fetch standard to the same responses, where
// the browser's verdict differs.
type standard struct {
	Verdict    harness.Verdict `json:"verdict"`
	Reason     harness.Reason  `json:"reason"`
	Parameter  string          `json:"parameter"`
	Anchor     string          `json:"anchor"`
	Deviations []deviation     `json:"deviations"`

	browser string // its brand
}

// deviation is a point in which the browser differs from the standard, and which
// decided here.
type deviation struct {
	ID       string `json:"id"`
	What     string `json:"what"`
	Standard string `json:"standard"`
	Chrome   string `json:"chrome,omitempty"`
	Firefox  string `json:"firefox,omitempty"`
}

// deviationOf is a row of the table, as the browser that was asked differs.
func deviationOf(row oracle.Deviation, as oracle.As) deviation {
	d := deviation{ID: row.ID, What: row.What, Standard: row.Standard}
	if as == oracle.Firefox {
		d.Firefox = row.By(as)
	} else {
		d.Chrome = row.By(as)
	}
	return d
}

// otherwise returns the answer of the standard, or nil where it is the same, or
// where the model of the protocol does not explain what the browser did.
func otherwise(seen harness.Observation) *standard {
	if seen.Wire { // the standard decided
		return nil
	}
	d, known := oracle.Observed(seen, oracle.Standard)
	as := oracle.Of(seen.Browser)
	own, modelled := oracle.Observed(seen, as)
	if !known || !modelled || own.Verdict != seen.Verdict || d.Verdict == seen.Verdict {
		return nil
	}
	s := &standard{browser: seen.Browser.Brand(), Verdict: d.Verdict, Reason: d.Reason, Parameter: d.Parameter, Anchor: d.Anchor}
	for _, row := range oracle.Deviations() {
		if slices.Contains(own.Deviations, row.ID) {
			s.Deviations = append(s.Deviations, deviationOf(row, as))
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
	fmt.Fprintf(&b, ". Other browsers may follow it, and so may a later %s.\n", s.browser)
	for _, d := range s.Deviations {
		fmt.Fprintf(&b, "  %s: the standard: %s; %s: %s (%s).\n", d.What, d.Standard, s.browser, cmp.Or(d.Chrome, d.Firefox), d.ID)
	}
	return b.String() + "  " + s.Anchor
}
