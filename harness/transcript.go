package harness

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Transcript is an Observation line by line: what was asked, each exchange with the
// headers that matter to the decision, what script, server and console saw, and what
// it means. It never contains bodies, or the values of Authorization, Cookie and
// similar headers, and every text in it is safe to print.
//
//	for _, line := range seen.Transcript() {
//		if line.Kind == harness.LineResponseHeader && line.Tone == harness.ToneAlarming {
//			fmt.Println(line.Text, line.Note)
//		}
//	}
type Transcript []Line

// Line is a line of a Transcript before it is laid out. A renderer adds the layout:
// arrows, blanks, and breaks in long lines.
type Line struct {
	Kind LineKind
	// Exchange is the number of the Exchange that the line is about, from 1. It is 0
	// for a line about the whole Observation.
	Exchange int
	// Decided says that the verdict was drawn from the Exchange that begins here.
	Decided bool
	// Indent is how many columns stand before the line.
	Indent int
	// Label names the text, such as "script saw", or the kind of the Exchange.
	Label string
	Text  string
	// Detail goes with the text: how a page asked, what became of an Exchange.
	Detail string
	// Note stands in the margin.
	Note string
	Tone Tone
}

// LineKind says what a Line is about.
type LineKind string

// The kinds of Line.
const (
	LineBlank    LineKind = ""
	LineQuestion LineKind = "question" // the method and the URL
	// LineAsker is the page that asked. Detail lists how it asked, where that is not
	// the browser's default.
	LineAsker LineKind = "asker"
	// LineBefore is a question that was asked before. Detail is what became of it.
	LineBefore LineKind = "before"
	// LineBeside is a question that was asked at the same time. Detail is what became of it.
	LineBeside     LineKind = "beside"
	LinePageHeader LineKind = "page-header"
	// LineEdit is an edit of the answers: see [Request.WhatIf].
	LineEdit LineKind = "edit"
	// LineExchange begins an Exchange. Detail is what came back, such as "204".
	LineExchange LineKind = "exchange"
	// LineNotSent is an Exchange that did not leave the browser. Detail says so, and why.
	LineNotSent        LineKind = "not-sent"
	LineRequestHeader  LineKind = "request-header"
	LineResponseHeader LineKind = "response-header" // also a header that is missing
	LineScript         LineKind = "script"          // what the script saw
	LineWitness        LineKind = "witness"         // what browser, server, page and issues tell
	LineConsole        LineKind = "console"
	LineBlocked        LineKind = "blocked" // the Reason, as Chrome spells it
	LineMeaning        LineKind = "meaning"
	LineRemedy         LineKind = "remedy"
	LineNote           LineKind = "note" // see Notes
	LineAnchor         LineKind = "anchor"
	LineAgain          LineKind = "again" // a command line; see [Visited.Text]
)

// Tone is how much a Line matters.
type Tone string

// The tones.
const (
	ToneOrdinary Tone = ""
	ToneStrong   Tone = "strong"   // what was asked, what it means
	ToneFaint    Tone = "faint"    // what the browser sent
	ToneAlarming Tone = "alarming" // what is wrong
)

// The columns in which lines begin.
const (
	textColumn    = 2
	witnessColumn = 5
	headerColumn  = 7
	consoleColumn = 16 // of the messages, behind the label
	consoleHang   = 2  // of later lines of a message, behind its first line
)

// Transcript returns the transcript as data. [Observation.String] is its text.
func (o Observation) Transcript() Transcript {
	var t Transcript
	t.question(o)
	t.whatIf(o)
	t.before(o)
	t.beside(o)
	t.add(Line{})
	decided := decidingIndex(o)
	for i, e := range o.Exchanges {
		t.exchange(o, i, e, i == decided)
	}
	t.witnesses(o)
	t.add(Line{})
	t.explanation(o)
	return t
}

// String returns the transcript as text without colours.
func (o Observation) String() string { return o.Transcript().Text(PlainText, 0) }

// GomegaString returns the transcript. Gomega prints it whole.
func (o Observation) GomegaString() string { return o.String() }

func (t *Transcript) add(l Line) { *t = append(*t, l) }

