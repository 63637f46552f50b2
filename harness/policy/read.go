package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v4"
)

// Read reads the policy in a file, with ${VARS} from the environment. See [Parse].
// An error that is no fault is that of reading the file.
func Read(path string) (Policy, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Policy{}, fmt.Errorf("policy: %w", err)
	}
	return Parse(path, data, os.LookupEnv)
}

// Parse reads a policy in YAML, which JSON is too. It returns all faults at once,
// joined: each is a *[FaultError] with file, line and column. The name is that of
// the file in these. Where the YAML itself is broken, there is no more than one.
//
// ${VAR} in a text is replaced by what lookupEnv returns for it, after the YAML is
// parsed, so that a value stays one text whatever is in it. A variable that is
// missing is a fault; $${ is a literal ${. A nil lookupEnv knows no variable.
func Parse(name string, data []byte, lookupEnv func(string) (string, bool)) (Policy, error) {
	r := &reader{
		source: newSource(name, data), lookup: lookupEnv,
		at: map[string]*yaml.Node{}, unsaid: map[string]bool{},
	}
	root := r.document(data)
	if root == nil {
		return Policy{}, r.faults.error()
	}
	p := r.policy(root)
	r.check(p)
	if len(r.faults.list) > 0 {
		r.place(root)
		return Policy{}, r.faults.error()
	}
	return p, nil
}

// reader reads one document.
type reader struct {
	source *source
	lookup func(string) (string, bool)
	faults faults

	at     map[string]*yaml.Node // where a field stands
	unsaid map[string]bool       // fields with a variable in them: what is there is not said
	broken []string              // fields that have a fault already
	values []string              // what variables were replaced by
}

// document parses the YAML. It returns nil after a fault.
func (r *reader) document(data []byte) *yaml.Node {
	if line, column, bad := r.source.unreadable(); bad {
		r.syntax(line, column, "a character that no YAML can have: want UTF-8 without control characters")
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		r.syntaxError(err)
		return nil
	}
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case errors.Is(err, io.EOF), err == nil && isNull(first.Content):
		r.syntax(1, 1, "empty: want a policy, with target and origins")
		return nil
	case err != nil:
		r.syntaxError(err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		r.syntax(second.Line, second.Column, "a second document: a file holds one policy")
		return nil
	case !errors.Is(err, io.EOF):
		r.syntaxError(err)
		return nil
	}
	return first.Content[0]
}

// isNull says whether there is nothing in a document.
func isNull(content []*yaml.Node) bool {
	return len(content) == 0 || content[0].ShortTag() == "!!null"
}

// syntaxError says where the YAML breaks off. The parser's message is its own,
// but for names that it takes from the text.
func (r *reader) syntaxError(err error) {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		r.syntax(1, 1, "not YAML")
		return
	}
	mark := e.Mark
	if mark.Line == 0 || mark.Line > len(r.source.lines) || r.source.blankFrom(mark.Line) && e.ContextMark.Line > 0 {
		mark = e.ContextMark // the end of the file tells nothing
	}
	problem := "not YAML: " + quoted.ReplaceAllString(e.Message, "")
	if e.ContextMsg != "" {
		problem += " " + e.ContextMsg
	}
	meant := ""
	if e.ContextMsg == "while scanning an alias" {
		problem, meant = "not YAML: a bare * begins an alias", "any"
	}
	r.syntax(mark.Line, mark.Column, problem)
	r.faults.list[0].Meant = meant
}

// syntax adds the fault of a document that cannot be read.
func (r *reader) syntax(line, column int, problem string) {
	line, column = min(max(1, line), len(r.source.lines)), max(1, column)
	r.faults.list = append(r.faults.list, &FaultError{
		File: r.source.name, Line: line, Column: column, Problem: problem,
		Excerpt: r.source.excerpt(line, column, r.source.hiddenWithoutTree()),
	})
}
