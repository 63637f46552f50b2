package source

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// PlaceOf is the place where a node begins.
func PlaceOf(n *yaml.Node) Place { return Place{n.Line, n.Column} }

// between are the characters that may stand between two values and tell nothing.
const between = " \t,[]{}-?:"

// HideValue hides the value of a node. next is the place where the next node begins. What
// stands between the value and next is shown only where it is punctuation: a comment may
// quote the value. Where the end of the value is not known, everything is hidden up to next.
func (t *Text) HideValue(h Hidden, n *yaml.Node, next Place) {
	from, last := PlaceOf(n), len(t.Lines)
	next = t.withoutIndentation(from, next)
	end, known := t.endOf(n)
	if !known {
		h.Hide(from, next, last)
		return
	}
	h.Hide(from, end, last)
	if at := t.firstText(end, next); at != next {
		h.Hide(at, next, last)
	}
}

// withoutIndentation moves a place to the begin of its line where only the indentation of a
// later line stands before it.
func (t *Text) withoutIndentation(from, next Place) Place {
	if next == End || next.Line == from.Line {
		return next
	}
	before := []rune(t.Lines[next.Line-1])[:next.Column-1]
	if strings.Trim(string(before), " \t-?") == "" {
		return Place{next.Line, 1}
	}
	return next
}

// endOf is the place after a value that stands in one line.
func (t *Text) endOf(n *yaml.Node) (Place, bool) {
	text := []rune(t.Lines[n.Line-1])
	if n.Kind != yaml.ScalarNode || n.Column > len(text) {
		return Place{}, false
	}
	text = text[n.Column-1:]
	length := 0
	switch n.Style {
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		length = quotedLength(text)
	case 0:
		if strings.HasPrefix(string(text), n.Value) {
			length = len([]rune(n.Value))
		}
	}
	return Place{n.Line, n.Column + length}, length > 0
}

// quotedLength is the number of characters up to the closing quote, or 0 where the text does
// not begin with a quote or has no closing one. https://yaml.org/spec/1.2.2/#73-flow-scalar-styles
func quotedLength(text []rune) int {
	quote := text[0]
	if quote != '"' && quote != '\'' {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch {
		case quote == '"' && text[i] == '\\':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return 0
}

// firstText is the place of the first character in a part of the text that is more than
// punctuation, or the end of the part.
func (t *Text) firstText(from, to Place) Place {
	for line := from.Line; line <= min(to.Line, len(t.Lines)); line++ {
		text := []rune(t.Lines[line-1])
		begin, end := 0, len(text)
		if line == from.Line {
			begin = from.Column - 1
		}
		if line == to.Line {
			end = to.Column - 1
		}
		for i := begin; i < end; i++ {
			if !strings.ContainsRune(between, text[i]) {
				return Place{line, i + 1}
			}
		}
	}
	return to
}
