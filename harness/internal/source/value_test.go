package source

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// What an excerpt shows beside a hidden value: the value of the key s.
func TestHideValue(t *testing.T) {
	for text, want := range map[string]string{
		"{s: abc, b: c}":          "{s: (hidden), b: c}",
		"{s: \"a\\\"b\", b: c}":   "{s: (hidden), b: c}",
		"{s: 'it''s', b: c}":      "{s: (hidden), b: c}",
		"{s: abc}":                "{s: (hidden)}",
		"{s: [abc, 'd'], b: c}":   "{s: (hidden)abc, 'd'], b: c}", // its items are nodes of their own
		"s: abc\nb: c":            "s: (hidden)",
		"s: abc # d\nb: c":        "s: (hidden) (hidden)",
		"s: abc\n# d\nb: c":       "s: (hidden)",
		"s: !!str abc\nb: c":      "s: (hidden)",
		"s: abc\n  def\nb: c":     "s: (hidden)",
		"s: \"abc\n  def\"\nb: c": "s: (hidden)",
		"s: |\n  abc\nb: c":       "s: (hidden)",
		"s: \"\"\nb: c":           "s: (hidden)",
		"s: ü-é\nb: c":            "s: (hidden)",
	} {
		source := New("p.yaml", []byte(text), nil)
		root, problem := source.Document("policy")
		if problem != nil {
			t.Fatal(problem)
		}
		secret, next := root.Content[1], End
		switch {
		case secret.Kind == yaml.SequenceNode:
			next = PlaceOf(secret.Content[0])
		case len(root.Content) > 2:
			next = PlaceOf(root.Content[2])
		}
		h := Hidden{}
		source.HideValue(h, secret, next)
		for line := range source.Lines {
			shown, _, _ := strings.Cut(strings.SplitN(source.Excerpt(line+1, 1, h), "| ", 2)[1], "\n")
			switch {
			case line == 0 && shown != want:
				t.Errorf("%q: %q, want %q", text, shown, want)
			case line > 0 && shown != "b: c" && shown != Mark:
				t.Errorf("%q: line %d shows %q", text, line+1, shown)
			}
		}
	}
}
