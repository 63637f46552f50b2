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

// Summary writes Markdown for $GITHUB_STEP_SUMMARY.
func Summary(w io.Writer, r finding.Report) error {
	var b strings.Builder
	mark := "✅"
	if r.Failed() {
		mark = "❌"
	} else if !passed(r) {
		mark = "⚠️"
	}
	fmt.Fprintf(&b, "## %s corsproof: %s\n\n", mark, headline(r))
	fmt.Fprintf(&b, "%s against %s, asked by %s on %s in %s.\n\n", markdown(r.Target), markdown(r.Policy), markdown(r.Chrome.Version),
		r.Started.UTC().Format("2006-01-02 15:04 MST"), duration(r.Seconds))
	summaryCounts(&b, r)
	attention := 0
	for _, f := range byWeight(r.Findings) {
		if needsAttention(f.Outcome) {
			attention++
		}
	}
	if attention > 0 {
		summaryTable(&b, r, attention)
		summaryDetails(&b, r)
	}
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

// summaryTable writes a row for each finding that needs attention.
func summaryTable(b *strings.Builder, r finding.Report, attention int) {
	b.WriteString("| | id | effect | wanted | remedy |\n| --- | --- | --- | --- | --- |\n")
	rows := 0
	for _, f := range byWeight(r.Findings) {
		if !needsAttention(f.Outcome) {
			continue
		}
		if rows++; rows > summaryRows || b.Len() > summaryLimit/2 {
			fmt.Fprintf(b, "\n%d more need attention.\n", attention-rows+1)
			break
		}
		name := strings.TrimSpace(string(f.Outcome) + " " + string(f.Severity))
		fmt.Fprintf(b, "| **%s** | %s | %s | %s | %s |\n", markdown(name), markdown(f.ID), markdown(message(f)), markdown(f.Title), markdown(f.Remedy))
	}
	b.WriteByte('\n')
}

// summaryDetails writes a block with the transcript of each finding that needs attention,
// until the room is used up.
func summaryDetails(b *strings.Builder, r finding.Report) {
	left := 0
	for _, f := range byWeight(r.Findings) {
		if needsAttention(f.Outcome) && b.Len() > summaryLimit-2*summarySpare {
			left++
			continue
		}
		text := ""
		if needsAttention(f.Outcome) {
			text = transcriptText(f, textLimit)
		}
		if text == "" {
			continue
		}
		// Inside an HTML element there is no Markdown. It begins again after an empty
		// line, but not inside pre.
		block := fmt.Sprintf("<details><summary>%s</summary>\n\n<pre>\n%s\n\n  key: %s</pre>\n\n</details>\n\n",
			html.EscapeString(printable(f.ID+" "+f.Title, textLimit)), html.EscapeString(text), html.EscapeString(printable(f.Key, textLimit)))
		if b.Len()+len(block) > summaryLimit-summarySpare {
			left++
			continue
		}
		b.WriteString(block)
	}
	if left > 0 {
		fmt.Fprintf(b, "There was no room for %d more.\n", left)
	}
}

// markdown returns a value from outside as text, also for a table: each character that
// could begin markup, a link or a mention gets a backslash.
// https://spec.commonmark.org/0.31.2/#backslash-escapes
func markdown(value string) string {
	var b strings.Builder
	for _, r := range printable(value, textLimit) {
		if strings.ContainsRune("\\`*_{}[]<>()#+.!|&~:@$^\"=-", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
