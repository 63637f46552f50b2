package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness/finding"
)

// Comparison writes what two targets do in different ways, each thing once with its probes.
func (t Text) Comparison(w io.Writer, c finding.Comparison) error {
	var b strings.Builder
	t.beside(&b, "", "left", "   ", bold, c.Left)
	t.beside(&b, "", "right", "  ", bold, c.Right)
	by := c.Chrome.Named() + ", "
	if c.Chrome.Version == c.Left { // two browsers are compared
		by = ""
	}
	t.rows(&b, "", 0, 2, fmt.Sprintf("%s, %s%s", c.Policy, by, duration(c.Seconds)))
	b.WriteByte('\n')
	groups := c.Groups()
	t.rows(&b, comparisonColor(c), 0, 0, comparisonHeadline(c, groups))
	b.WriteByte('\n')
	t.groups(&b, groups)
	for i, g := range groups {
		t.group(&b, c, i+1, g)
	}
	t.rule(&b)
	for _, line := range comparisonCounts(c) {
		t.rows(&b, "", 2, 8, line)
	}
	for _, note := range c.Notes {
		t.running(&b, "", note)
	}
	t.running(&b, yellow, prefixed("ended early: ", c.Ended))
	_, err := io.WriteString(w, b.String())
	return err
}

// comparisonHeadline describes a comparison in one sentence.
func comparisonHeadline(c finding.Comparison, groups []finding.DifferenceGroup) string {
	things, unclear := 0, countKind(c, finding.NoVerdict)
	for _, g := range groups {
		if g.Kind != finding.NoVerdict {
			things++
		}
	}
	said := "no difference"
	switch probes := len(c.Differences) - unclear; {
	case things > 0:
		said = fmt.Sprintf("%s (%s)", quantity(things, "difference"), quantity(probes, "probe"))
	case c.Ended != "":
		said = "no difference so far"
	}
	if unclear > 0 {
		said += fmt.Sprintf("; %s that cannot be compared", quantity(unclear, "probe"))
	}
	return said
}

// comparisonColor is the colour of the result.
func comparisonColor(c finding.Comparison) string {
	switch {
	case countKind(c, finding.DifferentVerdict) > 0:
		return red
	case len(c.Differences) > 0 || c.Ended != "":
		return yellow
	}
	return green
}

// countKind counts the differences of a kind.
func countKind(c finding.Comparison, kind finding.DifferenceKind) int {
	n := 0
	for _, d := range c.Differences {
		if d.Kind == kind {
			n++
		}
	}
	return n
}

// comparisonCounts are the lines of the summary.
func comparisonCounts(c finding.Comparison) []string {
	lines := []string{fmt.Sprintf("%5d the same", c.Same)}
	for _, k := range []struct {
		kind finding.DifferenceKind
		says string
	}{
		{finding.DifferentVerdict, "with another verdict"},
		{finding.DifferentWire, "with the same verdict, on other headers or another status"},
		{finding.NoVerdict, "that cannot be compared: at least one has no verdict"},
	} {
		if n := countKind(c, k.kind); n > 0 {
			lines = append(lines, fmt.Sprintf("%5d %s", n, k.says))
		}
	}
	return lines
}

// kindColors are the colours of the kinds.
var kindColors = map[finding.DifferenceKind]string{finding.DifferentVerdict: red, finding.DifferentWire: yellow, finding.NoVerdict: yellow}

// groups is the table of what differs.
func (t Text) groups(b *strings.Builder, groups []finding.DifferenceGroup) {
	var rows []causeRow
	for _, g := range groups {
		rows = append(rows, causeRow{t.paint(kindColors[g.Kind], printable(string(g.Kind), 20)), g.Headline, len(g.Probes)})
	}
	t.causes(b, "kind", "what differs", rows)
}

// group writes what differs, with the transcripts of its first probe where the verdicts
// differ, and its probes.
func (t Text) group(b *strings.Builder, c finding.Comparison, number int, g finding.DifferenceGroup) {
	t.rule(b)
	t.rows(b, kindColors[g.Kind], 0, 3, fmt.Sprintf("%d  DIFFERENT %s", number, strings.ToUpper(string(g.Kind))))
	t.running(b, bold, sentence(g.Headline))
	t.rows(b, "", 2, 9, "left   "+orNone(g.Left))
	t.rows(b, "", 2, 9, "right  "+orNone(g.Right))
	first := c.Differences[g.Places()[0]]
	if g.Kind == finding.DifferentVerdict {
		t.transcript(b, transcript(first.Left, textLimit))
		t.transcript(b, transcript(first.Right, textLimit))
	}
	places := g.Places()
	t.running(b, "", quantity(len(places), "probe")+":")
	for i, at := range places {
		if i == listedProbes && len(places) > listedProbes+1 && !t.Verbose {
			t.running(b, faint, fmt.Sprintf("and %d more: --verbose lists them", len(places)-i))
			break
		}
		d := c.Differences[at]
		t.rows(b, faint, 2, 7, d.Left.ID+"  "+d.Left.Title)
	}
	b.WriteByte('\n')
}

// orNone returns a value in one line, or (none) for an empty value. A header may have several
// lines.
func orNone(value string) string {
	if value == "" {
		return "(none)"
	}
	return strings.ReplaceAll(value, "\n", "; on another line: ")
}
