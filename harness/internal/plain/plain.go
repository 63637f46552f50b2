// Package plain makes text from outside safe to print, and breaks text into lines. The
// transcript and the reports share it.
package plain

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe returns text from a server or a page as it may be shown: [Clean], and without
// the secrets of URLs.
func Safe(text string) string { return Clean(HideSecrets(text)) }

// Clean makes text from a server or a page safe to print: control characters,
// characters that turn the direction of writing, and bytes that are not UTF-8 are
// spelled out, so that no header value can move a terminal's cursor.
func Clean(text string) string {
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

// isHidden says whether a reader could not recognize a character.
func isHidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// userinfo is the part of a URL that holds a user name and a password.
var userinfo = regexp.MustCompile(`(\w:)//[^/?#\s'"]*@`)

// HideSecrets hides the secrets in the URLs of a text: user names and passwords, and the
// values of parameters that are secrets by their name or their look.
func HideSecrets(text string) string { return hideParameters(hideUserinfo(text), 0) }

// hideUserinfo hides user names and passwords in the URLs of a text.
func hideUserinfo(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	return userinfo.ReplaceAllString(text, "$1//(hidden)@")
}

// Color puts an ANSI code, such as "1" for bold, around text.
func Color(code, text string) string {
	if code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// LowerFirst puts a sentence behind a colon.
func LowerFirst(sentence string) string {
	r, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToLower(r)) + sentence[size:]
}
