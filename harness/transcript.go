package harness

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Style says how a transcript is written.
type Style int

// The styles.
const (
	// PlainText has no colours.
	PlainText Style = iota
	// ANSIColors is for a terminal that shows them.
	ANSIColors
)

// String returns the transcript: what was asked, each exchange with the headers
// that matter to the decision, what script, server and console saw, and what it
// means. Values of Authorization, Cookie and the like and the bodies are never
// in it.
func (o Observation) String() string { return Transcript(o, PlainText) }

// GomegaString returns the transcript. Gomega prints it whole.
func (o Observation) GomegaString() string { return o.String() }

// Transcript returns the transcript of an Observation in a style.
func Transcript(o Observation, style Style) string {
	var t transcript
	t.question(o)
	t.blank()
	for i, e := range o.Exchanges {
		t.exchange(o, i, e)
	}
	t.witnesses(o)
	t.blank()
	t.explanation(o)
	return t.render(style)
}

// transcript is a text in the making.
type transcript struct{ lines []line }

// line is a line of a transcript, with a note in its margin.
type line struct {
	text string
	note string
	tone tone
}

// tone is how much a line matters.
type tone int

const (
	ordinary tone = iota
	strong        // what was asked, what it means
	faint         // what the browser sent
	alarming      // what is wrong
)

// colors are the ANSI codes of the tones.
var colors = map[tone]string{strong: "\x1b[1m", faint: "\x1b[2m", alarming: "\x1b[33m"}

const (
	width     = 110 // of running text
	noteGap   = 8   // between the longest line with a note and the notes
	noteLimit = 90  // a longer line does not push the notes further out
)

func (t *transcript) add(l line) { t.lines = append(t.lines, l) }
func (t *transcript) blank()     { t.add(line{}) }

// running adds running text, wrapped.
func (t *transcript) running(tone tone, text string) {
	for _, part := range wrap(text, width) {
		t.add(line{text: "  " + part, tone: tone})
	}
}

// question adds what was asked, by whom and how.
func (t *transcript) question(o Observation) {
	r := o.Request
	t.add(line{text: "  " + clean(method(r)) + " " + shown(r.URL), tone: strong})
	t.add(line{text: "  from " + strings.Join(manner(r), ", ")})
	for _, h := range r.PageHeaders {
		t.add(line{text: "  a page with " + clean(h.Name) + ": " + shown(redactValue(h))})
	}
}

// manner lists who asks and how, where that is not the browser's default.
func manner(r Request) []string {
	who := shown(r.From)
	switch {
	case r.From == "":
		who = "no page: sent as it is"
	case opaque(r.From):
		who += " (an opaque origin)"
	}
	list := []string{who}
	if r.Within != "" {
		list = append(list, "in a frame of "+shown(r.Within))
	}
	switch r.Via {
	case "", ViaFetch:
	case ViaXHR:
		list = append(list, "by XMLHttpRequest")
	default:
		list = append(list, "via "+clean(string(r.Via)))
	}
	switch r.Credentials {
	case Include:
		list = append(list, "with credentials")
	case Omit:
		list = append(list, "without credentials")
	}
	if r.Mode != "" && r.Mode != CORS {
		list = append(list, "mode "+clean(string(r.Mode)))
	}
	if r.Redirect != "" && r.Redirect != Follow {
		list = append(list, "redirect "+clean(string(r.Redirect)))
	}
	if r.Cache != "" && r.Cache != DefaultCache {
		list = append(list, "cache "+clean(string(r.Cache)))
	}
	if r.ReferrerPolicy != "" {
		list = append(list, "referrer policy "+clean(string(r.ReferrerPolicy)))
	}
	if r.Integrity != "" {
		list = append(list, "with integrity")
	}
	if r.TargetAddressSpace != "" {
		list = append(list, "target address space "+space(r.TargetAddressSpace))
	}
	return list
}

