package source

import (
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestKindOf(t *testing.T) {
	for text, want := range map[string]string{
		"{a: b}": "a mapping", "[a]": "a list", "a": "a text", "~": "nothing", "true": "true or false", "1": "a number", "1.5": "a number",
		"2026-11-25": "a value of another kind", "\"1\"": "a text",
	} {
		if got := KindOf(item(t, "["+text+"]", 0)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestTarget(t *testing.T) {
	const text = "[&x [a], *x]"
	if got := Target(item(t, text, 1)); got.Kind != yaml.SequenceNode {
		t.Errorf("%+v", got)
	}
	if n := item(t, text, 0); Target(n) != n {
		t.Error("a node that is no alias has another target")
	}
}

// item is one item of a list.
func item(t *testing.T, text string, i int) *yaml.Node {
	t.Helper()
	root, problem := New("p.yaml", []byte(text), nil).Document("list")
	if problem != nil {
		t.Fatal(problem)
	}
	return root.Content[i]
}
