package plain

import "unicode/utf8"

// Wrap breaks text at spaces: the first line has at most first characters, and each
// later line at most rest. Nothing but the space at a break is lost. A longer word keeps
// a line of its own.
func Wrap(text string, first, rest int) []string { return wrap(text, first, rest, soft) }

// WrapHard is [Wrap], but breaks a longer word where the line ends: no line is longer
// than its limit.
func WrapHard(text string, first, rest int) []string { return wrap(text, first, rest, hard) }

// Fold is [WrapHard], but counts the space at a break as a part of the line before it.
func Fold(text string, first, rest int) []string { return wrap(text, first, rest, fold) }

// breaking says where a line may be broken.
type breaking int

const (
	soft breaking = iota // only at spaces
	hard
	fold
)

func wrap(text string, width, rest int, how breaking) []string {
	if how != soft {
		width, rest = max(width, 1), max(rest, 1) // or no line would ever end
	}
	var lines []string
	for isLonger(text, width) {
		at, next := breakAt(text, width, how)
		if at < 0 {
			break
		}
		lines = append(lines, text[:at])
		text, width = text[next:], rest
	}
	return append(lines, text)
}

// isLonger says whether a text has more runes than a width. It counts no further, because a
// server can send a text of a megabyte, and every row asks.
func isLonger(text string, width int) bool {
	if len(text) <= width {
		return false
	}
	return len(text) > width*utf8.UTFMax || utf8.RuneCountInString(text) > width
}

// breakAt returns where a line ends and where the next one begins: at the last space
// within the width. Without such a space it is the width if words may be broken;
// else the first space after the width, or -1 without one.
func breakAt(text string, width int, how breaking) (at, next int) {
	last, count := -1, 0
	for i, r := range text {
		if r == ' ' && i > 0 && (how != fold || count < width) {
			last = i
		}
		if count >= width && last >= 0 {
			break
		}
		switch {
		case count < width || how == soft:
		case r == ' ': // lost, as at any break
			return i, i + 1
		default:
			return i, i
		}
		count++
	}
	return last, last + 1
}
