package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/conform"
)

// tableColumns is how many libraries a table has at most: GitHub shows a wider table in a
// small window.
const tableColumns = 14

// MatrixMarkdown writes tables of behaviours by libraries, the failures of each library,
// and the behaviours. A behaviour that all libraries of a table pass has no row there:
// it is named below the table.
func MatrixMarkdown(w io.Writer, m conform.Matrix) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, asked by %s on %s%s.\n\n", quantity(len(m.Libraries), "library"), markdown(m.Chrome.Version), m.Started.UTC().Format("2006-01-02 15:04 MST"),
		markdown(prefixed(", part ", partOf(m.Shard))))
	if m.Ended != "" {
		b.WriteString("> **Ended early:** " + markdown(oneLine(m.Ended)) + "\n\n")
	}
	ran := slices.DeleteFunc(slices.Clone(m.Libraries), func(r conform.Result) bool { return r.NotRun != "" })
	if len(ran) > 0 {
		markdownLegend(&b)
	}
	for _, group := range tablesOf(ran) {
		if group.title != "" {
			fmt.Fprintf(&b, "### %s\n\n", markdown(group.title))
		}
		markdownTable(&b, group.libraries)
	}
	markdownFailures(&b, m.Libraries)
	if len(ran) > 0 {
		b.WriteString("<details><summary>The behaviours</summary>\n\n| | level | |\n| --- | --- | --- |\n")
		for _, x := range askedAbout(ran) {
			fmt.Fprintf(&b, "| [%s](%s) | %s | %s |\n", x.ID, x.Anchor, levelName(x.Level), markdown(x.Sentence))
		}
		b.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownLegend explains the marks.
func markdownLegend(b *strings.Builder) {
	b.WriteString("| mark | verdict | |\n| --- | --- | --- |\n")
	for _, v := range conform.Verdicts() {
		fmt.Fprintf(b, "| %s | %s | %s |\n", markdownMark(conform.Cell{Verdict: v}), markdown(string(v)), markdown(v.Sentence()))
	}
	b.WriteString("\n**!** behind a mark: the baseline expects another verdict.\n\n")
}

// markdownMark returns the mark of a cell. A failure is bold, and so is what differs from
// the baseline.
func markdownMark(c conform.Cell) string {
	mark := verdictMarks[c.Verdict]
	if c.Differs() {
		mark += "!"
	}
	if c.Verdict.Failed() || c.Differs() {
		return "**" + mark + "**"
	}
	return mark
}

// tableOf are the libraries of one table.
type tableOf struct {
	title     string
	libraries []conform.Result
}

// tablesOf divides libraries into tables: one table if it is narrow enough, or one for
// each language, or several for a language.
func tablesOf(results []conform.Result) []tableOf {
	byLanguage := slices.Clone(results)
	slices.SortStableFunc(byLanguage, func(a, b conform.Result) int { return cmp.Compare(a.Language, b.Language) })
	if len(results) == 0 {
		return nil
	}
	if len(results) <= tableColumns {
		return []tableOf{{"", byLanguage}}
	}
	var tables []tableOf
	for len(byLanguage) > 0 {
		language := byLanguage[0].Language
		n := slices.IndexFunc(byLanguage, func(r conform.Result) bool { return r.Language != language })
		if n < 0 {
			n = len(byLanguage)
		}
		parts := (n + tableColumns - 1) / tableColumns // of about the same width
		for i, part := range slices.Collect(slices.Chunk(byLanguage[:n], (n+parts-1)/parts)) {
			title := languageName(language)
			if parts > 1 {
				title += fmt.Sprintf(" (%d of %d)", i+1, parts)
			}
			tables = append(tables, tableOf{title, part})
		}
		byLanguage = byLanguage[n:]
	}
	return tables
}

// markdownTable writes a table of behaviours by libraries.
func markdownTable(b *strings.Builder, results []conform.Result) {
	b.WriteString("| | level | behaviour |")
	for _, r := range results {
		fmt.Fprintf(b, " %s<br>%s |", markdown(r.Name), markdown(shortened(cmp.Or(r.Version, "?"), 20)))
	}
	b.WriteString("\n| --- | --- | --- |" + strings.Repeat(" :-: |", len(results)) + "\n")
	var passed []string
	for _, x := range askedAbout(results) {
		if !slices.ContainsFunc(results, func(r conform.Result) bool {
			c, ok := r.Cell(x.ID)
			return !ok || c.Verdict != conform.Pass || c.Differs()
		}) {
			passed = append(passed, x.ID)
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s |", x.ID, levelName(x.Level), markdown(x.Sentence))
		for _, r := range results {
			mark := ""
			if c, ok := r.Cell(x.ID); ok {
				mark = markdownMark(c)
			}
			fmt.Fprintf(b, " %s |", mark)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	if len(passed) > 0 {
		fmt.Fprintf(b, "%s for all of them: %s.\n\n", verdictMarks[conform.Pass], ranges(passed))
	}
}

// markdownFailures writes what each library fails, and the libraries that were not run.
func markdownFailures(b *strings.Builder, results []conform.Result) {
	for _, r := range results {
		cells, gaps := noted(r), gapsOf(r)
		if len(cells) == 0 && len(gaps) == 0 && r.NotRun == "" {
			continue
		}
		fmt.Fprintf(b, "**%s** (%s)\n\n", markdown(libraryName(r)), markdown(r.Name))
		if r.NotRun != "" {
			fmt.Fprintf(b, "- not run: %s\n", markdown(oneLine(r.NotRun)))
		}
		for _, c := range cells {
			fmt.Fprintf(b, "- %s %s %s %s\n", markdownMark(c), markdown(c.ID), markdown(sentence(sentenceOf(c.ID))), markdown(remarks(c)))
		}
		for _, g := range gaps {
			fmt.Fprintf(b, "- %s %s\n", verdictMarks[conform.NoVerdict], markdown(sentence(g.sentence())))
		}
		b.WriteByte('\n')
	}
}
