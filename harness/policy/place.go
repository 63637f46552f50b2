package policy

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// fault adds the fault of a field whose node is known.
func (r *reader) fault(at, problem, meant string) {
	r.broken = append(r.broken, at)
	r.faults.list = append(r.faults.list, &FaultError{Path: at, Problem: problem, Meant: meant})
}

// faultAt adds the fault of a node that is not the value of a field.
func (r *reader) faultAt(at string, n *yaml.Node, problem, meant string) {
	r.faults.list = append(r.faults.list, &FaultError{Path: at, Line: n.Line, Column: n.Column, Problem: problem, Meant: meant})
}

// check adds the faults that a policy has as a value, except for fields that could not be
// read.
func (r *reader) check(p Policy) {
	broken := newBroken(r.broken)
	var found faults
	p.check(&found)
	for _, f := range found.list {
		if broken.has(f.Path) || r.at[f.Path] == nil && broken.has(inherited(f.Path)) {
			continue
		}
		if r.unsaid[f.Path] {
			f.Meant = "" // the guess would show the value of the variable
		}
		r.faults.list = append(r.faults.list, f)
	}
}

// broken lists the fields that could not be read, and the fields around them.
type broken struct{ fields, around map[string]bool }

func newBroken(paths []string) broken {
	b := broken{map[string]bool{}, map[string]bool{}}
	for _, at := range paths {
		b.fields[at] = true
		for at = parent(at); at != "" && !b.around[at]; at = parent(at) {
			b.around[at] = true
		}
	}
	return b
}

// has says whether a field, or one around it, or one in it could not be read.
func (b broken) has(at string) bool {
	if b.around[at] {
		return true
	}
	for ; at != ""; at = parent(at) {
		if b.fields[at] {
			return true
		}
	}
	return b.fields[""]
}

// inherited returns the policy's field from which a resource inherits this one.
func inherited(at string) string {
	if _, field, ok := strings.Cut(at, "]."); ok && strings.HasPrefix(at, "resources[") {
		return field
	}
	return at
}

// parent returns the path of the field around a field.
func parent(at string) string {
	return at[:max(0, strings.LastIndexAny(at, ".["))]
}

// place adds to each fault its place, its value and its excerpt, and puts the faults in
// the order of the source.
func (r *reader) place(root *yaml.Node) {
	hidden := hiddenIn(r.source, root)
	for _, f := range r.faults.list {
		f.File = r.source.Name
		n, exact := r.at[f.Path]
		if exact = exact && f.Line == 0; f.Line == 0 {
			for at := f.Path; n == nil && at != ""; at = parent(at) {
				n = r.at[at]
			}
			if n == nil {
				n = root
			}
			f.Line, f.Column = n.Line, n.Column
		}
		f.Value, f.Meant = "", shown(f.Meant)
		if exact && n.Kind == yaml.ScalarNode && !strings.HasPrefix(f.Path, "ask.headers") && !strings.HasPrefix(f.Path, "ask.cookies") {
			f.Value = shown(n.Value)
		}
		f.Excerpt = r.source.Excerpt(f.Line, f.Column, hidden)
	}
	slices.SortStableFunc(r.faults.list, func(a, b *FaultError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
