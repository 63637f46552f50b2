package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

// indexFile is the name of the page with the matrix.
const indexFile = "index.html"

// MatrixPages returns pages by their file names: index.html with the matrix, and a page for
// each library. The pages link to each other by name, and load nothing. before, unless nil,
// is an earlier matrix: the pages begin with what changed since.
func MatrixPages(m conform.Matrix, before *conform.Matrix) (map[string][]byte, error) {
	if err := checkMatrix(m); err != nil {
		return nil, err
	}
	var changes []conform.Change
	if before != nil {
		changes = conform.Changes(*before, m)
	}
	files := map[string][]byte{}
	index, err := pageOf("index.html", indexOf(m, before, changes))
	if err != nil {
		return nil, err
	}
	files[indexFile] = index
	for _, r := range m.Libraries {
		name := fileOf(r.Name)
		if name == indexFile {
			return nil, fmt.Errorf("a library is named %s, as the page with the matrix", r.Name)
		}
		own := slices.DeleteFunc(slices.Clone(changes), func(c conform.Change) bool { return c.Library != r.Name })
		if files[name], err = pageOf("library.html", libraryOf(m, r, before, own)); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// pageOf executes a template.
func pageOf(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// fileOf is the file name of a library's page.
func fileOf(library string) string { return library + ".html" }

// indexSheet is the data of the page with the matrix.
type indexSheet struct {
	frame
	Headline, Corsproof, Ended string
	Facts                      []fact
	Flags                      []string
	Since                      since
	Moved                      changeList
	Legend                     []legend
	Levels                     []string
	Columns                    []behaviourRow
	Groups                     []group
	Broad                      int // columns of the matrix
}

// legend is a verdict with its mark. N is how many cells have it.
type legend struct {
	Class, Mark, Verdict, Sentence string
	N                              int
}

// behaviourRow is a behaviour: a column of the matrix, and a row of the list.
type behaviourRow struct {
	ID, Level, Sentence, Anchor string
	// Others are the libraries that do not pass.
	Others []libraryMark
}

// libraryMark is the verdict on a library.
type libraryMark struct{ Class, Mark, Name, Href, Label string }

// group are the libraries of a language.
type group struct {
	Language, Name string
	Rows           []libraryRow
}

// libraryRow is a row of the matrix.
type libraryRow struct {
	Name, Title, Version, Href, NotRun string
	Cells                              []libraryMark
}

// indexOf prepares the page with the matrix.
func indexOf(m conform.Matrix, before *conform.Matrix, changes []conform.Change) indexSheet {
	s := indexSheet{
		Headline: quantity(len(m.Libraries), "CORS library") + ", asked by a real " + m.Chrome.Brand(), Corsproof: printable(m.Corsproof, 60), Ended: printable(oneLine(m.Ended), textLimit),
		Facts: matrixFacts(m), Flags: printables(m.Chrome.Flags), Since: sinceOf(m, before, changes), Legend: legendOf(m.Libraries...), Broad: max(1, len(askedAbout(m.Libraries))),
	}
	s.frame = frameOf(s.Headline+" · corsproof", []string{"style.css", "diagram.css", "conform.css"}, []string{"shared.js", "index.js"})
	for _, l := range behaviour.Levels() {
		s.Levels = append(s.Levels, levelName(l))
	}
	var moved []change
	for _, r := range m.Libraries {
		for _, c := range differing(r) {
			moved = append(moved, changeOfCell(r, c))
		}
	}
	s.Moved = listOf(moved)
	for _, b := range askedAbout(m.Libraries) {
		s.Columns = append(s.Columns, columnOf(b, m.Libraries))
	}
	s.Groups = groupsOf(m.Libraries)
	return s
}

// columnOf prepares a behaviour with the libraries that do not pass, the worst first.
func columnOf(b behaviour.Behaviour, results []conform.Result) behaviourRow {
	row := behaviourRow{ID: b.ID, Level: levelName(b.Level), Sentence: b.Sentence, Anchor: b.Anchor}
	for _, v := range conform.Verdicts() {
		for _, r := range results {
			if c, ok := r.Cell(b.ID); ok && c.Verdict == v && v != conform.Pass {
				row.Others = append(row.Others, markOf(r, c))
			}
		}
	}
	return row
}

// markOf prepares a cell of the matrix.
func markOf(r conform.Result, c conform.Cell) libraryMark {
	mark := verdictMarks[c.Verdict]
	if c.Differs() {
		mark += "!"
	}
	label := fmt.Sprintf("%s, %s: %s", r.Name, c.ID, c.Verdict)
	if c.Verdict != conform.Pass || c.Differs() {
		label = printable(label+". "+remarks(c), textLimit)
	}
	return libraryMark{verdictClass(c.Verdict), mark, r.Name, fileOf(r.Name) + "#" + c.ID, label}
}

// groupsOf groups the rows of the matrix by language.
func groupsOf(results []conform.Result) []group {
	var groups []group
	behaviours := askedAbout(results)
	for _, r := range results {
		i := slices.IndexFunc(groups, func(g group) bool { return g.Language == r.Language })
		if i < 0 {
			i, groups = len(groups), append(groups, group{Language: r.Language, Name: languageName(r.Language)})
		}
		row := libraryRow{Name: r.Name, Title: libraryName(r), Version: printable(r.Version, 20), Href: fileOf(r.Name), NotRun: printable(oneLine(r.NotRun), textLimit)}
		if r.NotRun == "" {
			for _, b := range behaviours {
				if c, ok := r.Cell(b.ID); ok {
					row.Cells = append(row.Cells, markOf(r, c))
				} else {
					row.Cells = append(row.Cells, libraryMark{})
				}
			}
		}
		groups[i].Rows = append(groups[i].Rows, row)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.Name, b.Name) })
	return groups
}

// legendOf explains the verdicts, and counts the cells of some libraries.
func legendOf(results ...conform.Result) []legend {
	var list []legend
	for _, v := range conform.Verdicts() {
		x := legend{verdictClass(v), verdictMarks[v], string(v), v.Sentence(), 0}
		for _, r := range results {
			for _, c := range r.Cells {
				if c.Verdict == v {
					x.N++
				}
			}
		}
		list = append(list, x)
	}
	return list
}

// matrixFacts returns the lines about the run for the head of the page.
func matrixFacts(m conform.Matrix) []fact {
	notRun := 0
	languages := map[string]bool{}
	for _, r := range m.Libraries {
		languages[r.Language] = true
		if r.NotRun != "" {
			notRun++
		}
	}
	libraries := fmt.Sprintf("%d in %s", len(m.Libraries), quantity(len(languages), "language"))
	if notRun > 0 {
		libraries += fmt.Sprintf(", %d of them not run", notRun)
	}
	list := []fact{
		{"Libraries", libraries},
		{"Asked by", printable(m.Chrome.Version, 80)},
		{"On", m.Started.UTC().Format(pageTime)},
		{"In", duration(m.Seconds)},
		{"Requests sent", fmt.Sprint(m.Requests)},
	}
	if part := partOf(m.Shard); part != "" {
		list = append(list, fact{"Part", part})
	}
	return list
}
