package report

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// fold breaks a line that is wider than width, and indents what follows by as much as
// the line itself, and more where that is no running text. A transcript's note, which
// stands behind a gap, goes to a line of its own rather than being broken. Words that
// are wider than a line are broken where it ends.
func fold(line string, width int) []string {
	if utf8.RuneCountInString(line) <= width {
		return []string{line}
	}
	words := strings.TrimLeft(line, " ")
	indent := len(line) - len(words)
	if at := strings.LastIndex(line, "    "); at > indent && noted.MatchString(words) {
		note := strings.Repeat(" ", indent+4) + "^ " + strings.TrimLeft(line[at:], " ")
		return append(fold(strings.TrimRight(line[:at], " "), width), fold(note, width)...)
	}
	hang := strings.Repeat(" ", min(hangOf(words, indent), width/2))
	var lines []string
	for utf8.RuneCountInString(line) > width {
		at := breakAt(line, indent, width)
		lines = append(lines, strings.TrimRight(line[:at], " "))
		line = hang + strings.TrimLeft(line[at:], " ")
		indent = len(hang)
	}
	return append(lines, line)
}

// noted matches the lines of a transcript that can have a note: header lines and the
// first of an exchange.
var noted = regexp.MustCompile(`^([<>] |[0-9]+  )`)

// hangOf is how far the rest of a line is indented. The console is a column.
func hangOf(words string, indent int) int {
	switch {
	case indent <= 2:
		return indent
	case strings.HasPrefix(words, "console "), indent >= consoleColumn:
		return consoleColumn + 2
	}
	return indent + 4
}

// consoleColumn is where a transcript has the messages of the console; what is wrapped
// of one stands two further.
const consoleColumn = 16

// unwrapped is a line of a transcript, and which it was.
type unwrapped struct {
	text string
	at   int
}

// unwrap joins what a transcript has wrapped and is still wider than width, so that it
// is wrapped only once.
func unwrap(lines []string, width int) []unwrapped {
	var joined []unwrapped
	for i, line := range lines {
		words := strings.TrimLeft(line, " ")
		if n := len(joined) - 1; n >= 0 && utf8.RuneCountInString(joined[n].text) > width && continues(joined[n].text, words, len(line)-len(words)) {
			joined[n].text += " " + words
			continue
		}
		joined = append(joined, unwrapped{line, i})
	}
	return joined
}

// continues says whether a line goes on with the one before: as the console or the
// running text do, but for the lines that begin one.
func continues(before, words string, indent int) bool {
	switch indent {
	case consoleColumn + 2:
		return true
	case 2:
		return strings.HasPrefix(before, "  ") && before[2] != ' ' && !begins.MatchString(words)
	}
	return false
}

var begins = regexp.MustCompile(`^(https://|Remedy: |Blocked: |$)`)

// breakAt is where a line is broken: at the last space, or at the width.
func breakAt(line string, indent, width int) int {
	last, n := -1, 0
	for i, r := range line {
		if n == width {
			if last > 0 {
				return last
			}
			return i
		}
		if r == ' ' && i > indent {
			last = i
		}
		n++
	}
	return len(line)
}

// ansi matches the codes that a transcript in colours has.
var ansi = regexp.MustCompile("\x1b\\[([0-9]+)m")

// lineColors are the colours of the lines of a transcript; empty where a line has
// none. A transcript has one colour in a line, and no other escapes.
func lineColors(colored string) []string {
	var colors []string
	for line := range strings.SplitSeq(colored, "\n") {
		color := ""
		if code := ansi.FindStringSubmatch(line); code != nil {
			color = code[1]
		}
		colors = append(colors, color)
	}
	return colors
}
