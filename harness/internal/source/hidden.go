package source

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Hidden are the parts of lines that no excerpt shows, by line. Lines and columns
// count from 1.
type Hidden map[int][]columns

// columns are the columns from one up to another, without the last.
type columns struct{ from, to int }

// Place is a line and a column.
type Place struct{ Line, Column int }

// Compare orders places as they stand in the text.
func (p Place) Compare(q Place) int {
	if p.Line != q.Line {
		return p.Line - q.Line
	}
	return p.Column - q.Column
}

// Hide hides the text between two places. last is the number of lines.
func (h Hidden) Hide(from, to Place, last int) {
	for line := from.Line; line <= min(to.Line, last); line++ {
		part := columns{1, math.MaxInt}
		if line == from.Line {
			part.from = from.Column
		}
		if line == to.Line {
			part.to = to.Column
		}
		h[line] = append(h[line], part)
	}
}

// End is after every place.
var End = Place{math.MaxInt, 1}

// userinfo is a name and a password in a URL.
var userinfo = regexp.MustCompile(`//[^/\s]*@`)

// HasUserinfo says whether a text has a URL with a name or a password in it.
func HasUserinfo(text string) bool { return userinfo.MatchString(text) }

// hiddenInLine is what to hide in every line: user names and passwords in URLs,
// and secrets in a comment.
func (t *Text) hiddenInLine(text string) []columns {
	var parts []columns
	for _, at := range userinfo.FindAllStringIndex(text, -1) {
		from, to := utf8.RuneCountInString(text[:at[0]])+2, utf8.RuneCountInString(text[:at[1]])-1
		parts = append(parts, columns{from + 1, to + 1})
	}
	if comment := strings.Index(text, "#"); comment >= 0 {
		if at := t.secretAt(text[comment:]); at >= 0 {
			parts = append(parts, columns{1 + utf8.RuneCountInString(text[:comment+at]), math.MaxInt})
		}
	}
	return parts
}
