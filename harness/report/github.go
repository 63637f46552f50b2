package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/finding"
)

// annotationLimit is the number of errors that GitHub shows for one step.
// https://docs.github.com/en/rest/checks/runs (annotations of workflow commands)
const annotationLimit = 10

// Annotations writes workflow commands for GitHub Actions: first how many things are to
// change, then each problem once, on the line of its resource in the policy. Where there is
// room, other findings of the problems follow. A line gives the number of the others.
func Annotations(w io.Writer, r finding.Report) error {
	var b strings.Builder
	problems := r.Problems()
	if len(problems) > 0 {
		command(&b, "notice", [][2]string{{"title", "corsproof"}}, headline(r), tolerated(r))
	}
	for _, p := range problems[:min(annotationLimit, len(problems))] {
		annotate(&b, r, p, r.Findings[p.Places()[0]])
	}
	for _, o := range others(problems, annotationLimit-len(problems)) {
		annotate(&b, r, o.of, r.Findings[o.at])
	}
	if left := probesOf(problems) - annotationLimit; left > 0 {
		fmt.Fprintf(&b, "%d more need attention: see the summary of the job\n", left)
	}
	if r.Ended != "" {
		command(&b, "warning", [][2]string{{"title", "corsproof ended early"}}, r.Ended)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// other is the place of a finding that does not prove its problem.
type other struct {
	of finding.Problem
	at int
}

// others returns some of the other findings of problems: the next of each problem before
// the one after it.
func others(problems []finding.Problem, most int) []other {
	var list []other
	for i := 1; len(list) < most; i++ {
		before := len(list)
		for _, p := range problems {
			if places := p.Places(); i < len(places) && len(list) < most {
				list = append(list, other{p, places[i]})
			}
		}
		if len(list) == before {
			break
		}
	}
	return list
}

// probesOf counts the probes of problems.
func probesOf(problems []finding.Problem) int {
	n := 0
	for _, p := range problems {
		n += len(p.Probes)
	}
	return n
}

// annotate marks a finding of a problem.
func annotate(b *strings.Builder, r finding.Report, p finding.Problem, f finding.Finding) {
	title := strings.TrimSpace(string(f.Outcome)+" "+string(f.Severity)) + ": " + p.Headline
	command(b, levelOf(f), [][2]string{{"file", r.Policy}, {"line", strconv.Itoa(max(1, f.Line))}, {"title", title}},
		f.ID+" "+message(f)+" Wanted: "+sentence(f.Title), prefixed("Remedy: ", remedyOf(p, f)), moreProbes(p))
}

// remedyOf returns what to do about a finding of a problem.
func remedyOf(p finding.Problem, f finding.Finding) string {
	if f.Outcome == finding.Unexpected { // the remedy of the finding is about what was broken
		return p.Remedy
	}
	return f.Remedy
}

// moreProbes says how many other probes a problem has.
func moreProbes(p finding.Problem) string {
	if n := len(p.Probes) - 1; n > 0 {
		return fmt.Sprintf("%s for the same cause, %s.", quantity(n, "more probe"), p.Cause)
	}
	return ""
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
