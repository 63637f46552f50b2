package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/finding"
)

// librarySheet is the data of the page of a library.
type librarySheet struct {
	frame
	Name, Title, Corsproof, NotRun string
	Facts                          []fact
	Flags                          []string
	Since                          since
	Legend                         []legend // the verdicts that the library has
	Levels                         []string
	Gaps                           []string
	Cells                          []cellRow
	Policies                       []policyRow
	Data                           drawing
}

// cellRow is a cell in the list of a library's page.
type cellRow struct {
	Class, Mark, Verdict, Level, ID, Sentence, Anchor string
	Moved, Seen, Policy, Reason, Documented           string
	// Href leads to the finding that decided, or to the policy.
	Href string
}

// policyRow is a policy with what was found out.
type policyRow struct {
	Name, Anchor, Title, Kind, State, Text, Config, Said string
	Unsupported                                          []string
	Verdicts                                             []legend // Sentence has the behaviours
	Findings                                             []row
	Open                                                 bool
}

// libraryOf prepares the page of a library.
func libraryOf(m conform.Matrix, r conform.Result, before *conform.Matrix, changes []conform.Change) librarySheet {
	s := librarySheet{
		Name: r.Name, Title: libraryName(r), Corsproof: printable(m.Corsproof, 60), NotRun: paragraph(r.NotRun),
		Facts: libraryFacts(m, r), Flags: printables(m.Chrome.Flags), Since: sinceOf(m, before, changes),
		Legend: slices.DeleteFunc(legendOf(r), func(l legend) bool { return l.N == 0 }),
	}
	s.frame = frameOf(s.Title+" · corsproof", []string{"style.css", "diagram.css", "conform.css"}, []string{"diagram.js", "shared.js", "library.js"})
	for _, g := range gapsOf(r) {
		s.Gaps = append(s.Gaps, printable(sentence(g.sentence()), 2*textLimit))
	}
	var findings []finding.Finding
	for _, p := range r.Policies {
		findings = append(findings, p.Findings...)
	}
	anchors := anchorsOf(findings)
	places := map[string]string{} // the anchor of each finding
	for _, p := range r.Policies {
		list := anchors[:len(p.Findings)]
		anchors = anchors[len(list):]
		s.Policies = append(s.Policies, policyOf(p, list))
		for i, f := range p.Findings {
			places[placeIn(p.Name, f)] = list[i]
		}
	}
	cells := slices.Clone(r.Cells)
	conform.SortCells(cells)
	for _, c := range cells {
		row := cellRowOf(c)
		if _, ok := r.Policy(c.Policy); ok {
			row.Href = "#" + policyAnchor(c.Policy)
		}
		if f, ok := r.Deciding(c); ok {
			row.Href = "#" + places[placeIn(c.Policy, f)]
		}
		s.Cells = append(s.Cells, row)
		if row.Level != "" && !slices.Contains(s.Levels, row.Level) {
			s.Levels = append(s.Levels, row.Level)
		}
	}
	s.Data = draw(m.Chrome.Version, findings)
	return s
}

// placeIn identifies a finding in the page of a library.
func placeIn(policy string, f finding.Finding) string { return policy + "\x00" + fingerprint(f) }

// paragraph returns a text of several lines for a pre element.
func paragraph(text string) string { return strings.Join(snippetLines(text), "\n") }

// libraryFacts returns the lines about a library for the head of its page.
func libraryFacts(m conform.Matrix, r conform.Result) []fact {
	states := map[string]int{}
	probes := 0
	for _, p := range r.Policies {
		states[string(p.State)]++
		probes += p.Asked
	}
	list := []fact{
		{"Adapter", r.Name},
		{"Language", languageName(r.Language)},
		{"Version", printable(r.Version, 60)},
		{"Asked by", printable(m.Chrome.Version, 80)},
		{"On", m.Started.UTC().Format(pageTime)},
	}
	if r.NotRun == "" {
		list = append(list, fact{"In", duration(r.Seconds)}, fact{"Policies", tally(states)}, fact{"Probes asked", fmt.Sprint(probes)})
	}
	return slices.DeleteFunc(list, func(f fact) bool { return f.Value == "" })
}

// cellRowOf prepares a cell of the list.
func cellRowOf(c conform.Cell) cellRow {
	x := cellRow{
		Class: verdictClass(c.Verdict), Mark: verdictMarks[c.Verdict], Verdict: string(c.Verdict), Level: levelWord(c.ID), ID: printable(c.ID, 20),
		Sentence: sentenceOf(c.ID), Anchor: anchorOf(c.ID), Moved: sentence(wasAndIs(c)), Policy: printable(c.Policy, 60), Reason: printable(oneLine(c.Reason), textLimit), Documented: printable(oneLine(c.Documented), textLimit),
	}
	if c.Verdict != conform.Pass {
		x.Seen = sentence(printable(oneLine(c.Why), textLimit))
	}
	return x
}

// policyAnchor is the anchor of a policy in the page of a library.
func policyAnchor(name string) string {
	if libraryPattern.MatchString(name) {
		return "p-" + name
	}
	return "p-" + fingerprint(finding.Finding{ID: name})[:12]
}

// policyOf prepares a policy. anchors are the anchors of its findings.
func policyOf(p conform.ResultOfPolicy, anchors []string) policyRow {
	x := policyRow{
		Name: printable(p.Name, 60), Anchor: policyAnchor(p.Name), Title: printable(p.Title, textLimit), Kind: printable(string(p.Kind), 20), State: printable(string(p.State), 20),
		Text: paragraph(p.Text), Config: paragraph(p.Config), Unsupported: printables(p.Unsupported), Open: len(p.Findings) > 0,
	}
	if p.Asked > 0 {
		x.Said = quantity(p.Asked, "probe")
		if n := len(p.Findings); n > 0 {
			x.Said += fmt.Sprintf(", %d did not hold", n)
		}
	}
	for _, v := range conform.Verdicts() {
		var ids []string
		for _, c := range p.Verdicts {
			if c.Verdict == v {
				ids = append(ids, c.ID)
			}
		}
		if slices.Sort(ids); len(ids) > 0 {
			x.Verdicts = append(x.Verdicts, legend{verdictClass(v), verdictMarks[v], string(v), printable(ranges(ids), 2*textLimit), len(ids)})
		}
	}
	for i, f := range p.Findings {
		x.Findings = append(x.Findings, findingOf(f, p.Verdict(f), anchors[i]))
	}
	return x
}

// findingOf prepares a finding, with its transcript for a reader without JavaScript.
func findingOf(f finding.Finding, v conform.Verdict, anchor string) row {
	lines := transcript(f, textLimit)
	x := rowOf(f, anchor)
	x.Class, x.Mark, x.Outcome, x.Severity = verdictClass(v), verdictMarks[v], string(v), ""
	x.Transcript = template.HTML(lines.HTML(columns))
	if says(lines, harness.LineMeaning, f.Meaning) {
		x.Meaning = ""
	}
	if says(lines, harness.LineRemedy, f.Remedy) {
		x.Remedy = ""
	}
	return x
}
