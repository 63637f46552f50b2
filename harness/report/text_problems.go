package report

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// listedProbes is how many probes of a problem are listed, unless all are.
const listedProbes = 8

// problems is the table of problems.
func (t Text) problems(b *strings.Builder, problems []finding.Problem) {
	var rows []causeRow
	for _, p := range problems {
		rows = append(rows, causeRow{t.paint(problemColor(p), worth(p)), p.Headline, len(p.Probes)})
	}
	t.causes(b, "severity", "what is wrong", rows)
}

// causeRow is a row of the table that a report begins with. kind has its colour.
type causeRow struct {
	kind, headline string
	probes         int
}

// causes writes the table that a report begins with, where it has rows.
func (t Text) causes(b *strings.Builder, kind, what string, rows []causeRow) {
	if len(rows) == 0 {
		return
	}
	tw := t.table("", kind, what, "probes")
	tw.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: t.width() - 34, WidthMaxEnforcer: text.WrapSoft}})
	for i, r := range rows {
		tw.AppendRow(table.Row{i + 1, r.kind, printable(r.headline, textLimit), r.probes})
	}
	b.WriteString(tw.Render() + "\n\n")
}

// problemColor is the colour of a problem.
func problemColor(p finding.Problem) string {
	if p.Outcome == finding.Broken && (p.Severity == finding.Medium || p.Severity == finding.Low) {
		return yellow
	}
	return outcomeColors[p.Outcome]
}

// problem writes a problem with its proof and its probes.
func (t Text) problem(b *strings.Builder, r finding.Report, number int, p finding.Problem) {
	t.rule(b)
	name := strings.ToUpper(string(p.Outcome)) + prefixed("  ", string(p.Severity)) + "  " + p.Proof.ID
	if p.Cause != p.Proof.ID && p.ToChange() { // else it says nothing more
		name += "  " + p.Cause
	}
	t.rows(b, problemColor(p), 0, 3, fmt.Sprintf("%d  %s", number, name))
	t.running(b, bold, sentence(p.Headline))
	proof := r.Findings[p.Places()[0]]
	if proof.Outcome == finding.Unexpected { // the evidence shows nothing that is wrong
		t.running(b, faint, prefixed("the baseline says: ", proof.Known))
		t.running(b, "", prefixed("Remedy: ", plain.LowerFirst(p.Remedy)))
	} else {
		t.evidence(b, proof)
	}
	t.probesOf(b, r, p)
	b.WriteByte('\n')
}

// probesOf lists the probes of a problem, where there is more than its proof.
func (t Text) probesOf(b *strings.Builder, r finding.Report, p finding.Problem) {
	places := p.Places()
	if len(places) == 1 && p.Outcome != finding.Unexpected {
		return
	}
	t.running(b, "", quantity(len(places), "probe")+":")
	for i, at := range places {
		if i == listedProbes && len(places) > listedProbes+1 && !t.Verbose {
			t.running(b, faint, fmt.Sprintf("and %d more: --verbose lists them", len(places)-i))
			return
		}
		t.rows(b, faint, 2, 7, r.Findings[at].ID+"  "+r.Findings[at].Title)
	}
}
