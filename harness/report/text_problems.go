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
	if len(problems) == 0 {
		return
	}
	tw := t.table("", "severity", "what is wrong", "probes")
	tw.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: t.width() - 34, WidthMaxEnforcer: text.WrapSoft}})
	for i, p := range problems {
		tw.AppendRow(table.Row{i + 1, t.paint(problemColor(p), worth(p)), printable(p.Headline, textLimit), len(p.Probes)})
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
