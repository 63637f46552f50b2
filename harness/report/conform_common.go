package report

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

// verdictMarks show the verdicts in tables. They say the same as the colours.
var verdictMarks = map[conform.Verdict]string{
	conform.FailOpen: "FO", conform.FailClosed: "FC", conform.SilentNoop: "SN", conform.NoVerdict: "?",
	conform.SpecDivergence: "SD", conform.Pass: "✓", conform.Refused: "R", conform.Unsupported: "–",
}

// verdictColors are the colours of the verdicts at a terminal. FailOpen alone is red.
var verdictColors = map[conform.Verdict]string{
	conform.FailOpen: red, conform.FailClosed: yellow, conform.SilentNoop: yellow, conform.NoVerdict: yellow,
	conform.SpecDivergence: bold, conform.Pass: green, conform.Refused: faint, conform.Unsupported: faint,
}

// verdictClass returns the CSS class of a verdict.
func verdictClass(v conform.Verdict) string { return strings.ToLower(string(v)) }

// languages are the names of languages that are not the name of their folder.
var languages = map[string]string{
	"go": "Go", "node": "Node.js", "python": "Python", "rust": "Rust", "java": "Java and Kotlin", "ruby": "Ruby", "perl": "Perl", "php": "PHP",
	"dotnet": ".NET", "config": "Servers by configuration", "fixtures": "Recorded headers, not the products", "": "Other libraries",
}

// languageName returns a language as a heading has it.
func languageName(language string) string {
	return cmp.Or(languages[language], printable(language, 40))
}

// libraryName returns the name and the version of what was tested, or the name of the
// adapter where that is unknown.
func libraryName(r conform.Result) string {
	name := cmp.Or(r.Library, r.Name)
	if r.Version != "" {
		name += " " + r.Version
	}
	return printable(name, 60)
}

// sentenceOf says what a behaviour requires. It is empty for an unknown behaviour.
func sentenceOf(id string) string {
	b, _ := behaviour.Of(id)
	return b.Sentence
}

// levelWord returns the level of a behaviour as a word.
func levelWord(id string) string {
	b, _ := behaviour.Of(id)
	return levelName(b.Level)
}

// askedAbout returns the behaviours with a verdict on at least one library: all of them,
// unless a few policies were chosen, or nothing was run.
func askedAbout(results []conform.Result) []behaviour.Behaviour {
	return slices.DeleteFunc(behaviour.All(), func(b behaviour.Behaviour) bool {
		return !slices.ContainsFunc(results, func(r conform.Result) bool {
			_, ok := r.Cell(b.ID)
			return ok
		})
	})
}

// noted returns the cells that fail or differ from the baseline, the worst first.
func noted(r conform.Result) []conform.Cell {
	cells := slices.DeleteFunc(slices.Clone(r.Cells), func(c conform.Cell) bool { return !c.Verdict.Failed() && !c.Differs() })
	conform.SortCells(cells)
	return cells
}

// differing returns the cells that differ from the baseline, the worst first.
func differing(r conform.Result) []conform.Cell {
	return slices.DeleteFunc(noted(r), func(c conform.Cell) bool { return !c.Differs() })
}

// gap is evidence that is missing, for one reason.
type gap struct {
	why string
	// policies are the policies that the adapter failed with, if it did.
	policies []string
	// ids are the behaviours without a verdict. There may be none, since other policies
	// ask about the same behaviours.
	ids []string
}

// gapsOf returns the missing evidence, grouped by its reason.
func gapsOf(r conform.Result) []gap {
	var list []gap
	of := func(why string) *gap {
		i := slices.IndexFunc(list, func(g gap) bool { return g.why == why })
		if i < 0 {
			i, list = len(list), append(list, gap{why: why})
		}
		return &list[i]
	}
	for _, p := range r.Policies {
		if p.State == conform.Faulty {
			g := of(p.Text)
			g.policies = append(g.policies, p.Name)
		}
	}
	for _, c := range r.Cells {
		if c.Verdict == conform.NoVerdict {
			g := of(c.Why)
			g.ids = append(g.ids, c.ID)
		}
	}
	return list
}

// sentence names the missing evidence.
func (g gap) sentence() string {
	var parts []string
	if len(g.policies) > 0 {
		parts = append(parts, "the adapter failed with "+counted("policy", g.policies)+", which says nothing about the library")
	}
	if len(g.ids) > 0 {
		parts = append(parts, "no verdict on "+ranges(g.ids))
	}
	return strings.Join(parts, "; ") + prefixed(": ", oneLine(g.why))
}

