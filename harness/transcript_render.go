package harness

import (
	"fmt"
	"html"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness/internal/plain"
)

// Style says how text is written.
type Style int

// The styles.
const (
	// PlainText has no colours.
	PlainText Style = iota
	// ANSIColors is for a terminal that shows them.
	ANSIColors
)

// colors are the ANSI codes of the tones.
var colors = map[Tone]string{ToneStrong: "1", ToneFaint: "2", ToneAlarming: "33"}

// Text returns the transcript as text. No row of it is wider than width: a note that does
// not fit goes to a row of its own, and a word that is too long is broken. At width 0
// only running text is wrapped, at a readable width. The middle of a redirect loop and the
// end of a flood of header lines or messages are left out, with their number.
func (t Transcript) Text(style Style, width int) string {
	return t.render(width, func(tone Tone, text string) string {
		if style == ANSIColors {
			return plain.Color(colors[tone], text)
		}
		return text
	})
}

// HTML returns the transcript as markup for a pre element, with the layout of
// [Transcript.Text]. Every text is escaped. A text with a tone stands in a span whose
// class is the tone: strong, faint or alarming.
func (t Transcript) HTML(width int) string {
	return t.render(width, func(tone Tone, text string) string {
		if tone == ToneOrdinary || text == "" {
			return html.EscapeString(text)
		}
		return `<span class="` + html.EscapeString(string(tone)) + `">` + html.EscapeString(text) + "</span>"
	})
}

const (
	proseWidth  = 110                        // of running text, where no width is given
	consoleText = proseWidth - consoleColumn // of a message of the console
	anchorSpare = 20                         // more columns for a remedy with its anchor behind it
	noteSpace   = 8                          // between the longest line with a note and the notes
	noteIndent  = 4                          // of a note on a row of its own, behind the indent of its line
	noteLimit   = 90                         // a longer line does not move the notes further out
	unlimited   = math.MaxInt
)

// lineMargin is a note of the margin on a row of its own.
const lineMargin LineKind = "margin"

// render lays the lines out. It gives each text, with its tone, to paint, which may add
// only codes that take up no column.
func (t Transcript) render(width int, paint func(Tone, string) string) string {
	width = max(width, 0)
	t = t.cut()
	column := t.noteColumn()
	var rows []string
	for i := 0; i < len(t); i++ {
		l := t[i]
		if l.Kind == LineRemedy && i+1 < len(t) && t[i+1].isBehind(l, width) {
			i++
			l.Detail = t[i].Text
		}
		if gap, fits := l.noteGap(column, width); fits {
			rows = append(rows, paint(l.Tone, l.whole())+gap+paint(l.Tone, l.Note))
			continue
		}
		for _, row := range l.rows(width) {
			rows = append(rows, paint(l.Tone, row))
		}
	}
	return strings.Join(rows, "\n")
}

// noteGap returns the blanks between a line and its note in the margin, and whether the
// line has a note that fits there.
func (l Line) noteGap(column, width int) (gap string, fits bool) {
	n := runes(l.whole())
	gap = blanks(max(column-n, 2))
	return gap, l.Note != "" && (width == 0 || n+runes(gap)+runes(l.Note) <= width)
}

// noteColumn is where the notes stand.
func (t Transcript) noteColumn() int {
	longest := 0
	for _, l := range t {
		if n := runes(l.whole()); l.Note != "" && n <= noteLimit {
			longest = max(longest, n)
		}
	}
	return longest + noteSpace
}

// isBehind says whether an anchor goes behind a remedy, on the same row.
func (l Line) isBehind(remedy Line, width int) bool {
	limit := remedy.Indent + proseWidth + anchorSpare
	if width > 0 {
		limit = min(limit, width)
	}
	remedy.Detail = l.Text
	return l.Kind == LineAnchor && runes(remedy.whole()) <= limit
}

// rows breaks a line. A note that does not stand in the margin follows below.
func (l Line) rows(width int) []string {
	head, body, hang := blanks(l.Indent)+l.lead(), l.body(), l.hang(width)
	if width > 0 && runes(head) > width/2 { // little room is left behind it
		head, body = blanks(hang), l.lead()+body
	}
	var rows []string
	if width == 0 {
		first, rest := l.natural()
		rows = plain.Wrap(body, first, rest)
	} else {
		rows = plain.WrapHard(body, width-runes(head), width-hang)
	}
	for i, row := range rows {
		if i == 0 {
			row = head + row
		} else {
			row = blanks(hang) + row
		}
		rows[i] = strings.TrimRight(row, " ")
	}
	if l.Note == "" {
		return rows
	}
	return append(rows, Line{Kind: lineMargin, Indent: l.Indent + noteIndent, Label: "^", Text: l.Note}.rows(width)...)
}

// natural returns how many columns the text has on the first row, and on each other row,
// where no width is given.
func (l Line) natural() (first, rest int) {
	switch l.Kind {
	case LineMeaning, LineRemedy, LineNote:
		if l.Detail != "" { // the anchor is behind it
			return unlimited, unlimited
		}
		return proseWidth - runes(l.lead()), proseWidth
	case LineConsole:
		return consoleText, consoleText
	}
	return unlimited, unlimited
}

// hang is where the second and each later row begins.
func (l Line) hang(width int) int {
	at := l.Indent
	switch l.Kind {
	case LineConsole:
		at = consoleColumn + consoleHang
	case lineMargin, LineRequestHeader, LineResponseHeader, LineScript, LineWitness:
		at += 4
	}
	if width == 0 {
		return at
	}
	return min(at, width/2)
}

// whole is the line on one row, without its note.
func (l Line) whole() string { return strings.TrimRight(blanks(l.Indent)+l.lead()+l.body(), " ") }

// lead is what stands between the indent and the text.
func (l Line) lead() string {
	switch l.Kind {
	case LineExchange, LineNotSent:
		return fmt.Sprintf("%d  %-9s  ", l.Exchange, l.Label)
	case LineScript, LineWitness, LineConsole:
		if l.Label != "" {
			return fmt.Sprintf("%-10s ", l.Label)
		}
	}
	if l.Label != "" {
		return l.Label + " "
	}
	return ""
}

// body is the text with its detail.
func (l Line) body() string {
	text, between := l.Text, ", "
	switch l.Kind {
	case LineExchange:
		between = " -> "
	case LineNotSent:
		between = "  "
	case LineRemedy, LineNote:
		text, between = plain.LowerFirst(text), "   "
	}
	if l.Detail == "" {
		return text
	}
	return text + between + l.Detail
}

// blanks are n blanks.
func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

// runes is how many columns a text takes up.
func runes(text string) int { return utf8.RuneCountInString(text) }
