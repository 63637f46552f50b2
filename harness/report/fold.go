package report

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// fold breaks a line that is wider than width, and indents what follows by as much as
// the line itself, and four more where that is no running text. A transcript's note, which stands behind a gap, goes
// to a line of its own rather than being broken. Words that are wider than a line are
// broken where it ends.
func fold(line string, width int) []string {
	if utf8.RuneCountInString(line) <= width {
		return []string{line}
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if at := strings.LastIndex(line, "    "); at > indent {
		note := strings.Repeat(" ", indent+4) + "^ " + strings.TrimLeft(line[at:], " ")
		return append(fold(strings.TrimRight(line[:at], " "), width), fold(note, width)...)
	}
	hang := strings.Repeat(" ", min(indent, width/2))
	if indent > 2 {
		hang += "    "
	}
	var lines []string
	for utf8.RuneCountInString(line) > width {
		at := breakAt(line, indent, width)
		lines = append(lines, strings.TrimRight(line[:at], " "))
		line = hang + strings.TrimLeft(line[at:], " ")
		indent = len(hang)
	}
	return append(lines, line)
}

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