// question adds what was asked, by which page and how.
func (t *Transcript) question(o Observation) {
	r := o.Request
	t.add(Line{Kind: LineQuestion, Indent: textColumn, Text: clean(method(r)) + " " + shown(r.URL), Tone: ToneStrong})
	t.add(Line{Kind: LineAsker, Indent: textColumn, Label: "from", Text: asker(r), Detail: strings.Join(slices.Concat(manner(r), onTheWire(o)), ", ")})
	for _, h := range r.PageHeaders {
		t.add(Line{Kind: LinePageHeader, Indent: textColumn, Label: "a page with", Text: clean(h.Name) + ": " + shown(redactValue(h))})
	}
	for _, h := range r.WithinHeaders {
		t.add(Line{Kind: LinePageHeader, Indent: textColumn, Label: "around it, a page with", Text: clean(h.Name) + ": " + shown(redactValue(h))})
	}
	for _, h := range r.WorkerHeaders {
		t.add(Line{Kind: LinePageHeader, Indent: textColumn, Label: "a worker with", Text: clean(h.Name) + ": " + shown(redactValue(h))})
	}
}

// asker names the page that asks.
func asker(r Request) string {
	switch {
	case r.From == "":
		return "no page: sent as it is"
	case r.From == OpaqueOrigin && (r.opaqueScheme() == "http" || strings.HasPrefix(r.URL, "http:")): // it decides what is mixed content
		return shown(r.From) + " (an opaque origin, over " + clean(r.opaqueScheme()) + ")"
	case opaque(r.From):
		return shown(r.From) + " (an opaque origin)"
	}
	return shown(r.From + r.PagePath)
}

// onTheWire says of a question that no page asked it, where there should be a page.
func onTheWire(o Observation) []string {
	if o.Wire && o.Request.From != "" {
		return []string{"asked without a browser (on the wire): Chrome cannot open this page"}
	}
	return nil
}

