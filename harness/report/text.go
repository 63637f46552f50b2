package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// Text writes for a person at a terminal. A line has Width columns at most, unless it is
// one long word.
//
//	report.Text{Style: harness.ANSIColors}.Report(os.Stdout, r)
type Text struct {
	_ [0]func()

	// Style says whether to use colours.
	Style harness.Style
	// Width is the number of columns. Zero is 100; others count as 60 at least and 200 at
	// most.
	Width int
	// Verbose also lists findings that held, are known or were not asked, and cells that do
	// not fail. Without it they are only counted.
	Verbose bool
}

const (
	columns             = 100
	narrowest, broadest = 60, 200
	textLimit           = 400 // runes of a line from outside
)

// Columns returns how many columns of a terminal with so many are used.
func Columns(all int) int { return min(max(all, narrowest), broadest) }

// width returns the number of columns.
func (t Text) width() int {
	if t.Width <= 0 {
		return columns
	}
	return Columns(t.Width)
}

// rule writes a line across.
func (t Text) rule(b *strings.Builder) {
	b.WriteString(t.paint(faint, strings.Repeat("─", t.width())) + "\n")
}

// ANSI codes of the colours.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// outcomeColors are the colours of the outcomes.
var outcomeColors = map[finding.Outcome]string{
	finding.Broken: red, finding.Flaky: yellow, finding.Unexpected: yellow, finding.Inconclusive: yellow,
	finding.Known: faint, finding.NotAsked: faint, finding.Held: green,
}

