package paste

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf16"
)

// utf16Text decodes UTF-16. low is the place of the low byte in each pair.
func utf16Text(data []byte, low int) string {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, uint16(data[i+low])|uint16(data[i+1-low])<<8)
	}
	return string(utf16.Decode(units))
}

// prompt is what a terminal or a chat shows in front of a command.
var prompt = regexp.MustCompile("^(?:```\\w*\\s*\\n|[$%#>❯]\\s+|PS [A-Z]:\\\\[^>\\n]*>\\s*|[A-Z]:\\\\[^>\\n]*>\\s*)")

// withoutPrompt removes white space, the prompt of a shell and the fence of a code block
// around a paste.
func withoutPrompt(text string) string {
	text = strings.TrimSpace(text)
	for range 2 { // a prompt within a fence
		text = strings.TrimSpace(prompt.ReplaceAllString(text, ""))
	}
	return strings.TrimSpace(strings.TrimSuffix(text, "```"))
}

// smart turns the quotes that word processors and chats write back.
var smart = strings.NewReplacer("‘", "'", "’", "'", "‚", "'", "‛", "'", "“", `"`, "”", `"`, "„", `"`, "‟", `"`, "\u00a0", " ")

var (
	longDash  = regexp.MustCompile(`(^|\s)[—–](\w\w)`)
	shortDash = regexp.MustCompile(`(^|\s)[—–](\w)`)
)

// tidy undoes what a word processor or a chat did to a command: its quotes and its dashes. A
// text with straight quotes is left alone, because its other quotes may be meant. Console
// lines are no commands: their reader takes any quotes.
func tidy(text string, kind Kind) (tidied string, notes []string) {
	if kind == Console || strings.ContainsAny(text, `'"`) {
		return text, nil
	}
	tidied = smart.Replace(text)
	if kind == Curl {
		tidied = longDash.ReplaceAllString(tidied, "$1--$2")
		tidied = shortDash.ReplaceAllString(tidied, "$1-$2")
	}
	if tidied != text {
		notes = append(notes, "the quotes or dashes of the paste are typographic: they were taken for straight quotes and hyphens")
	}
	return tidied, notes
}

// The parsers of shell words and of JavaScript call themselves for each bracket, and a text
// without an end of brackets would use up the stack, which no Go program survives.
const (
	maxText    = 1 << 18 // bytes
	maxNesting = 1000
	maxTicks   = 4000 // each costs the shell's parser more than the one before
)

// readable refuses a text that the parsers cannot read.
func readable(text string) error {
	if len(text) > maxText {
		return errors.New("it is longer than 256 KB: shorten its body, or use a HAR file")
	}
	if strings.Count(text, "`") > maxTicks {
		return errors.New("it has more than 4000 backticks")
	}
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
		if depth > maxNesting {
			return errors.New("it has more than 1000 brackets within each other")
		}
	}
	return nil
}
