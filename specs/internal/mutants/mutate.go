package mutants

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Mutant is a source file with one change.
type Mutant struct {
	_ [0]func()

	// File is the name of the file, and Rule the function or variable that is changed.
	File, Rule string
	// Line is the line of the change.
	Line int
	// Before and After are the source text at that place, on one line each. An After that
	// is empty: the text was removed.
	Before, After string
	// Nth tells mutants with the same texts in one rule apart: 1, 2 and so on.
	Nth int
	// Source is the file with the change.
	Source []byte
}

// Key names the mutant in [Equivalent]. It is the same when lines move.
func (m Mutant) Key() string {
	key := fmt.Sprintf("%s %s: %s => %s", m.File, m.Rule, m.Before, cmp.Or(m.After, "(removed)"))
	if m.Nth > 1 {
		key += fmt.Sprintf(" (%d)", m.Nth)
	}
	return key
}

// Of returns all mutants of some files in a folder, always in the same order.
func Of(dir string, files ...string) ([]Mutant, error) {
	var all []Mutant
	for _, name := range files {
		source, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		mutants, err := mutate(name, source)
		if err != nil {
			return nil, err
		}
		all = append(all, mutants...)
	}
	return all, nil
}

// mutate returns the mutants of one file.
func mutate(name string, source []byte) ([]Mutant, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	x := &mutator{set: set, source: source, name: name, seen: map[string]int{}}
	for _, d := range file.Decls {
		x.declaration(d)
	}
	return x.mutants, nil
}

// mutator collects the mutants of one file.
type mutator struct {
	set     *token.FileSet
	source  []byte
	name    string
	rule    string
	mutants []Mutant
	seen    map[string]int // keys, without Nth
	edits   []string       // of this rule: two operators may make the same change
}

// declaration mutates a function, or the values of variables and constants.
func (x *mutator) declaration(d ast.Decl) {
	x.edits = nil
	switch d := d.(type) {
	case *ast.FuncDecl:
		x.rule = d.Name.Name
		results := resultsOf(d.Type)
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if literal, ok := n.(*ast.FuncLit); ok {
				x.literal(literal)
				return false
			}
			x.node(n, results)
			return true
		})
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				x.rule = v.Names[0].Name
				ast.Inspect(v, func(n ast.Node) bool { x.node(n, nil); return true })
			}
		}
	}
}

// literal mutates a function literal, whose results are its own.
func (x *mutator) literal(f *ast.FuncLit) {
	results := resultsOf(f.Type)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if inner, ok := n.(*ast.FuncLit); ok && inner != f {
			x.literal(inner)
			return false
		}
		x.node(n, results)
		return true
	})
}

// text is the source of a node.
func (x *mutator) text(n ast.Node) string {
	return string(x.source[x.set.Position(n.Pos()).Offset:x.set.Position(n.End()).Offset])
}

// replace adds the mutant in which a node is replaced by a text.
func (x *mutator) replace(n ast.Node, with string) {
	from, to := x.set.Position(n.Pos()), x.set.Position(n.End())
	edit := fmt.Sprint(from.Offset, " ", to.Offset, " ", with)
	before := string(x.source[from.Offset:to.Offset])
	if before == with || slices.Contains(x.edits, edit) {
		return
	}
	x.edits = append(x.edits, edit)
	m := Mutant{File: x.name, Rule: x.rule, Line: from.Line, Before: oneLine(before), After: oneLine(with)}
	m.Source = slices.Concat(x.source[:from.Offset], []byte(with), x.source[to.Offset:])
	key := m.Key()
	x.seen[key]++
	m.Nth = x.seen[key]
	x.mutants = append(x.mutants, m)
}

// oneLine writes source text on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// resultsOf are the types of the results of a function.
func resultsOf(f *ast.FuncType) []string {
	var types []string
	if f.Results == nil {
		return nil
	}
	for _, field := range f.Results.List {
		for range max(1, len(field.Names)) {
			switch t := field.Type.(type) {
			case *ast.Ident:
				types = append(types, t.Name)
			case *ast.ArrayType, *ast.MapType, *ast.FuncType, *ast.StarExpr:
				types = append(types, "nil")
			default:
				types = append(types, "")
			}
		}
	}
	return types
}
