package paste

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// Kind is a kind of paste.
type Kind string

// The kinds of paste.
const (
	Console Kind = "console line"
	Fetch   Kind = "fetch call"
	Curl    Kind = "curl command"
	HAR     Kind = "HAR file"
)

// Options say what a paste does not.
type Options struct {
	_ [0]func() // keyed literals only

	// From is the origin of the page, where the paste does not say it. Empty means that such
	// a paste is an error.
	From string
	// Entry is the question that is wanted of several: its number, counted from 1, or its
	// URL. The number of a HAR's entry counts all its entries. Empty means all questions; of a
	// HAR, all that cross origins.
	Entry string
	// Before is how many requests of the entry's page are asked before it, as the HAR has them.
	// It needs Entry. Requests that may change something are left out, unless BeforeUnsafe.
	Before       int
	BeforeUnsafe bool
	// File reads a file that a curl command names, such as --data @body.json. Nil means that
	// such a command is an error.
	File func(name string) ([]byte, error)
}

// Pasted is what a paste says.
type Pasted struct {
	_ [0]func()

	Kind      Kind
	Questions []Question
	// Notes say what was made of the paste as a whole.
	Notes []string
}

// Question is a question of a paste.
type Question struct {
	_ [0]func()

	// Number is the question's place in the paste, counted from 1. Of a HAR, it is the
	// number of the entry.
	Number  int
	Request harness.Request
	// Cookies are what the browser held.
	Cookies []harness.SetCookie
	// Claim is what a console line says of the verdict.
	Claim Claim
	// Notes say what was taken for what, and what was left out.
	Notes []string
}

// said is how a question is listed.
func (q Question) said() string {
	method := q.Request.Method
	if method == "" {
		method = "GET"
	}
	return fmt.Sprintf("%d: %s %s from %s", q.Number, method, plain.Safe(q.Request.URL), plain.Safe(q.Request.From))
}

// maxListed is how many questions an error lists.
const maxListed = 20

// SeveralError says that a paste has several questions where one is wanted, or none. Its text
// lists them.
type SeveralError struct{ Pasted Pasted }

func (e *SeveralError) Error() string {
	var list strings.Builder
	for i, q := range e.Pasted.Questions {
		if i == maxListed {
			fmt.Fprintf(&list, "\n  and %d more", len(e.Pasted.Questions)-i)
			break
		}
		list.WriteString("\n  " + q.said())
	}
	return fmt.Sprintf("the %s has %d questions: choose one with --entry and its number%s", e.Pasted.Kind, len(e.Pasted.Questions), list.String())
}

// One is the only question of a paste. Where there are several, the error is a *[SeveralError].
func (p Pasted) One() (Question, error) {
	if len(p.Questions) != 1 {
		return Question{}, &SeveralError{p}
	}
	return p.Questions[0], nil
}

var (
	fetchStart = regexp.MustCompile(`^(?:await\s+|return\s+|(?:const|let|var)\s+\w+\s*=\s*(?:await\s+)?)?(?:window\.|self\.|globalThis\.)?fetch\s*\(`)
	curlStart  = regexp.MustCompile(`^(?:\S*[/\\])?curl(?:\.exe)?\s`)
	harStart   = regexp.MustCompile(`^\{\s*"log"\s*:`)
)

// Recognize says what kind of paste a text is. The bool is false for a text that is none.
func Recognize(text string) (Kind, bool) {
	text = withoutPrompt(text)
	switch {
	case harStart.MatchString(text):
		return HAR, true
	case fetchStart.MatchString(text):
		return Fetch, true
	case curlStart.MatchString(text):
		return Curl, true
	case isConsole(text):
		return Console, true
	}
	return "", false
}

var errUnknown = errors.New("this text names no request: paste the whole red line of the console (Access to fetch at ... has been blocked by CORS policy), or what DevTools copies (Network, right click, Copy as fetch or Copy as cURL), or a HAR")

// Read reads a paste of any kind. The error says what is missing or cannot be read, and what
// was understood.
func Read(data []byte, o Options) (Pasted, error) {
	text := decoded(data)
	kind, ok := Recognize(text)
	if !ok {
		return Pasted{}, errUnknown
	}
	if kind == HAR {
		return ReadHAR(strings.NewReader(withoutPrompt(text)), o)
	}
	if err := readable(text); err != nil {
		return Pasted{}, fmt.Errorf("%s: %w", kind, err)
	}
	text, notes := tidy(withoutPrompt(text), kind)
	readers := map[Kind]func(string, Options) ([]Question, error){Console: readConsole, Fetch: readFetch, Curl: readCurl}
	questions, err := readers[kind](text, o)
	if err != nil {
		return Pasted{}, fmt.Errorf("%s: %w", kind, err)
	}
	p := Pasted{Kind: kind, Questions: numbered(questions), Notes: notes}
	return p, p.choose(o.Entry)
}

// numbered gives the questions their numbers.
func numbered(list []Question) []Question {
	for i := range list {
		list[i].Number = i + 1
	}
	return list
}

// choose keeps the question that is wanted.
func (p *Pasted) choose(entry string) error {
	if entry == "" {
		return nil
	}
	var kept []Question
	for _, q := range p.Questions {
		if wanted(entry, q.Number, q.Request.URL) {
			kept = append(kept, q)
		}
	}
	if len(kept) == 0 {
		return fmt.Errorf("the %s has no question %s: it has %d", p.Kind, plain.Safe(entry), len(p.Questions))
	}
	p.Questions = kept
	return nil
}

// wanted says whether Options.Entry names a question: by its number, its URL, or its URL without
// the query.
func wanted(entry string, number int, url string) bool {
	if n, err := strconv.Atoi(entry); err == nil {
		return n == number
	}
	bare, _, _ := strings.Cut(url, "?")
	return entry == url || entry == bare
}

// decoded is the text of a paste: a file that Windows wrote may be in UTF-16, or begin with a
// byte order mark.
func decoded(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return utf16Text(data[2:], 0)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return utf16Text(data[2:], 1)
	}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return text
}
