package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/finding"
)

// matrix is a table of findings: origins by resources and methods.
type matrix struct {
	Resources []resource
	Columns   []column
	Rows      []origins
	// at is the row and the column of each finding.
	at [][2]int
}

type resource struct {
	Name string
	Span int
}

type column struct {
	Resource, Method string
	First            bool // of its resource
}

type origins struct {
	Origin string
	Cells  []cell
}

// Parts splits the origin where a narrow column may wrap it: look-alikes differ at their
// end, so that none of it may be cut.
func (o origins) Parts() []string {
	var parts []string
	for i, part := range strings.SplitAfter(o.Origin, "//") {
		if i == 0 {
			parts = append(parts, part)
			continue
		}
		for j, label := range strings.Split(part, ".") {
			if j > 0 {
				label = "." + label
			}
			parts = append(parts, label)
		}
	}
	return parts
}

// printedColumns is how many columns a page of A4 has room for.
const printedColumns = 12

// Broad says that the matrix is too broad for a page of paper.
func (m matrix) Broad() bool { return len(m.Columns) > printedColumns }

// cell summarizes the findings of one origin for one resource and method.
type cell struct {
	Class, Mark, Anchor, Label string
	N, Of                      int // N of Of findings have the worst outcome
	Row, Column                int
	First                      bool
}

// matrixOf puts findings in a table. The findings are in the order of their weight, so
// the origins with the worst findings come first.
func matrixOf(findings []finding.Finding, anchors []string) matrix {
	m := matrix{at: make([][2]int, len(findings))}
	resources, methods := names(findings)
	columns := map[[2]string]int{}
	for _, r := range resources {
		span := 0
		for _, method := range methods[r] {
			columns[[2]string{r, method}] = len(m.Columns)
			m.Columns = append(m.Columns, column{printable(r, 120), printable(cmp.Or(method, "–"), 20), span == 0})
			span++
		}
		m.Resources = append(m.Resources, resource{printable(r, 120), span})
	}
	rows := map[string]int{}
	for i, f := range findings {
		name := originOf(f)
		at, known := rows[name]
		if !known {
			at = len(m.Rows)
			rows[name] = at
			m.Rows = append(m.Rows, m.newRow(at, name))
		}
		c := columns[[2]string{f.Resource, f.Method}]
		m.at[i] = [2]int{at, c}
		m.Rows[at].Cells[c].add(f, anchors[i])
	}
	for i := range m.Rows {
		for j := range m.Rows[i].Cells {
			m.Rows[i].Cells[j].name(m.Rows[i].Origin, m.Columns[j])
		}
	}
	return m
}

// newRow returns a row with empty cells.
func (m matrix) newRow(at int, name string) origins {
	x := origins{Origin: printable(name, 120), Cells: make([]cell, len(m.Columns))}
	for j := range x.Cells {
		x.Cells[j] = cell{Row: at, Column: j, First: m.Columns[j].First}
	}
	return x
}

// add counts a finding. The first finding is the worst.
func (c *cell) add(f finding.Finding, anchor string) {
	if c.Of++; c.Of == 1 {
		c.Class, c.Mark, c.Anchor = class(f.Outcome), marks[f.Outcome], anchor
	}
	if c.Class == class(f.Outcome) {
		c.N++
	}
}

// name sets the label of a cell.
func (c *cell) name(origin string, of column) {
	if c.Of > 0 {
		c.Label = fmt.Sprintf("%s, %s %s: %d of %d %s", origin, of.Method, of.Resource, c.N, c.Of, c.Class)
	}
}

// names returns the resources in the order of the findings, the worst first, and the methods
// of each resource.
func names(findings []finding.Finding) (resources []string, methods map[string][]string) {
	methods = map[string][]string{}
	for _, f := range findings {
		if _, known := methods[f.Resource]; !known {
			resources = append(resources, f.Resource)
		}
		if !slices.Contains(methods[f.Resource], f.Method) {
			methods[f.Resource] = append(methods[f.Resource], f.Method)
		}
	}
	usual := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	for _, list := range methods {
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(place(usual, a)-place(usual, b), cmp.Compare(a, b)) })
	}
	return resources, methods
}

// place returns the index of a word in a list; an unknown word comes last.
func place[T comparable](list []T, word T) int {
	if i := slices.Index(list, word); i >= 0 {
		return i
	}
	return len(list)
}
