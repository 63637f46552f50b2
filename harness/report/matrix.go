package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness/finding"
)

// matrix shows origins by resources and methods.
type matrix struct {
	Resources []resource
	Columns   []column
	Rows      []origins
	// at says in which row and column a finding is.
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

// cell is what became of the questions of one origin about one resource and method.
type cell struct {
	Class, Mark, Anchor, Label string
	N, Of                      int // how many came out worst, of how many
	Row, Column                int
	First                      bool
}

// matrixOf lays findings out, which are in the order of their weight: the origins with
// the worst come first.
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

// newRow is a row with nothing in its cells.
func (m matrix) newRow(at int, name string) origins {
	x := origins{Origin: printable(name, 120), Cells: make([]cell, len(m.Columns))}
	for j := range x.Cells {
		x.Cells[j] = cell{Row: at, Column: j, First: m.Columns[j].First}
	}
	return x
}

// add counts a finding. The first one is the worst.
func (c *cell) add(f finding.Finding, anchor string) {
	if c.Of++; c.Of == 1 {
		c.Class, c.Mark, c.Anchor = class(f.Outcome), marks[f.Outcome], anchor
	}
	if c.Class == class(f.Outcome) {
		c.N++
	}
}

// name says what a cell shows.
func (c *cell) name(origin string, of column) {
	if c.Of > 0 {
		c.Label = fmt.Sprintf("%s, %s %s: %d of %d %s", origin, of.Method, of.Resource, c.N, c.Of, c.Class)
	}
}

// names lists the resources, and the methods of each.
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
	slices.Sort(resources)
	usual := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	for _, list := range methods {
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(place(usual, a)-place(usual, b), cmp.Compare(a, b)) })
	}
	return resources, methods
}

// place is where a word stands in a list; an unknown one stands last.
func place[T comparable](list []T, word T) int {
	if i := slices.Index(list, word); i >= 0 {
		return i
	}
	return len(list)
}
