package source

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is the text of a file in lines, as YAML counts them.
type Text struct {
	// Name is the name of the file.
	Name  string
	Lines []string

	data     []byte
	secretAt func(text string) int
	runes    map[int][]rune    // lines that were shown
	plain    map[int][]columns // what is hidden in every such line
}

// breaks are the line breaks of the YAML library.
var breaks = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// New returns the text of a file. secretAt says where in a comment a secret may
// begin, or -1; nil means that comments have no secrets.
func New(name string, data []byte, secretAt func(text string) int) *Text {
	text := strings.TrimPrefix(string(data), "\ufeff")
	if secretAt == nil {
		secretAt = func(string) int { return -1 }
	}
	return &Text{
		Name: name, Lines: breaks.Split(text, -1), data: data, secretAt: secretAt,
		runes: map[int][]rune{}, plain: map[int][]columns{},
	}
}

// unreadable finds the first bytes that are not UTF-8, or the first control character.
func (t *Text) unreadable() (line, column int, bad bool) {
	for i, text := range t.Lines {
		column = 1
		for j, c := range text {
			_, size := utf8.DecodeRuneInString(text[j:])
			if c == utf8.RuneError && size <= 1 || c < ' ' && c != '\t' || c >= 0x7F && c < 0xA0 {
				return i + 1, column, true
			}
			column++
		}
	}
	return 0, 0, false
}

// blankFrom says whether the text from a line on is blank.
func (t *Text) blankFrom(line int) bool {
	for _, text := range t.Lines[line-1:] {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// Mark stands for hidden text.
const Mark = "(hidden)"

const (
	window   = 100 // how much of a long line is shown, in characters
	ellipsis = "..."
)

// Excerpt is a line with a caret under a column, without its hidden parts.
func (t *Text) Excerpt(line, column int, h Hidden) string {
	text, inLine := t.line(line)
	column = min(column, len(text)+1)
	from := max(0, column-1-window/2)
	to := min(len(text), from+window)
	ranges := slices.Concat(overlapping(h[line], from, to), overlapping(inLine, from, to))

	var shown []rune
	if from > 0 {
		shown = append(shown, []rune(ellipsis)...)
	}
	caret, masked := -1, false
	for i := from; i < to; i++ {
		secret := contains(ranges, i+1)
		switch {
		case !secret:
			masked = false
		case !masked:
			masked = true
			shown = append(shown, []rune(Mark)...)
		}
		if i+1 == column {
			caret = len(shown)
			if masked {
				caret -= len(Mark)
			}
		}
		if !secret {
			shown = append(shown, text[i])
		}
	}
	if caret < 0 {
		caret = len(shown) // after the end of the line
	}
	cut := ""
	if to < len(text) {
		cut = ellipsis
	}
	return framed(line, shown, caret, cut)
}

// line is a line in characters, with the parts that are always hidden.
func (t *Text) line(line int) ([]rune, []columns) {
	if _, ok := t.runes[line]; !ok {
		t.runes[line] = []rune(t.Lines[line-1])
		t.plain[line] = t.hiddenInLine(t.Lines[line-1])
	}
	return t.runes[line], t.plain[line]
}

// overlapping are the ranges that overlap a part of a line; from and to count from 0.
func overlapping(ranges []columns, from, to int) []columns {
	var list []columns
	for _, r := range ranges {
		if r.from <= to && from < r.to {
			list = append(list, r)
		}
	}
	return list
}

// contains says whether a column is in one of the ranges.
func contains(ranges []columns, column int) bool {
	for _, r := range ranges {
		if r.from <= column && column < r.to {
			return true
		}
	}
	return false
}

// framed writes the line with its number, and the caret under it. Tabs stay, so
// that the caret is under its character.
func framed(line int, text []rune, caret int, cut string) string {
	blank := strings.Map(func(c rune) rune {
		if c == '\t' {
			return c
		}
		return ' '
	}, string(text[:caret]))
	number := fmt.Sprintf("%5d | ", line)
	return number + string(text) + cut + "\n" + strings.Repeat(" ", len(number)-2) + "| " + blank + "^"
}
