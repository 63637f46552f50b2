package harness

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text from a server or a page safe to print: control characters,
// those that turn the direction of writing, and bytes that are not UTF-8 are
// spelled out, so that no header value can move a terminal's cursor.
func clean(text string) string {
	if isClean(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case isHidden(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case isHidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// isClean says whether text can be printed as it is.
func isClean(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, isHidden)
}

// isHidden says whether a character would not be seen for what it is.
func isHidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// userinfo is the part of a URL that holds a user name and a password.
var userinfo = regexp.MustCompile(`(\w:)//[^/?#\s'"]*@`)

// hideUserinfo hides user names and passwords in the URLs of a text.
func hideUserinfo(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	return userinfo.ReplaceAllString(text, "$1//(hidden)@")
}

// shown is a value from outside as it may be printed.
func shown(value string) string { return clean(hideUserinfo(value)) }

// brief is a value from outside as it may stand in a sentence. The transcript has
// it whole.
func brief(value string) string {
	const limit = 120
	text := []rune(shown(value))
	if len(text) <= limit {
		return string(text)
	}
	return string(text[:limit]) + "..."
}

// wrap breaks text at spaces into lines of at most width characters. Nothing but
// the space at a break is lost; a longer word keeps a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	for utf8.RuneCountInString(text) > width {
		at := breakAt(text, width)
		if at < 0 {
			break
		}
		lines = append(lines, text[:at])
		text = text[at+1:]
	}
	return append(lines, text)
}

// breakAt returns the last space within the width, or the first after it, or -1.
func breakAt(text string, width int) int {
	last, count := -1, 0
	for i, r := range text {
		if r == ' ' && i > 0 {
			last = i
		}
		if count++; count > width && last >= 0 {
			break
		}
	}
	return last
}