// Report writes how many things are to change, each problem with the transcript that
// proves it, and then the summary.
func (t Text) Report(w io.Writer, r finding.Report) error {
	var b strings.Builder
	t.head(&b, r)
	problems := r.Problems()
	t.problems(&b, problems)
	if t.Verbose {
		t.overview(&b, r)
	}
	for i, p := range problems {
		t.problem(&b, r, i+1, p)
	}
	t.summary(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

// head writes the target, the policy, the browser, and the part of the probes.
func (t Text) head(b *strings.Builder, r finding.Report) {
	t.beside(b, bold, r.Target, " ", "", "against "+r.Policy)
	t.rows(b, "", 0, 2, fmt.Sprintf("%s, %s, %s", r.Chrome.Named(), r.Started.UTC().Format("2006-01-02 15:04 MST"), duration(r.Seconds)))
	if part := partOf(r.Shard); part != "" {
		t.rows(b, "", 0, 2, "part "+part)
	}
	b.WriteByte('\n')
	t.rows(b, t.resultColor(r), 0, 0, headline(r))
	t.running(b, "", tolerated(r))
	b.WriteByte('\n')
}

// resultColor is the colour of the result.
func (t Text) resultColor(r finding.Report) string {
	switch {
	case r.Failed():
		return red
	case !passed(r):
		return yellow
	}
	return green
}

// beside writes two texts on one line where they fit, and below each other where not.
func (t Text) beside(b *strings.Builder, firstColor, first, between, secondColor, second string) {
	first, second = printable(first, textLimit), printable(second, textLimit)
	if utf8.RuneCountInString(first+between+second) <= t.width() {
		b.WriteString(t.paint(firstColor, first) + between + t.paint(secondColor, second) + "\n")
		return
	}
	t.rows(b, firstColor, 0, 0, first)
	t.rows(b, secondColor, 0, 0, second)
}

// overview is the table of all findings.
func (t Text) overview(b *strings.Builder, r finding.Report) {
	tw := t.table("outcome", "severity", "id", "what the policy wants")
	tw.SetColumnConfigs([]table.ColumnConfig{{Number: 4, WidthMax: t.width() - 34, WidthMaxEnforcer: text.WrapSoft}})
	for _, f := range byWeight(r.Findings) {
		tw.AppendRow(table.Row{t.paint(outcomeColors[f.Outcome], string(f.Outcome)), t.severity(f.Severity), printable(f.ID, 20), printable(f.Title, textLimit)})
	}
	if len(r.Findings) > 0 {
		b.WriteString(tw.Render() + "\n\n")
	}
}

// table is an empty table without a frame.
func (t Text) table(header ...any) table.Writer {
	tw := table.NewWriter()
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Options.SeparateHeader = true
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	tw.SetStyle(style)
	tw.SuppressTrailingSpaces() // a table pads its cells
	if len(header) > 0 {
		tw.AppendHeader(table.Row(header))
	}
	return tw
}

// severity returns a severity, in red if it is critical.
func (t Text) severity(s finding.Severity) string {
	if s == finding.Critical {
		return t.paint(red, string(s))
	}
	return string(s)
}

// evidence writes what was wanted and seen, with the transcript, and what it means.
func (t Text) evidence(b *strings.Builder, f finding.Finding) {
	t.running(b, bold, f.Effect)
	t.running(b, "", "Wanted: "+f.Title)
	t.running(b, "", sentence(f.Why))
	t.running(b, faint, sentence(runs(f)))
	t.running(b, faint, prefixed("the baseline says: ", f.Known))
	said := transcript(f, textLimit)
	if s := f.Deciding(); s != nil && s.Error != f.Why {
		t.running(b, faint, prefixed("error: ", s.Error))
	}
	t.transcript(b, said)
	if f.Meaning != "" && !says(said, harness.LineMeaning, f.Meaning) {
		t.running(b, bold, f.Meaning)
	}
	if f.Remedy != "" && !says(said, harness.LineRemedy, f.Remedy) {
		t.running(b, "", "Remedy: "+plain.LowerFirst(f.Remedy))
	}
	if f.Anchor != "" && !says(said, harness.LineAnchor, f.Anchor) {
		t.running(b, "", f.Anchor)
	}
	t.running(b, faint, "key: "+f.Key)
}

// sentence makes a sentence of a clause.
func sentence(clause string) string {
	if clause == "" {
		return ""
	}
	if word, _, _ := strings.Cut(clause, " "); strings.Contains(word, ":") { // a URL
		return strings.TrimSuffix(clause, ".") + "."
	}
	first, size := utf8.DecodeRuneInString(clause)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(clause[size:], ".") + "."
}

// prefixed puts a prefix before a text that is not empty.
func prefixed(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// running writes a text, wrapped and indented.
func (t Text) running(b *strings.Builder, color, words string) { t.rows(b, color, 2, 2, words) }

// rows writes a text, wrapped. first is the indent of the first row, and rest the indent
// of the others.
func (t Text) rows(b *strings.Builder, color string, first, rest int, words string) {
	if words == "" {
		return
	}
	for i, row := range plain.Fold(printable(words, 2*textLimit), t.width()-first, t.width()-rest) {
		indent := first
		if i > 0 {
			indent = rest
		}
		b.WriteString(t.paint(color, strings.TrimRight(strings.Repeat(" ", indent)+row, " ")) + "\n")
	}
}

// led writes a text behind a lead of another colour, wrapped. rest is the indent of each
// row but the first.
func (t Text) led(b *strings.Builder, leadColor, lead string, rest int, color, words string) {
	first := utf8.RuneCountInString(lead)
	for i, row := range plain.Fold(printable(words, 2*textLimit), t.width()-first, t.width()-rest) {
		if i == 0 {
			b.WriteString(t.paint(leadColor, lead))
		} else {
			b.WriteString(strings.Repeat(" ", rest))
		}
		b.WriteString(t.paint(color, strings.TrimRight(row, " ")) + "\n")
	}
}

// transcript writes a transcript, unless it is empty.
func (t Text) transcript(b *strings.Builder, lines harness.Transcript) {
	if len(lines) > 0 {
		b.WriteString("\n" + lines.Text(t.Style, t.width()) + "\n\n")
	}
}

// says says whether a transcript has this text already.
func says(lines harness.Transcript, kind harness.LineKind, text string) bool {
	return slices.ContainsFunc(lines, func(l harness.Line) bool { return l.Kind == kind && l.Text == plain.Safe(text) })
}

// summary writes the counts.
func (t Text) summary(b *strings.Builder, r finding.Report) {
	t.rule(b)
	t.beside(b, "", r.Target, ": ", t.resultColor(r), headline(r))
	for _, o := range finding.Outcomes() {
		if n := r.Count(o); n > 0 {
			line := fmt.Sprintf("  %5d %s", n, t.paint(outcomeColors[o], string(o)))
			if s := bySeverity(r, o); s != "" {
				line += " (" + s + ")"
			}
			b.WriteString(line + "\n")
		}
	}
	t.running(b, "", "sent: "+tally(r.Sent))
	if withheld := tally(r.Withheld); withheld != "none" {
		t.running(b, "", "would have been sent: "+withheld)
	}
	if r.Repeat > 1 {
		t.running(b, "", fmt.Sprintf("each was asked %d times", r.Repeat))
	}
	for _, note := range r.Notes {
		t.running(b, "", note)
	}
	if r.Ended != "" {
		t.running(b, yellow, "ended early: "+r.Ended)
	}
}

// paint colours a text, if the style has colours.
func (t Text) paint(color, words string) string {
	if t.Style != harness.ANSIColors {
		return words
	}
	return plain.Color(color, words)
}