// counted writes a list of names, with their noun if there are many.
func counted(noun string, names []string) string {
	const most = 6
	if len(names) > most {
		return quantity(len(names), noun)
	}
	return plural(len(names), noun) + " " + strings.Join(names, ", ")
}

// ranges writes ids, with three or more that follow each other in the catalogue as a
// range.
func ranges(ids []string) string {
	all := behaviour.All()
	at := func(id string) int {
		return slices.IndexFunc(all, func(b behaviour.Behaviour) bool { return b.ID == id })
	}
	var parts []string
	for i := 0; i < len(ids); {
		j := i
		for j+1 < len(ids) && at(ids[j]) >= 0 && at(ids[j+1]) == at(ids[j])+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, ids[i]+" to "+ids[j])
		} else {
			parts = append(parts, ids[i:j+1]...)
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// wasAndIs says how a verdict differs from the baseline. It is empty where it does not.
func wasAndIs(c conform.Cell) string {
	if !c.Differs() {
		return ""
	}
	return fmt.Sprintf("was %s, is %s", c.Wanted, c.Verdict)
}

// seen says with which policy what was seen.
func seen(c conform.Cell) string {
	if c.Policy == "" {
		return oneLine(c.Why)
	}
	return "Policy " + c.Policy + prefixed(": ", oneLine(c.Why))
}

// remarks says how a cell differs from the baseline, what was seen, and what the baseline
// says.
func remarks(c conform.Cell) string {
	var parts []string
	for _, part := range []string{wasAndIs(c), seen(c), prefixed("the baseline says: ", oneLine(c.Reason)), prefixed("documented: ", oneLine(c.Documented))} {
		if part != "" {
			parts = append(parts, sentence(part))
		}
	}
	return strings.Join(parts, " ")
}

// verdictCounts counts the cells of each verdict, such as "1 FAIL-OPEN, 73 PASS".
func verdictCounts(results ...conform.Result) string {
	var parts []string
	for _, l := range legendOf(results...) {
		if l.N > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", l.N, l.Verdict))
		}
	}
	return strings.Join(parts, ", ")
}

// snippetLines returns a configuration line by line. Tabs are blanks, since a tab in a
// terminal or a table is as wide as it likes.
func snippetLines(config string) []string {
	text := strings.ReplaceAll(strings.Trim(config, "\n"), "\t", "    ")
	if text == "" {
		return nil
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = printable(strings.TrimRight(line, " "), 5*textLimit)
	}
	return lines
}

// oneLine returns the lines of an error text as one line.
func oneLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " / ")
}

// quantity writes a number with its noun.
func quantity(n int, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun)) }

// plural returns a noun as it stands behind a number.
func plural(n int, noun string) string {
	stem, y := strings.CutSuffix(noun, "y")
	switch {
	case n == 1:
		return noun
	case y:
		return stem + "ies"
	}
	return noun + "s"
}

// libraryPattern is what the name of a library looks like. It is a part of file names.
var libraryPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// checkMatrix finds faults that no run writes.
func checkMatrix(m conform.Matrix) error {
	var faults []error
	if s := m.Shard; s != nil && (s.Index < 1 || s.Index > s.Of) {
		faults = append(faults, fmt.Errorf("shard %s: there is none", s))
	}
	seen := map[string]bool{}
	for i, l := range m.Libraries {
		switch {
		case !libraryPattern.MatchString(l.Name):
			faults = append(faults, fmt.Errorf("library %d: the name %.60q is not made of lower-case letters, digits and hyphens", i+1, l.Name))
		case seen[l.Name]:
			faults = append(faults, fmt.Errorf("library %d: %s is there twice", i+1, l.Name))
		}
		seen[l.Name] = true
		faults = append(faults, checkCells(l.Name, l.Cells)...)
		for _, p := range l.Policies {
			faults = append(faults, checkCells(l.Name+", policy "+p.Name, p.Verdicts)...)
			for j, f := range p.Findings {
				faults = append(faults, checkFinding(fmt.Sprintf("%s, policy %s, finding %d", l.Name, p.Name, j+1), f))
			}
		}
	}
	return errors.Join(faults...)
}

// checkCells finds verdicts that this program does not know.
func checkCells(where string, cells []conform.Cell) (faults []error) {
	for _, c := range cells {
		for _, v := range []conform.Verdict{c.Verdict, cmp.Or(c.Wanted, c.Verdict)} {
			if !slices.Contains(conform.Verdicts(), v) {
				faults = append(faults, fmt.Errorf("%s, %s: the verdict %q is unknown", where, c.ID, v))
			}
		}
	}
	return faults
}

// anchorOf is the deciding place in the Fetch standard.
func anchorOf(id string) string {
	b, _ := behaviour.Of(id)
	return b.Anchor
}
