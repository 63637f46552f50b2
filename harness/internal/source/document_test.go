package source

import (
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestDocument(t *testing.T) {
	for text, want := range map[string]yaml.Kind{"a: b": yaml.MappingNode, "- a\n": yaml.SequenceNode, "\ufeffa": yaml.ScalarNode, "{}": yaml.MappingNode} {
		root, problem := New("p.yaml", []byte(text), nil).Document("policy")
		if problem != nil || root == nil || root.Kind != want {
			t.Errorf("%q: %+v, %+v", text, root, problem)
		}
	}
	for _, text := range []string{"", "\n", "# a comment\n", "---\n", "null", "~"} {
		if root, problem := New("p.yaml", []byte(text), nil).Document("policy"); root != nil || problem != nil {
			t.Errorf("%q: %+v, %+v; want neither", text, root, problem)
		}
	}
	for text, want := range map[string]Problem{
		"a: \xff":        {1, 4, "a character that no YAML can have: want UTF-8 without control characters"},
		"a: b\nc: \x7f":  {2, 4, "a character that no YAML can have: want UTF-8 without control characters"},
		"a\n---\nb":      {2, 1, "a second document: a file has one policy"},
		"a: *\n":         {1, 5, BareAlias},
		"a: [b\n":        {1, 4, "not YAML: did not find expected ',' or ']' while parsing a flow sequence"},
		"a: *s3cret\n":   {1, 4, "not YAML: unknown anchor referenced"}, // its name may be a secret
		"a: b\n---\n: [": {3, 1, "not YAML: did not find expected node content while parsing a flow node"},
	} {
		root, problem := New("p.yaml", []byte(text), nil).Document("policy")
		if root != nil || problem == nil || *problem != want {
			t.Errorf("%q: %+v, want %+v", text, problem, want)
		}
	}
}