// exchange adds one exchange.
func (t *transcript) exchange(o Observation, i int, e Exchange) {
	head := fmt.Sprintf("  %d  %-9s  %s", i+1, clean(string(e.Kind)), clean(e.Method))
	if withoutFragment(e.URL) != withoutFragment(o.Request.URL) {
		head += " " + shown(e.URL)
	}
	note := statusNote(o, e)
	t.add(line{text: head + outcome(e), note: note, tone: toneOf(note)})
	for _, h := range requestLines(o, i) {
		t.add(line{text: "       " + h.text, note: h.note, tone: faint})
	}
	for _, h := range responseLines(o, i) {
		t.add(line{text: "       " + h.text, note: h.note, tone: h.tone})
	}
}

// withoutFragment returns a URL without its fragment, which is never sent.
func withoutFragment(u string) string {
	before, _, _ := strings.Cut(u, "#")
	return before
}

// outcome says what became of an exchange.
func outcome(e Exchange) string {
	cause := e.NetError
	if cause == "net::ERR_FAILED" { // says only that it failed
		cause = ""
	}
	text := ""
	switch {
	case e.Status != 0 && cause != "":
		text = fmt.Sprintf(" -> %d, then %s", e.Status, cause)
	case e.Status != 0:
		text = fmt.Sprintf(" -> %d", e.Status)
	case e.Unseen && e.Sent:
		text = " -> an answer that Chrome does not show"
	case e.Withheld:
		text = "  not sent, as was asked: Chrome was about to send it"
	case !e.Sent && e.FromCache == "" && cause != "":
		text = "  not sent: " + cause
	case !e.Sent && e.FromCache == "":
		text = "  not sent"
	case cause != "":
		text = " -> " + cause
	default:
		text = " -> no response"
	}
	if e.FromCache != "" {
		text += " (from " + cacheName(e.FromCache) + ")"
	}
	return clean(text)
}

// statusNote marks the status for which a preflight was refused.
func statusNote(o Observation, e Exchange) string {
	if e.Kind == Preflight && o.Reason == PreflightInvalidStatus && !web.IsOKStatus(e.Status) {
		return "not 200 to 299"
	}
	return ""
}

// toneOf makes a line with a note alarming.
func toneOf(note string) tone {
	if note != "" {
		return alarming
	}
	return ordinary
}

// explanation adds what it means. The reason is spelled as Chrome spells it.
func (t *transcript) explanation(o Observation) {
	if o.Verdict == Blocked {
		t.add(line{text: "  Blocked: " + cause(o), tone: alarming})
	}
	e := Explain(o)
	t.running(strong, e.Meaning)
	if e.Remedy == "" {
		t.add(line{text: "  " + e.Anchor})
		return
	}
	remedy := "Remedy: " + lowerFirst(e.Remedy)
	if utf8.RuneCountInString(remedy)+3+len(e.Anchor) <= width+20 {
		t.add(line{text: "  " + remedy + "   " + e.Anchor})
		return
	}
	t.running(ordinary, remedy)
	t.add(line{text: "  " + e.Anchor})
}

// cause is the reason with Chrome's parameter.
func cause(o Observation) string {
	text := clean(string(o.Reason))
	if o.Parameter != "" {
		text += " (" + shown(o.Parameter) + ")"
	}
	return text
}

// lowerFirst puts a sentence behind a colon.
func lowerFirst(sentence string) string {
	r, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToLower(r)) + sentence[size:]
}

// render writes the lines, their notes in one column.
func (t *transcript) render(style Style) string {
	column := t.column()
	var b strings.Builder
	for i, l := range t.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(paint(l.text, l.tone, style))
		if l.note != "" {
			gap := max(column-utf8.RuneCountInString(l.text), 2)
			b.WriteString(strings.Repeat(" ", gap) + paint(l.note, l.tone, style))
		}
	}
	return b.String()
}

// column is where the notes stand.
func (t *transcript) column() int {
	longest := 0
	for _, l := range t.lines {
		if n := utf8.RuneCountInString(l.text); l.note != "" && n <= noteLimit {
			longest = max(longest, n)
		}
	}
	return longest + noteGap
}

// paint colours text, where the style asks for it.
func paint(text string, tone tone, style Style) string {
	color := colors[tone]
	if style != ANSIColors || color == "" || text == "" {
		return text
	}
	return color + text + "\x1b[0m"
}
