package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/corsproof/corsproof/harness/conform"
)

// Matrix writes what libraries do. One library is written with the configurations and the
// transcripts of what failed. Of several libraries each failure has a few lines. Verbose
// also lists the other cells.
func (t Text) Matrix(w io.Writer, m conform.Matrix) error {
	var b strings.Builder
	if len(m.Libraries) == 1 {
		t.library(&b, m, m.Libraries[0])
	} else {
		t.libraries(&b, m)
	}
	t.running(&b, yellow, prefixed("ended early: ", m.Ended))
	_, err := io.WriteString(w, b.String())
	return err
}

// library writes one library.
func (t Text) library(b *strings.Builder, m conform.Matrix, r conform.Result) {
	t.name(b, r)
	t.asked(b, m)
	if rows := t.listed(r); len(rows) > 0 {
		tw := t.table("verdict", "level", "id", "behaviour")
		tw.SetColumnConfigs([]table.ColumnConfig{{Number: 4, WidthMax: t.width() - 36, WidthMaxEnforcer: text.WrapSoft}})
		for _, c := range rows {
			tw.AppendRow(table.Row{t.verdict(c.Verdict), levelWord(c.ID), printable(c.ID, 20), sentenceOf(c.ID)})
		}
		b.WriteString(tw.Render() + "\n\n")
	}
	t.gaps(b, r)
	shown := map[string]string{} // the cell that a policy's configuration is written with
	for _, c := range noted(r) {
		t.cell(b, r, c, shown)
	}
	t.rule(b)
	t.led(b, "", libraryName(r)+": ", 2, resultColor(r), cmp.Or(prefixed("not run: ", oneLine(r.NotRun)), verdictCounts(r)))
}

// listed returns the cells that are listed: all if verbose.
func (t Text) listed(r conform.Result) []conform.Cell {
	if !t.Verbose {
		return noted(r)
	}
	cells := slices.Clone(r.Cells)
	conform.SortCells(cells)
	return cells
}

// name writes the name of a library, its adapter and its language.
func (t Text) name(b *strings.Builder, r conform.Result) {
	adapter := printable(r.Name, 60)
	if r.Language != "" {
		adapter += ", " + languageName(r.Language)
	}
	t.led(b, bold, libraryName(r)+"  ", 2, faint, adapter)
}

// asked writes the browser, the time and the number of requests.
func (t Text) asked(b *strings.Builder, m conform.Matrix) {
	fmt.Fprintf(b, "%s, %s, %s, %s\n\n", printable(m.Chrome.Named(), 80), m.Started.UTC().Format("2006-01-02 15:04 MST"), duration(m.Seconds), quantity(m.Requests, "request"))
	if part := partOf(m.Shard); part != "" {
		fmt.Fprintf(b, "part %s\n\n", part)
	}
}

// verdict writes a verdict in its colour.
func (t Text) verdict(v conform.Verdict) string { return t.paint(verdictColors[v], string(v)) }

// resultColor is the colour of the whole result of a library.
func resultColor(r conform.Result) string {
	switch {
	case r.Failed():
		return red
	case r.MissingEvidence():
		return yellow
	}
	return green
}

// gaps writes the missing evidence.
func (t Text) gaps(b *strings.Builder, r conform.Result) {
	for _, g := range gapsOf(r) {
		t.led(b, verdictColors[conform.NoVerdict], "  "+string(conform.NoVerdict)+"  ", 4, "", g.sentence())
	}
}

// cell writes a cell with the configuration and the finding that decided.
func (t Text) cell(b *strings.Builder, r conform.Result, c conform.Cell, shown map[string]string) {
	t.rule(b)
	name := string(c.Verdict) + prefixed("  ", levelWord(c.ID)) + "  " + c.ID
	b.WriteString(t.paint(verdictColors[c.Verdict], printable(name, 60)) + "\n")
	t.running(b, bold, sentence(sentenceOf(c.ID)))
	t.running(b, yellow, sentence(wasAndIs(c)))
	t.running(b, faint, prefixed("the baseline says: ", oneLine(c.Reason)))
	t.running(b, faint, prefixed("documented: ", oneLine(c.Documented)))
	p, known := r.Policy(c.Policy)
	if known {
		t.running(b, "", fmt.Sprintf("Policy %s: %s.", p.Name, p.Title))
	}
	f, decided := r.Deciding(c)
	if !decided {
		t.running(b, "", sentence(oneLine(c.Why)))
	}
	if c.Verdict.Failed() {
		t.snippet(b, p, c.ID, shown)
	}
	if decided {
		t.evidence(b, f)
	}
	b.WriteByte('\n')
}

