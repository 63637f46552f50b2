package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// Changes writes what changed between two runs with one target, each probe on a line with the
// local time, and below it why and the remedy; Verbose adds the transcript.
//
//	12:03:04  held → broken  critical  K14  GET /me from https://evil.test: blocked
//	12:03:09  broken, critical → low  K14  GET /me from https://evil.test: blocked
//	12:03:12  broken for another cause  low  K14  GET /me from https://evil.test: blocked
func (t Text) Changes(w io.Writer, at time.Time, changes []finding.Change) error {
	var b strings.Builder
	for _, c := range changes {
		f := c.After
		if f.Outcome == "" {
			f = c.Before
		}
		lead := at.Format(time.TimeOnly) + "  "
		words := fmt.Sprintf("%s  %s  %s", outcomes(c), f.ID, f.Title)
		t.led(&b, faint, lead, len(lead), outcomeColors[c.After.Outcome], words)
		t.rows(&b, "", len(lead), len(lead), sentence(c.After.Why))
		switch c.After.Outcome {
		case finding.Broken, finding.Flaky, finding.Inconclusive:
			if t.Verbose {
				t.evidence(&b, c.After)
			} else if c.After.Remedy != "" {
				t.rows(&b, "", len(lead), len(lead), "Remedy: "+plain.LowerFirst(c.After.Remedy))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// outcomes says what changed: the outcome, or of what has the same outcome as before the severity or
// else the cause.
func outcomes(c finding.Change) string {
	before, after := asked(c.Before), asked(c.After)
	switch severity := string(c.After.Severity); {
	case before != after:
		return before + " → " + after + prefixed("  ", severity)
	case c.Before.Severity != c.After.Severity:
		return fmt.Sprintf("%s, %s → %s", after, cmp.Or(string(c.Before.Severity), "no severity"), cmp.Or(severity, "no severity"))
	default:
		return after + " for another cause" + prefixed("  ", severity)
	}
}

// asked is the outcome of a finding, or that there is none because the policy changed.
func asked(f finding.Finding) string { return cmp.Or(string(f.Outcome), "not in the policy") }
