package source

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"go.yaml.in/yaml/v4"
)

// Problem says why a text is not YAML, and where.
type Problem struct {
	Line, Column int
	Text         string
}

// BareAlias is the text of a Problem: the author meant a literal *.
const BareAlias = "not YAML: a bare * begins an alias"

// quoted finds what the YAML library repeats from the text.
var quoted = regexp.MustCompile(`'[^']{2,}' `)

// Document parses the text, which holds one document; what names it, such as
// "policy". The node is nil where there is a problem, and where the text is empty.
func (t *Text) Document(what string) (*yaml.Node, *Problem) {
	if line, column, bad := t.unreadable(); bad {
		return nil, t.problem(line, column, "a character that no YAML can have: want UTF-8 without control characters")
	}
	loader, err := yaml.NewLoader(bytes.NewReader(t.data))
	if err != nil {
		return nil, t.syntax(err)
	}
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case errors.Is(err, io.EOF), err == nil && isNull(first.Content):
		return nil, nil
	case err != nil:
		return nil, t.syntax(err)
	}
	switch err := loader.Load(&second); {
	case err == nil:
		return nil, t.problem(second.Line, second.Column, "a second document: a file has one "+what)
	case !errors.Is(err, io.EOF):
		return nil, t.syntax(err)
	}
	return first.Content[0], nil
}

// isNull says whether a document is empty.
func isNull(content []*yaml.Node) bool {
	return len(content) == 0 || content[0].ShortTag() == "!!null"
}

// syntax says where the YAML breaks off. It keeps the parser's message, except
// the names from the text.
func (t *Text) syntax(err error) *Problem {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return t.problem(1, 1, "not YAML")
	}
	mark := e.Mark
	if mark.Line == 0 || mark.Line > len(t.Lines) || t.blankFrom(mark.Line) && e.ContextMark.Line > 0 {
		mark = e.ContextMark // the end of the file shows nothing
	}
	text := "not YAML: " + quoted.ReplaceAllString(e.Message, "")
	if e.ContextMsg != "" {
		text += " " + e.ContextMsg
	}
	if e.ContextMsg == "while scanning an alias" {
		text = BareAlias
	}
	return t.problem(mark.Line, mark.Column, text)
}

// problem makes a Problem at a place in the text.
func (t *Text) problem(line, column int, text string) *Problem {
	return &Problem{min(max(1, line), len(t.Lines)), max(1, column), text}
}