// snippet writes the configuration of a policy, once. id is the cell that it is for, and
// shown has the cells of the policies before.
func (t Text) snippet(b *strings.Builder, p conform.ResultOfPolicy, id string, shown map[string]string) {
	lines := snippetLines(p.Config)
	switch {
	case lines == nil:
		return
	case shown[p.Name] != "":
		t.running(b, faint, "The configuration is shown above, at "+shown[p.Name]+".")
		return
	}
	shown[p.Name] = id
	b.WriteByte('\n')
	for _, line := range lines {
		t.rows(b, faint, 4, 14, line)
	}
	b.WriteByte('\n')
}

// libraries writes several libraries: first the cells that differ from the baseline.
func (t Text) libraries(b *strings.Builder, m conform.Matrix) {
	b.WriteString(t.paint(bold, quantity(len(m.Libraries), "library")) + "\n")
	t.asked(b, m)
	moved := 0
	for _, r := range m.Libraries {
		for _, c := range differing(r) {
			if moved++; moved == 1 {
				b.WriteString(t.paint(bold, "Verdicts that differ from the baseline:") + "\n")
			}
			t.led(b, "", fmt.Sprintf("  %s  %s  ", printable(r.Name, 40), printable(c.ID, 20)), 6, yellow, wasAndIs(c)+": "+cmp.Or(oneLine(c.Why), sentenceOf(c.ID)))
		}
	}
	if moved > 0 {
		b.WriteByte('\n')
	}
	for _, r := range m.Libraries {
		t.short(b, r)
	}
	t.rule(b)
	fmt.Fprintf(b, "%s: %s\n", quantity(len(m.Libraries), "library"), t.outcomes(m))
	t.running(b, "", verdictCounts(m.Libraries...))
}

// outcomes counts the libraries by what became of them, in the colour of the exit status:
// green is 0.
func (t Text) outcomes(m conform.Matrix) string {
	expected, different, incomplete, notRun := 0, 0, 0, 0
	for _, r := range m.Libraries {
		switch {
		case r.Failed():
			different++
		case r.NotRun != "":
			notRun++
		case r.MissingEvidence():
			incomplete++
		default:
			expected++
		}
	}
	said := fmt.Sprintf("%d as expected, %d different", expected, different)
	if incomplete > 0 {
		said += fmt.Sprintf(", %d incomplete", incomplete)
	}
	if notRun > 0 {
		said += fmt.Sprintf(", %d not run", notRun)
	}
	switch {
	case different > 0:
		return t.paint(red, said)
	case m.MissingEvidence():
		return t.paint(yellow, said)
	}
	return t.paint(green, said)
}

// short writes the failures of a library in short lines.
func (t Text) short(b *strings.Builder, r conform.Result) {
	t.name(b, r)
	t.rows(b, yellow, 2, 4, prefixed("not run: ", oneLine(r.NotRun)))
	failures := 0
	for _, c := range t.listed(r) {
		if c.Verdict.Failed() {
			failures++
		} else if !t.Verbose { // it is among the cells that differ from the baseline
			continue
		}
		t.led(b, verdictColors[c.Verdict], fmt.Sprintf("  %-11s  ", c.Verdict), 20, "", printable(c.ID, 20)+"  "+sentenceOf(c.ID))
		switch {
		case c.Expected():
			t.rows(b, faint, 15, 20, "expected: "+oneLine(c.Reason))
		case c.Verdict != conform.Pass:
			t.rows(b, faint, 15, 20, c.Policy+prefixed(": ", oneLine(c.Why)))
		}
	}
	t.gaps(b, r)
	if failures == 0 && !r.MissingEvidence() && len(gapsOf(r)) == 0 {
		t.running(b, green, "nothing fails")
	}
	b.WriteByte('\n')
}
