package report

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/corsproof/corsproof/harness/finding"
)

// comparisonDocument is a Comparison with its groups, which a reader of the JSON need not
// compute.
type comparisonDocument struct {
	Groups []finding.DifferenceGroup `json:"groups"`
	finding.Comparison
}

// ComparisonJSON writes a Comparison as one document, with its groups.
func ComparisonJSON(w io.Writer, c finding.Comparison) error {
	if c.Differences == nil {
		c.Differences = []finding.Difference{}
	}
	return writeJSON(w, comparisonDocument{c.Groups(), c})
}

// writeJSON writes an indented document.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// ComparisonJUnit writes a test case for each difference: a failure, or an error where there
// is no verdict. The probes that are the same have no names in a Comparison: a property has
// their number.
func ComparisonJUnit(w io.Writer, c finding.Comparison) error {
	suite := junit.Testsuite{Name: xmlText("corsproof compare "+c.Left+" "+c.Right, textLimit), Time: fmt.Sprintf("%.3f", c.Seconds)}
	addProperties(&suite, [][2]string{
		{"policy", c.Policy}, {"left", c.Left}, {"right", c.Right}, {"chrome", c.Chrome.Version}, {"same", fmt.Sprint(c.Same)}, {"ended", c.Ended},
	})
	for _, g := range c.Groups() {
		suite.AddTestcase(groupCase(c, g))
	}
	suites := junit.Testsuites{Name: "corsproof", Time: suite.Time}
	suites.AddSuite(suite)
	return writeSuites(w, suites)
}

// groupCase returns the test case of what differs.
func groupCase(c finding.Comparison, g finding.DifferenceGroup) junit.Testcase {
	result := &junit.Result{Message: xmlText(leftAndRight(g), textLimit), Type: string(g.Kind), Data: legal("\n" + groupStory(c, g))}
	x := junit.Testcase{Name: xmlText(g.Headline+", "+quantity(len(g.Probes), "probe"), textLimit), Classname: "compare"}
	if g.Kind == finding.NoVerdict {
		x.Error = result
	} else {
		x.Failure = result
	}
	return x
}

// leftAndRight says in one line what each target does.
func leftAndRight(g finding.DifferenceGroup) string {
	return fmt.Sprintf("left: %s; right: %s", orNone(g.Left), orNone(g.Right))
}

// groupStory is the text of what differs: the transcripts of its first probe where the
// verdicts differ, and its probes.
func groupStory(c finding.Comparison, g finding.DifferenceGroup) string {
	var lines []string
	places := g.Places()
	if g.Kind == finding.DifferentVerdict {
		first := c.Differences[places[0]]
		lines = append(lines, "left", transcriptText(first.Left, textLimit), "", "right", transcriptText(first.Right, textLimit), "")
	}
	for i, at := range places {
		if i == summaryRows {
			lines = append(lines, "  and "+quantity(len(places)-i, "more probe"))
			break
		}
		f := c.Differences[at].Left
		lines = append(lines, "  "+printable(f.ID, 20)+"  "+printable(f.Title, textLimit))
	}
	return strings.Join(append(lines, ""), "\n")
}

// ComparisonMarkdown writes Markdown: how much differs, a row for each thing, and its story.
func ComparisonMarkdown(w io.Writer, c finding.Comparison) error {
	var b strings.Builder
	groups := c.Groups()
	mark := "✅"
	switch comparisonColor(c) {
	case red:
		mark = "❌"
	case yellow:
		mark = "⚠️"
	}
	fmt.Fprintf(&b, "## %s corsproof compare: %s\n\n", mark, comparisonHeadline(c, groups))
	fmt.Fprintf(&b, "left %s, right %s: %s, asked by %s in %s.\n\n", markdown(c.Left), markdown(c.Right), markdown(c.Policy), markdown(c.Chrome.Version), duration(c.Seconds))
	if len(groups) > 0 {
		b.WriteString("| | what differs | left | right | probes |\n| --- | --- | --- | --- | ---: |\n")
		for _, g := range groups[:min(summaryRows, len(groups))] {
			fmt.Fprintf(&b, "| **%s** | %s | %s | %s | %d |\n", markdown(string(g.Kind)), markdown(g.Headline), markdown(orNone(g.Left)), markdown(orNone(g.Right)), len(g.Probes))
		}
		b.WriteByte('\n')
	}
	for _, line := range comparisonCounts(c) {
		b.WriteString("- " + markdown(strings.TrimSpace(line)) + "\n")
	}
	b.WriteByte('\n')
	for _, note := range c.Notes {
		b.WriteString("> " + markdown(note) + "\n")
	}
	if c.Ended != "" {
		b.WriteString("> **Ended early:** " + markdown(c.Ended) + "\n")
	}
	for _, g := range groups {
		block := fmt.Sprintf("\n<details><summary>%s</summary>\n\n<pre>\n%s</pre>\n\n</details>\n", html.EscapeString(printable(g.Headline, textLimit)), html.EscapeString(groupStory(c, g)))
		if b.Len()+len(block) > summaryLimit-summarySpare {
			b.WriteString("\nThere was no room for the rest.\n")
			break
		}
		b.WriteString(block)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// comparisonSheet is the data of the page of a comparison.
type comparisonSheet struct {
	frame
	Headline, Class, Left, Right, Ended string
	Counts, Notes, Flags                []string
	Facts                               []fact
	Groups                              []groupRow
}

// groupRow is what differs, in the page.
type groupRow struct {
	Class, Mark, Kind, Headline, Left, Right, Probes string
	Story                                            string
}

// kindOutcomes are the outcomes whose look the kinds have.
var kindOutcomes = map[finding.DifferenceKind]finding.Outcome{
	finding.DifferentVerdict: finding.Broken, finding.DifferentWire: finding.Flaky, finding.NoVerdict: finding.Inconclusive,
}

// ComparisonHTML writes one file that loads nothing, and has no script.
func ComparisonHTML(w io.Writer, c finding.Comparison) error {
	groups := c.Groups()
	s := comparisonSheet{
		frame:    frameOf(comparisonHeadline(c, groups)+" · corsproof compare", []string{"style.css", "diagram.css", "conform.css"}, nil),
		Headline: comparisonHeadline(c, groups), Class: class(finding.Held), Left: printable(c.Left, textLimit), Right: printable(c.Right, textLimit),
		Ended: printable(c.Ended, textLimit), Notes: printables(c.Notes), Flags: printables(c.Chrome.Flags), Counts: comparisonCounts(c),
		Facts: []fact{{"Policy", printable(c.Policy, textLimit)}, {"Asked by", printable(c.Chrome.Version, 60)}, {"In", duration(c.Seconds)}},
	}
	for i, g := range groups {
		outcome := kindOutcomes[g.Kind]
		if i == 0 {
			s.Class = class(outcome)
		}
		s.Groups = append(s.Groups, groupRow{
			Class: class(outcome), Mark: marks[outcome], Kind: printable(string(g.Kind), 20), Headline: printable(g.Headline, textLimit),
			Left: printable(orNone(g.Left), textLimit), Right: printable(orNone(g.Right), textLimit), Probes: quantity(len(g.Probes), "probe"), Story: groupStory(c, g),
		})
	}
	return pages.ExecuteTemplate(w, "comparison.html", s)
}
