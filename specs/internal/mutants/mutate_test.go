package mutants

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// reference is the folder of the reference library.
const reference = "../../../servers/reference"

// keysOf are the mutants of a text, each without the name of its file.
func keysOf(t *testing.T, source string) []string {
	t.Helper()
	mutants, err := mutate("a.go", []byte("package a\n"+source))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, m := range mutants {
		keys = append(keys, strings.TrimPrefix(m.Key(), "a.go "))
	}
	return keys
}

func TestMutate(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []string
	}{
		{"a condition", "func f() { if a { g() } }", []string{
			"f: if a { g() } => (removed)", "f: a => !(a)", "f: a => true", "f: a => false", "f: g() => (removed)"}},
		{"a conjunction", "func f() bool { return a && !b }", []string{
			"f: a && !b => true", "f: a && !b => false", "f: a && !b => a || !b", "f: a && !b => a", "f: a && !b => !b", "f: !b => b"}},
		{"a comparison", "var v = a > b", []string{"v: a > b => a >= b", "v: a > b => a < b"}},
		{"a sum", "var v = a + b", []string{"v: a + b => a", "v: a + b => b"}},
		{"a number", "const c = 12", []string{"c: 12 => 0", "c: 12 => 121"}},
		{"zero", "const c = 0", []string{"c: 0 => 1"}},
		{"a text", `const c = "ab"`, []string{`c: "ab" => ""`, `c: "ab" => "xab"`}},
		{"a pattern", "const c = `^[a.+]+\\.$`", []string{
			"c: `^[a.+]+\\.$` => \"\"", "c: `^[a.+]+\\.$` => \"x^[a.+]+\\\\.$\"", "c: `^[a.+]+\\.$` => \"[a.+]+\\\\.$\"",
			"c: `^[a.+]+\\.$` => \"^[a.+]\\\\.$\"", "c: `^[a.+]+\\.$` => \"^[a.+]+.$\"", "c: `^[a.+]+\\.$` => \"^[a.+]+\\\\.\""}},
		{"a message", `func f() { panic("this is for people") }`, []string{`f: panic("this is for people") => (removed)`}},
		{"a call", "var v = f(a, b)", []string{"v: f(a, b) => a", "v: f(a, b) => b"}},
		{"a list", "var v = []int{a, b}", []string{"v: []int{a, b} => []int{b}", "v: []int{a, b} => []int{a}"}},
		{"results", "func f() ([]int, error, string, T) { return a, b, c, d }", []string{"f: a => nil", "f: b => nil", `f: c => ""`}},
		{"results of a function in a function", "func f() string { g(func() bool { return a }); return b }", []string{
			"f: g(func() bool { return a }) => (removed)", `f: b => ""`, "f: g(func() bool { return a }) => func() bool { return a }", "f: a => true", "f: a => false"}},
		{"opposites", "var v = h.Get(a)", []string{"v: h.Get(a) => a", "v: Get => Values"}},
		{"a switch", "func f() { switch a { case b: c = d } }", []string{"f: switch a { case b: c = d } => (removed)", "f: case b: c = d => (removed)", "f: c = d => (removed)"}},
		{"a loop", "func f() { for a < b { continue } }", []string{
			"f: for a < b { continue } => (removed)", "f: a < b => false", "f: a < b => a <= b", "f: a < b => a > b", "f: continue => (removed)"}},
		{"the same change twice", "func f() { a = 1; a = 1 }", []string{
			"f: a = 1 => (removed)", "f: a = 1 => (removed) (2)", "f: 1 => 0", "f: 1 => 11", "f: 1 => 0 (2)", "f: 1 => 11 (2)"}},
		{"what has no rule", "import \"fmt\"\ntype t struct{ a string `tag` }\nfunc f() { a := b; var c T }", nil},
	} {
		if got := keysOf(t, test.source); !sameKeys(got, test.want) {
			t.Errorf("%s:\n\t%s\nwant\n\t%s", test.name, strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
		}
	}
}

func sameKeys(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// A mutant is the file with one change and no other.
func TestMutantSource(t *testing.T) {
	mutants, err := mutate("a.go", []byte("package a\n\nfunc f() {\n\tg()\n\th()\n}\n"))
	if err != nil || len(mutants) != 2 {
		t.Fatal(err, mutants)
	}
	if m := mutants[1]; string(m.Source) != "package a\n\nfunc f() {\n\tg()\n\t\n}\n" || m.Line != 5 || m.Rule != "f" {
		t.Errorf("line %d of %s: %s", m.Line, m.Rule, m.Source)
	}
}

// Every mutant of the reference library is Go, has a name of its own, and changes one of
// the rules. Each row of Equivalent names one.
func TestReferenceMutants(t *testing.T) {
	all, err := Of(reference, Files...)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, m := range all {
		if _, err := parser.ParseFile(token.NewFileSet(), m.File, m.Source, 0); err != nil {
			t.Errorf("%s: %v", m.Key(), err)
		}
		if keys[m.Key()] {
			t.Errorf("two mutants are called %s", m.Key())
		}
		keys[m.Key()] = true
	}
	if len(all) < 200 {
		t.Errorf("%d mutants: a generator that finds so few is broken", len(all))
	}
	for key, reason := range Equivalent {
		if !keys[key] || reason == "" {
			t.Errorf("there is no mutant %q, or no reason: %q", key, reason)
		}
	}
}

func TestOfFaults(t *testing.T) {
	if _, err := Of(t.TempDir(), "cors.go"); err == nil {
		t.Error("a file that is not there has mutants")
	}
	if _, err := mutate("a.go", []byte("no Go")); err == nil {
		t.Error("a file that is no Go has mutants")
	}
}

func TestChoose(t *testing.T) {
	all, err := Of(reference, Files...)
	if err != nil {
		t.Fatal(err)
	}
	names := func(list []Mutant) (keys []string) {
		for _, m := range list {
			keys = append(keys, m.Key())
		}
		return keys
	}
	whole := names(all)
	five := names(Choose(all, 5, 1))
	switch {
	case !slices.Equal(names(Choose(all, 0, 1)), whole) || !slices.Equal(names(Choose(all, len(all)+1, 1)), whole):
		t.Error("not all are chosen")
	case len(five) != 5 || !slices.Equal(five, names(Choose(all, 5, 1))):
		t.Errorf("one seed chooses %v, and something else", five)
	case slices.Equal(five, names(Choose(all, 5, 2))):
		t.Errorf("two seeds choose %v", five)
	}
}
