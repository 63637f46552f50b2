package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/finding"
)

// annotationLimit is the number of errors that GitHub shows for one step.
// https://docs.github.com/en/rest/checks/runs (annotations of workflow commands)
const annotationLimit = 10

// Annotations writes workflow commands for GitHub Actions: they mark the ten worst
// findings that need attention, and a line gives the number of the others.
func Annotations(w io.Writer, r finding.Report) error {
	var b strings.Builder
	written, left := 0, 0
	for _, f := range byWeight(r.Findings) {
		switch {
		case !needsAttention(f.Outcome):
		case written < annotationLimit:
			written++
			command(&b, levelOf(f), [][2]string{{"file", r.Policy}, {"line", "1"}, {"title", strings.TrimSpace(f.ID + " " + string(f.Outcome) + " " + string(f.Severity))}},
				message(f)+" Wanted: "+sentence(f.Title), prefixed("Remedy: ", f.Remedy))
		default:
			left++
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "%d more need attention: see the summary of the job\n", left)
	}
	if r.Ended != "" {
		command(&b, "warning", [][2]string{{"title", "corsproof ended early"}}, r.Ended)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// levelOf returns the command for a finding.
func levelOf(f finding.Finding) string {
	if f.Outcome == finding.Inconclusive || f.Severity == finding.Low {
		return "warning"
	}
	return "error"
}

// command writes a workflow command, escaped as the runner reads it.
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
func command(b *strings.Builder, name string, properties [][2]string, lines ...string) {
	b.WriteString("::" + name + " ")
	for i, p := range properties {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(p[0] + "=" + escapeProperty.Replace(printable(p[1], textLimit)))
	}
	b.WriteString("::")
	for i, line := range slices.DeleteFunc(lines, func(line string) bool { return line == "" }) {
		if i > 0 {
			b.WriteString(escapeData.Replace("\n"))
		}
		b.WriteString(escapeData.Replace(printable(line, textLimit)))
	}
	b.WriteByte('\n')
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