// manner lists how a page asks, where that is not the browser's default.
func manner(r Request) []string {
	var list []string
	if r.Within != "" {
		frame := "in a frame of " + shown(r.Within+r.WithinPath)
		if r.FrameAllow != "" {
			frame += " with allow=" + strconv.Quote(clean(r.FrameAllow))
		}
		list = append(list, frame)
	}
	if r.Document != "" {
		list = append(list, "in "+r.Document.name()+" of the page")
	}
	if r.Controller.given() {
		list = append(list, r.Controller.manner())
	}
	if r.Specifier != "" {
		list = append(list, "as "+strconv.Quote(shown(r.Specifier))+" of the page's import map")
	}
	if r.Moment != "" {
		list = append(list, "while the page is "+clean(string(r.Moment)))
	}
	if in := r.EffectiveWhere(); in != WhereWindow {
		worker := "in a " + clean(strings.ReplaceAll(string(in), "-", " "))
		if r.WorkerScript != "" {
			worker += " from a " + clean(string(r.WorkerScript)) + ": URL"
		}
		list = append(list, worker)
	}
	switch r.EffectiveVia() {
	case ViaFetch:
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
	if r.Redirect != "" && r.Redirect != RedirectFollow {
		list = append(list, "redirect "+clean(string(r.Redirect)))
	}
	if r.Cache != "" && r.Cache != CacheDefault {
		list = append(list, "cache "+clean(string(r.Cache)))
	}
	if r.ReferrerPolicy != "" {
		list = append(list, "referrer policy "+clean(string(r.ReferrerPolicy)))
	}
	if r.Integrity != "" {
		list = append(list, "with integrity")
	}
	if r.Keepalive {
		list = append(list, "with keepalive")
	}
	if r.Referrer != "" {
		list = append(list, "referrer "+shown(r.Referrer))
	}
	if r.Priority != "" {
		list = append(list, "priority "+clean(string(r.Priority)))
	}
	if r.AbortAfter > 0 {
		list = append(list, "given up after "+r.AbortAfter.String())
	}
	if r.TimeoutAfter > 0 {
		list = append(list, "with a time-out of "+r.TimeoutAfter.String())
	}
	if r.XHR.User != "" {
		list = append(list, "with a user name in open()")
	}
	if r.XHR.ResponseType != "" {
		list = append(list, "responseType "+clean(string(r.XHR.ResponseType)))
	}
	if r.XHR.CredentialsBeforeOpen {
		list = append(list, "withCredentials before open()")
	}
	if r.TargetAddressSpace != "" {
		list = append(list, "target address space "+space(r.TargetAddressSpace))
	}
	return list
}

// exchange adds one exchange.
func (t *Transcript) exchange(o Observation, i int, e Exchange, decided bool) {
	text := clean(e.Method)
	if withoutFragment(e.URL) != withoutFragment(o.Request.URL) {
		text += " " + shown(e.URL)
	}
	kind, became := outcome(o, e)
	note := statusNote(o, e)
	label := clean(string(e.Kind))
	if e.Controller {
		label = "service worker's " + label
	}
	t.add(Line{Kind: kind, Exchange: i + 1, Decided: decided, Indent: textColumn, Label: label, Text: text, Detail: became, Note: note, Tone: toneIf(note != "")})
	for _, l := range slices.Concat(requestLines(o, i), responseLines(o, i)) {
		l.Exchange, l.Indent = i+1, headerColumn
		t.add(l)
	}
}

// withoutFragment returns a URL without its fragment, which is never sent.
func withoutFragment(u string) string {
	before, _, _ := strings.Cut(u, "#")
	return before
}

// outcome says what became of an exchange: whether it was sent, and what came back.
func outcome(o Observation, e Exchange) (kind LineKind, text string) {
	cause := e.NetError
	if cause == netFailed { // says only that it failed
		cause = ""
	}
	kind = LineExchange
	switch {
	case e.Status != 0 && cause != "":
		text = fmt.Sprintf("%d, then %s", e.Status, cause)
	case e.Status != 0:
		text = strconv.Itoa(e.Status)
	case e.Unseen && e.Sent:
		text = "an answer that " + o.Browser.Brand() + " does not show"
	case e.Withheld && o.Wire:
		kind, text = LineNotSent, "not sent, as requested: a browser would send it"
	case e.Withheld:
		kind, text = LineNotSent, "not sent, as requested: "+o.Browser.Brand()+" was about to send it"
	case !e.Sent && e.FromCache == "" && cause != "":
		kind, text = LineNotSent, "not sent: "+cause
	case !e.Sent && e.FromCache == "":
		kind, text = LineNotSent, "not sent"
	case cause != "":
		text = cause
	default:
		text = "no response"
	}
	switch {
	case e.FromCache != "":
		text += " (from " + cacheName(e.FromCache) + ")"
	case !o.Wire && e.shared():
		text += " (no request of its own was sent: the answer belongs to another request)"
	}
	if e.Protocol == "h3" { // only where that was asked for
		text += ", by HTTP/3"
	}
	return kind, clean(text)
}

// statusNote marks the status for which a preflight was refused.
func statusNote(o Observation, e Exchange) string {
	if e.Kind == Preflight && o.Reason == PreflightInvalidStatus && !web.IsOKStatus(e.Status) {
		return "not 200 to 299"
	}
	return ""
}

// toneIf is the tone of a line that may be why the browser blocked.
func toneIf(wrong bool) Tone {
	if wrong {
		return ToneAlarming
	}
	return ToneOrdinary
}

// explanation adds the reason, as Chrome spells it, the meaning and the remedy.
func (t *Transcript) explanation(o Observation) {
	if o.Verdict == Blocked {
		label := "Blocked:"
		switch {
		case o.Wire:
			label = "A browser would block it:"
		case o.Hypothetical():
			label = "Chrome would block it:"
		}
		t.add(Line{Kind: LineBlocked, Indent: textColumn, Label: label, Text: cause(o), Tone: ToneAlarming})
	}
	e := Explain(o)
	t.add(Line{Kind: LineMeaning, Indent: textColumn, Text: e.Meaning, Tone: ToneStrong})
	if e.Remedy != "" {
		t.add(Line{Kind: LineRemedy, Indent: textColumn, Label: "Remedy:", Text: e.Remedy})
	}
	for _, note := range Notes(o) {
		t.add(Line{Kind: LineNote, Indent: textColumn, Label: "Note:", Text: note})
	}
	t.add(Line{Kind: LineAnchor, Indent: textColumn, Text: e.Anchor})
}

// cause is the reason with Chrome's parameter.
func cause(o Observation) string {
	text := clean(string(o.Reason))
	if o.Parameter != "" {
		text += " (" + shown(o.Parameter) + ")"
	}
	if o.Category != "" {
		text += ", category " + clean(o.Category)
	}
	return text
}

// decidingIndex is the place of the exchange that [deciding] returns, or -1. For a
// dry run it is the preflight: the request itself was never answered.
func decidingIndex(o Observation) int {
	preflight := o.Verdict == Blocked && isPreflight(o.Reason) || o.Withheld() && len(o.Preflights()) > 0
	return lastExchange(o, preflight)
}
