package source

import (
	"testing"
	"time"
)

type options struct {
	List   []string
	Allow  bool
	Age    int
	Every  time.Duration
	Judge  func(string) bool
	Other  *options
	hidden int
}

func TestOf(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		`"a"`:                "a",
		"`^a\\.b$`":          `^a\.b$`,
		"-1":                 -1,
		"true":               true,
		"600 * time.Second":  10 * time.Minute,
		`[]string{"a", "b"}`: []string{"a", "b"},
		`[]string{}`:         []string{},
	} {
		if got := Of(v); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := Call("f", []string{"a"}, false); got != `f([]string{"a"}, false)` {
		t.Errorf("call is %s", got)
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	s := Struct{
		Options:   options{List: []string{"a"}, Judge: func(string) bool { return true }, Other: &options{}, hidden: 1},
		Show:      []string{"Age"},
		Functions: map[string]string{"Judge": "judge", "Other": "other"},
	}
	if got, want := Program("", "o := "+s.Literal()), `o := source.options{
	List:  []string{"a"},
	Age:   0,
	Judge: judge,
	Other: other,
}`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := (Struct{Options: options{}}).Literal(); got != "source.options{}" {
		t.Errorf("no option: %s", got)
	}
}

func TestAssignments(t *testing.T) {
	t.Parallel()
	base := options{List: []string{"a"}, Age: 5}
	s := Struct{Options: options{List: []string{"a"}, Allow: true}, Show: []string{"Every"}}
	if got, want := Program(s.Assignments("o", base)), "o.Allow = true\no.Age = 0\no.Every = 0 * time.Second"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFaultsOfAnAdapterPanic(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"a statement that does not parse": func() { Program("o := (") },
		"a value of another type":         func() { Of(options{}) },
		"a function without a text": func() {
			_ = Struct{Options: options{Judge: func(string) bool { return true }}}.Literal()
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
