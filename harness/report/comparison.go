package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness/finding"
)

// Comparison writes the differences between two targets.
func (t Text) Comparison(w io.Writer, c finding.Comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "left   %s\nright  %s\n", t.paint(bold, printable(c.Left, textLimit)), t.paint(bold, printable(c.Right, textLimit)))
	fmt.Fprintf(&b, "%s, %s, %s\n\n", printable(c.Policy, textLimit), printable(c.Chrome.Version, 60), duration(c.Seconds))
	kinds := map[finding.DifferenceKind]int{}
	for _, d := range c.Differences {
		kinds[d.Kind]++
		t.difference(&b, d)
	}
	t.rule(&b)
	fmt.Fprintf(&b, "  %5d the same\n", c.Same)
	for _, k := range []struct {
		kind finding.DifferenceKind
		says string
	}{
		{finding.DifferentVerdict, "with another verdict"},
		{finding.DifferentWire, "with the same verdict, on other headers or another status"},
		{finding.NoVerdict, "that cannot be compared: one has no verdict"},
	} {
		if n := kinds[k.kind]; n > 0 {
			fmt.Fprintf(&b, "  %5d %s\n", n, k.says)
		}
	}
	for _, note := range c.Notes {
		t.running(&b, "", note)
	}
	t.running(&b, yellow, prefixed("ended early: ", c.Ended))
	_, err := io.WriteString(w, b.String())
	return err
}

// difference writes one difference.
func (t Text) difference(b *strings.Builder, d finding.Difference) {
	color := yellow
	if d.Kind == finding.DifferentVerdict {
		color = red
	}
	t.rule(b)
	b.WriteString(t.paint(color, "DIFFERENT "+strings.ToUpper(printable(string(d.Kind), 40))+"  "+printable(d.Left.ID, 20)) + "\n")
	t.running(b, bold, d.Left.Title)
	for _, side := range []struct {
		name string
		finding.Finding
	}{{"left", d.Left}, {"right", d.Right}} {
		t.running(b, "", fmt.Sprintf("%-5s  %s", side.name, said(side.Finding)))
	}
	for _, wire := range d.Wire {
		where := fmt.Sprintf("step %d, exchange %d, %s", wire.Step, wire.Exchange, wire.Name)
		if wire.Exchange == 0 {
			where = fmt.Sprintf("step %d, %s", wire.Step, wire.Name)
		}
		t.running(b, faint, where)
		t.rows(b, "", 2, 8, "  left   "+orNone(wire.Left))
		t.rows(b, "", 2, 8, "  right  "+orNone(wire.Right))
	}
	if d.Kind == finding.DifferentVerdict {
		t.transcript(b, transcript(d.Left, textLimit))
		t.transcript(b, transcript(d.Right, textLimit))
		return
	}
	b.WriteByte('\n')
}

// said returns the outcome of a finding and its reason, or what the browser did.
func said(f finding.Finding) string {
	s := f.Deciding()
	switch {
	case s == nil || s.Observation.Verdict == "":
		return "no verdict" + prefixed(": ", f.Why)
	case f.Why != "":
		return string(f.Outcome) + ": " + f.Why
	case s.Observation.Reason != "":
		return fmt.Sprintf("%s: %s, %s", f.Outcome, s.Observation.Verdict, s.Observation.Reason)
	}
	return fmt.Sprintf("%s: %s", f.Outcome, s.Observation.Verdict)
}

// orNone returns a value, or (none) for an empty value.
func orNone(value string) string {
	if value == "" {
		return "(none)"
	}
	return value
}

// ComparisonJSON writes a Comparison as one document.
func ComparisonJSON(w io.Writer, c finding.Comparison) error {
	if c.Differences == nil {
		c.Differences = []finding.Difference{}
	}
	return writeJSON(w, c)
}

// writeJSON writes an indented document.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
