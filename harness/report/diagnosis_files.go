package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/snippet"
)

//go:embed diagnosis.schema.json
var diagnosisSchemaJSON string

// DiagnosisSchemaJSON returns the JSON Schema (draft 2020-12) of what [DiagnosisJSON] writes.
// It refers to the schema of [SchemaJSON].
func DiagnosisSchemaJSON() []byte { return []byte(diagnosisSchemaJSON) }

//go:embed visit.schema.json
var visitSchemaJSON string

// VisitSchemaJSON returns the JSON Schema (draft 2020-12) of what corsproof diagnose prints of a
// visit with --json: a [harness.Visited] with the diagnoses of what was blocked. It refers to the
// schemas of [SchemaJSON] and of [DiagnosisSchemaJSON].
func VisitSchemaJSON() []byte { return []byte(visitSchemaJSON) }

// DiagnosisJSON writes a diagnosis as one document, without secrets.
func DiagnosisJSON(w io.Writer, d Diagnosed) error { return writeJSON(w, d) }

// diagnosisLimit is the size that Markdown has at most, in bytes: an issue of GitHub has room for
// 65,536 characters, and a reader for less.
const diagnosisLimit = 16 << 10

// DiagnosisMarkdown writes what a person pastes into an issue or a chat: the cause, the layer, the
// remedy and what proves it, the exchange, and the line that asks again. It has no HTML, which a
// chat shows as it is.
func DiagnosisMarkdown(w io.Writer, d Diagnosed) error {
	var b strings.Builder
	mark := "✅"
	if d.Seen.Verdict == harness.Blocked {
		mark = "❌"
	} else if d.Cause != "" {
		mark = "⚠️"
	}
	fmt.Fprintf(&b, "### %s %s from %s\n\n%s.\n\n", mark, codeSpan(d.asked()), codeSpan(d.Seen.Request.From), markdown(diagnosisHeadline(d)))
	for _, p := range partsOf(d) {
		if p.Label == "Tried" { // the evidence says what it showed
			continue
		}
		texts := make([]string, len(p.Texts))
		for i, text := range p.Texts {
			texts[i] = prose(text)
		}
		fmt.Fprintf(&b, "- **%s:** %s\n", p.Label, strings.Join(texts, "; "))
	}
	if d.Trial != nil && d.Trial.Proved {
		fmt.Fprintf(&b, "- **Proved:** %s\n", prose(browserOf(d.Seen)+" was asked again"+edited(d)+", and "+provedAs(*d.Trial)+". This is what would be, not what is."))
	}
	fenced(&b, "", exchangeOf(d).Text(harness.PlainText, 0))
	if d.Software != "" && len(d.Snippets) > 0 {
		s := d.Snippets[0]
		fmt.Fprintf(&b, "\n%s\n", markdown(snippetTitle(d)))
		fenced(&b, "", s.Text)
		b.WriteString("\n" + markdown(snippetTried(s)) + "\n")
	}
	if d.Again != "" {
		fenced(&b, "sh", d.Again)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// anyURL is a URL in a sentence, without the mark that may follow it.
var anyURL = regexp.MustCompile(`\bhttps?://[^\s,;"'<>]*[^\s,;:.?!)"'<>]`)

// prose is a sentence with its URLs as code: a chat shows the backslashes that would else keep them
// from being links.
func prose(text string) string {
	var b strings.Builder
	text, end := printable(text, textLimit), 0
	for _, at := range anyURL.FindAllStringIndex(text, -1) {
		b.WriteString(markdown(text[end:at[0]]) + codeSpan(text[at[0]:at[1]]))
		end = at[1]
	}
	return b.String() + markdown(text[end:])
}

// edited names the URL of a trial, where it is another one, and lists the edits.
func edited(d Diagnosed) string {
	r, url := d.Trial.Seen.Redacted().Request, ""
	if otherURL(d) {
		url = " for " + r.URL
	}
	if len(r.WhatIf) == 0 {
		return url
	}
	list := make([]string, len(r.WhatIf))
	for i, e := range r.WhatIf {
		list[i] = e.String()
	}
	return url + " with these edits (" + strings.Join(list, ", ") + ")"
}

// provedAs is what a trial came to.
func provedAs(t diagnose.Trial) string {
	if next := t.Next(); next != "" {
		return fmt.Sprintf("the request leaves the browser, and its answer is blocked for another reason, %s", printable(string(next), 60))
	}
	if t.Seen.Withheld() {
		return "the preflight passes: " + t.Seen.Browser.Brand() + " would send the request"
	}
	return "the page can read the response"
}

// codeSpan is a value from outside as code. A backtick of the value, which no URL has, is replaced.
func codeSpan(value string) string {
	return "`" + strings.ReplaceAll(printable(value, textLimit), "`", "'") + "`"
}

// fenced writes a block of code. The fence is longer than any run of backticks in the text.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks
func fenced(b *strings.Builder, language, text string) {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	room := diagnosisLimit - b.Len()
	if cut, left := cutAt(text, max(room, 0)); left > 0 {
		text = fmt.Sprintf("%s… (%d characters more)", cut, left)
	}
	fmt.Fprintf(b, "\n%s%s\n%s\n%s\n", fence, language, strings.TrimRight(text, "\n"), fence)
}

// diagnosisSheet is the data of the page of a diagnosis.
type diagnosisSheet struct {
	frame
	Asked, From, Headline, Class, Corsproof, Again, Proof, Remedy string
	Parts                                                         []said
	Is, WouldBe                                                   template.HTML // the transcripts, which stand where no script runs
	Experiments                                                   []experimentRow
	Snippets                                                      []snippetRow
	Facts                                                         []fact
	Flags                                                         []string
	Data                                                          drawing
}

// experimentRow is an experiment, in the page.
type experimentRow struct {
	Name, Outcome string
	Transcript    template.HTML
}

// snippetRow is a snippet, in the page.
type snippetRow struct {
	snippet.Snippet
	Tried string
	First bool
}

// DiagnosisHTML writes one file that loads nothing: the failing exchange beside the exchange with
// the remedy, and what to write in each software.
func DiagnosisHTML(w io.Writer, d Diagnosed) error {
	seen := d.Seen.Redacted()
	s := diagnosisSheet{
		frame: frameOf(d.asked()+" · corsproof diagnose", []string{"style.css", "diagram.css", "conform.css", "diagnosis.css"}, []string{"diagram.js", "shared.js", "diagnosis.js"}),
		Asked: printable(d.asked(), textLimit), From: printable(seen.Request.From, textLimit), Headline: printable(diagnosisHeadline(d), textLimit),
		Class: class(diagnosisOutcome(d)), Corsproof: printable(d.Corsproof, 60), Again: printable(d.Again, 2*textLimit), Remedy: printable(d.Remedy, textLimit),
		Is: template.HTML(exchangeOf(d).HTML(columns)), Flags: printables(seen.Browser.Flags),
		Facts: []fact{{"Asked by", printable(browserOf(seen), 60)}},
	}
	for _, p := range partsOf(d) {
		if p.Label != "Tried" && p.Label != "Remedy" {
			s.Parts = append(s.Parts, said{p.Label, printables(p.Texts)})
		}
	}
	steps := []finding.Step{{Want: harness.Readable, Observation: seen}}
	if d.Trial != nil && d.Trial.Proved {
		s.Proof, s.WouldBe = proofOf(d), template.HTML(limited(d.Trial.Seen.Transcript(), textLimit).HTML(columns))
		steps = append(steps, finding.Step{Want: harness.Readable, Observation: d.Trial.Seen.Redacted()})
	}
	for _, e := range d.Experiments {
		s.Experiments = append(s.Experiments, experimentRow{printable(e.Name, textLimit), printable(e.Outcome(), textLimit), template.HTML(limited(e.Seen.Transcript(), textLimit).HTML(columns))})
	}
	for i, x := range d.Snippets {
		s.Snippets = append(s.Snippets, snippetRow{x, snippetTried(x), i == 0 && d.Software != ""})
	}
	s.Data = draw(browserOf(seen), []finding.Finding{{Steps: steps}})
	return pages.ExecuteTemplate(w, "diagnosis.html", s)
}

// diagnosisOutcome is the outcome whose look a diagnosis has.
func diagnosisOutcome(d Diagnosed) finding.Outcome {
	switch {
	case d.Seen.Verdict == harness.Blocked:
		return finding.Broken
	case d.Cause != "":
		return finding.Flaky
	}
	return finding.Held
}
