package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/finding"
)

//go:embed *.html *.css *.js
var pageFiles embed.FS

// pages are the templates of the pages.
var pages = template.Must(template.ParseFS(pageFiles, "*.html"))

// HTML writes one file that loads nothing: see the package's doc comment.
func HTML(w io.Writer, r finding.Report) error {
	return pages.ExecuteTemplate(w, "page.html", sheetOf(r))
}

// frame is what every page has.
type frame struct {
	Title                 string
	Style                 template.CSS
	Script                template.JS
	StyleHash, ScriptHash string
}

// frameOf makes the frame of a page from embedded files.
func frameOf(title string, styles, scripts []string) frame {
	style, script := "", "'use strict';\n"
	for _, name := range styles {
		style += part(name)
	}
	for _, name := range scripts {
		script += part(name)
	}
	return frame{title, template.CSS(style), template.JS(script), hash(style), hash(script)}
}

// sheet is the data of the template.
type sheet struct {
	frame
	Headline, Class, Severities, Target, Corsproof, Ended, Tolerated string
	Total                                                            int
	Counts                                                           []count
	Problems                                                         []problemRow
	MoreProblems                                                     int // problems that Problems leaves out
	IDs                                                              []idRow
	Facts                                                            []fact
	Notes, Flags                                                     []string
	Matrix                                                           matrix
	Findings                                                         []row
	Data                                                             drawing
}

// count is the number of findings with an outcome.
type count struct {
	Outcome, Class, Mark string
	N, Start             int // Start is the begin of its part of the bar
}

// fact is a line in the head of the page.
type fact struct{ Name, Value string }

// row is a finding in the list.
type row struct {
	Class, Mark, Outcome, Severity, Verdict, ID, Anchor, Line, Below string
	Why, Meaning, Remedy, Key                                        string
	// Plain says that the markup has the explanation of the finding, too, for a reader
	// without JavaScript. Transcript is the exchange for that reader, if there is room.
	Plain      bool
	Transcript template.HTML
}

// marks show the outcomes where colour alone would not be enough.
var marks = map[finding.Outcome]string{
	finding.Broken: "✕", finding.Flaky: "≈", finding.Unexpected: "!", finding.Inconclusive: "?",
	finding.Known: "○", finding.NotAsked: "–", finding.Held: "✓",
}

// class returns the CSS class of an outcome.
func class(o finding.Outcome) string { return strings.ReplaceAll(string(o), " ", "-") }

// sheetOf prepares the template's data from a Report.
func sheetOf(r finding.Report) sheet {
	findings := byWeight(r.Findings)
	anchors := anchorsOf(findings)
	s := sheet{
		Headline: headline(r), Class: class(worst(r)), Severities: bySeverity(r, finding.Broken),
		Target: printable(r.Target, textLimit), Corsproof: printable(r.Corsproof, 60), Ended: printable(r.Ended, textLimit),
		Tolerated: tolerated(r), Total: max(len(findings), 1), Facts: facts(r), Notes: printables(r.Notes), Flags: printables(r.Chrome.Flags),
		Matrix: matrixOf(findings, anchors), IDs: idRows(findings),
	}
	s.frame = frameOf(s.Headline+" · "+s.Target+" · corsproof", []string{"style.css", "diagram.css"}, []string{"diagram.js", "shared.js", "view.js"})
	start := 0
	for _, o := range finding.Outcomes() {
		if n := r.Count(o); n > 0 {
			s.Counts = append(s.Counts, count{string(o), class(o), marks[o], n, start})
			start += n
		}
	}
	for i, f := range findings {
		s.Findings = append(s.Findings, rowOf(f, anchors[i]))
	}
	s.Data = draw(r.Chrome.Version, findings)
	s.Data.place(s.Matrix)
	s.addProblems(findings, anchors)
	return s
}

// part returns an embedded file of the page.
func part(name string) string {
	data, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err) // an embedded file is always there
	}
	return string(data)
}

// hash returns the hash of a text as a Content-Security-Policy writes it.
// https://w3c.github.io/webappsec-csp/#grammardef-hash-source
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// worst returns the worst outcome of the report: it stands for the whole run.
func worst(r finding.Report) finding.Outcome {
	for _, f := range byWeight(r.Findings)[:min(1, len(r.Findings))] {
		if f.NeedsAttention() {
			return f.Outcome
		}
	}
	if !passed(r) {
		return finding.Inconclusive
	}
	return finding.Held
}

// anchorsOf returns a unique anchor in the page for each finding.
func anchorsOf(findings []finding.Finding) []string {
	seen := map[string]int{}
	names := make([]string, len(findings))
	for i, f := range findings {
		name := "f-" + fingerprint(f)[:12]
		if seen[name]++; seen[name] > 1 {
			name += fmt.Sprintf("-%d", seen[name])
		}
		names[i] = name
	}
	return names
}

// facts returns the lines about the run for the head of the page.
func facts(r finding.Report) []fact {
	list := []fact{
		{"Policy", r.Policy},
		{"Asked by", r.Chrome.Named()},
		{"On", r.Started.UTC().Format("2 January 2006, 15:04 MST")},
		{"In", duration(r.Seconds)},
		{"Sent", tally(r.Sent)},
		{"Would have been sent", tally(r.Withheld)},
		{"Fingerprint of the policy", r.Fingerprint},
	}
	if r.Repeat > 1 {
		list = append(list, fact{"Each asked", fmt.Sprintf("%d times", r.Repeat)})
	}
	list = append(list, fact{"Part", partOf(r.Shard)})
	for i := range list {
		list[i].Value = printable(list[i].Value, textLimit)
	}
	return slices.DeleteFunc(list, func(f fact) bool { return f.Value == "" })
}

// printables makes values from outside printable.
func printables(list []string) []string {
	shown := make([]string, len(list))
	for i, text := range list {
		shown[i] = printable(text, textLimit)
	}
	return shown
}

// rowOf returns a finding as a row of the list: first the effect of the break, if there
// is one.
func rowOf(f finding.Finding, anchor string) row {
	x := row{
		Class: class(f.Outcome), Mark: marks[f.Outcome], Outcome: string(f.Outcome), Severity: string(f.Severity), Verdict: verdictOf(f),
		ID: printable(f.ID, 20), Anchor: anchor, Line: printable(f.Title, textLimit), Key: printable(f.Key, textLimit),
		Plain: f.Outcome != finding.Held,
	}
	if f.Effect != "" {
		x.Line, x.Below = printable(f.Effect, textLimit), "Wanted: "+x.Line
	} else if f.Outcome != finding.Held {
		x.Below = sentence(printable(f.Why, textLimit))
	}
	if x.Plain {
		x.Why, x.Meaning, x.Remedy = sentence(printable(f.Why, textLimit)), printable(f.Meaning, textLimit), printable(f.Remedy, textLimit)
	}
	return x
}

// verdictOf returns the verdict that decided, or nothing.
func verdictOf(f finding.Finding) string {
	if s := f.Deciding(); s != nil {
		return string(s.Observation.Verdict)
	}
	return ""
}
