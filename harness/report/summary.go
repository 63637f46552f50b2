package report

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness/finding"
)

// The limits of a job summary. GitHub shows no summary of more than 1 MiB.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
const (
	summaryLimit = 1 << 20
	summarySpare = 4 << 10 // for the text after the details
	summaryRows  = 200
)

// Markdown writes Markdown, also for $GITHUB_STEP_SUMMARY: how many things are to change, a
// row for each, its proof, and the counts.
func Markdown(w io.Writer, r finding.Report) error {
	var b strings.Builder
	mark := "✅"
	if r.Failed() {
		mark = "❌"
	} else if !passed(r) {
		mark = "⚠️"
	}
	fmt.Fprintf(&b, "## %s corsproof: %s\n\n", mark, headline(r))
	if said := tolerated(r); said != "" {
		b.WriteString(said + "\n\n")
	}
	problems := r.Problems()
	if len(problems) > 0 {
		summaryTable(&b, problems)
	}
	fmt.Fprintf(&b, "%s against %s, asked by %s on %s in %s%s.\n\n", markdown(r.Target), markdown(r.Policy), markdown(r.Chrome.Named()),
		r.Started.UTC().Format("2006-01-02 15:04 MST"), duration(r.Seconds), markdown(prefixed(", part ", partOf(r.Shard))))
	summaryCounts(&b, r)
	summaryDetails(&b, r, problems)
	_, err := io.WriteString(w, b.String())
	return err
}

// summaryCounts writes the table of counts, and what was sent.
func summaryCounts(b *strings.Builder, r finding.Report) {
	b.WriteString("| outcome | probes | |\n| --- | ---: | --- |\n")
	for _, o := range finding.Outcomes() {
		if n := r.Count(o); n > 0 {
			fmt.Fprintf(b, "| %s | %d | %s |\n", o, n, bySeverity(r, o))
		}
	}
	fmt.Fprintf(b, "\nSent: %s.", markdown(tally(r.Sent)))
	if withheld := tally(r.Withheld); withheld != "none" {
		fmt.Fprintf(b, " Would have been sent: %s.", markdown(withheld))
	}
	b.WriteString("\n\n")
	for _, note := range r.Notes {
		b.WriteString("> " + markdown(note) + "\n")
	}
	if r.Ended != "" {
		b.WriteString("> **Ended early:** " + markdown(r.Ended) + "\n")
	}
	b.WriteByte('\n')
}

// summaryTable writes a row for each problem.
func summaryTable(b *strings.Builder, problems []finding.Problem) {
	b.WriteString("| | what is wrong | probes | effect | remedy |\n| --- | --- | ---: | --- | --- |\n")
	for i, p := range problems {
		if i == summaryRows || b.Len() > summaryLimit/2 {
			fmt.Fprintf(b, "\n%s more.\n", quantity(len(problems)-i, "problem"))
			break
		}
		fmt.Fprintf(b, "| **%s** | %s | %d | %s | %s |\n", markdown(worth(p)), markdown(p.Headline), len(p.Probes), markdown(p.Effect), markdown(p.Remedy))
	}
	b.WriteByte('\n')
}

// worth returns the severity of a problem, or its outcome where that says more.
func worth(p finding.Problem) string {
	switch {
	case p.Outcome == finding.Broken && p.Severity != "":
		return string(p.Severity)
	case p.Outcome == finding.Inconclusive:
		return string(p.Outcome)
	}
	return strings.TrimSpace(string(p.Outcome) + " " + string(p.Severity))
}

// summaryDetails writes a block for each problem, with the transcript that proves it and
// its probes, until the room is used up.
func summaryDetails(b *strings.Builder, r finding.Report, problems []finding.Problem) {
	left := 0
	for i, p := range problems {
		if b.Len() > summaryLimit-2*summarySpare {
			left = len(problems) - i
			break
		}
		block := summaryBlock(r, p)
		if b.Len()+len(block) > summaryLimit-summarySpare {
			left++
			continue
		}
		b.WriteString(block)
	}
	if left > 0 {
		fmt.Fprintf(b, "There was no room for the proof of %s.\n", quantity(left, "problem"))
	}
}

// summaryBlock writes the proof and the probes of a problem. Inside an HTML element there
// is no Markdown. It begins again after an empty line, but not inside pre.
func summaryBlock(r finding.Report, p finding.Problem) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n<pre>\n", html.EscapeString(printable(p.Headline, textLimit)))
	if text := transcriptText(r.Findings[p.Places()[0]], textLimit); text != "" && p.Outcome != finding.Unexpected {
		b.WriteString(html.EscapeString(text) + "\n\n")
	}
	fmt.Fprintf(&b, "  cause: %s\n", html.EscapeString(printable(p.Cause, textLimit)))
	for i, at := range p.Places() {
		if i == summaryRows {
			fmt.Fprintf(&b, "  and %s\n", quantity(len(p.Probes)-i, "more probe"))
			break
		}
		f := r.Findings[at]
		fmt.Fprintf(&b, "  %s  %s\n", html.EscapeString(printable(f.ID, 20)), html.EscapeString(printable(f.Title, textLimit)))
	}
	b.WriteString("</pre>\n\n</details>\n\n")
	return b.String()
}

// markdown returns a value from outside as text, also for a table and at the begin of a line:
// each character that would begin markup, a link, a mention or a reference there gets a
// backslash.
// https://spec.commonmark.org/0.31.2/#backslash-escapes
func markdown(value string) string {
	var b strings.Builder
	text := []rune(printable(value, textLimit))
	for i, r := range text {
		if marksUp(text, i) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// marksUp says whether the character at a place could begin markup.
func marksUp(text []rune, at int) bool {
	before := string(text[:at])
	switch r := text[at]; r {
	case ':': // of a URL, of an emoji
		return at+1 < len(text) && text[at+1] != ' '
	case '.', ')': // of a numbered list, and of an address without a scheme
		listed := before != "" && strings.Trim(before, "0123456789") == "" && (at+1 == len(text) || text[at+1] == ' ')
		return listed || strings.HasSuffix(strings.ToLower(before), "www")
	case '-', '+', '=': // of a list, of a line below a heading
		return strings.Trim(before, string(r)+" ") == ""
	default:
		return strings.ContainsRune("\\`*_{}[]<>#|&~@$^!", r)
	}
}
