package harness

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/plain"
)

// Blocked are the requests that the browser blocked.
func (v Visited) Blocked() []VisitedRequest {
	return v.only(func(r VisitedRequest) bool { return r.Seen.Verdict == Blocked })
}

// Unjudged are the requests without a verdict that the page did not end itself.
func (v Visited) Unjudged() []VisitedRequest {
	return v.only(func(r VisitedRequest) bool { return r.NoVerdict != "" && !r.GivenUp })
}

// ErrorPage is the status of the last document where that is an error, 400 or above, and nothing
// was asked of another origin: such a visit shows nothing of the page that was meant. It is 0
// otherwise.
func (v Visited) ErrorPage() int {
	if len(v.Documents) == 0 || len(v.Requests) > 0 {
		return 0
	}
	if status := v.Documents[len(v.Documents)-1].Status; status >= 400 {
		return status
	}
	return 0
}

// only are the requests of a kind.
func (v Visited) only(wanted func(VisitedRequest) bool) []VisitedRequest {
	var list []VisitedRequest
	for _, r := range v.Requests {
		if wanted(r) {
			list = append(list, r)
		}
	}
	return list
}

// Redacted returns a copy that may be written to a report: see [Observation.Redacted]. The
// script is left out.
func (v Visited) Redacted() Visited {
	v.Visit.URL, v.Visit.Script = hideSecrets(v.Visit.URL), ""
	v.Documents = redactEach(v.Documents, func(d VisitedDocument) VisitedDocument {
		d.URL = hideSecrets(d.URL)
		return d
	})
	v.Dialogs = redactEach(v.Dialogs, func(d VisitedDialog) VisitedDialog {
		d.Text = hideSecrets(d.Text)
		return d
	})
	v.Windows, v.Unwatched = redactEach(v.Windows, hideSecrets), redactEach(v.Unwatched, hideSecrets)
	v.Requests = redactEach(v.Requests, func(r VisitedRequest) VisitedRequest {
		r.Seen, r.Asker.URL, r.At, r.NoVerdict = r.Seen.Redacted(), hideSecrets(r.Asker.URL), hideSecrets(r.At), hideSecrets(r.NoVerdict)
		return r
	})
	return v
}

// visitedDocument is the JSON form of a Visited.
type visitedDocument struct {
	URL       string                   `json:"url"`
	For       string                   `json:"for,omitempty"`
	DryRun    bool                     `json:"dryRun,omitempty"`
	Ended     VisitEnd                 `json:"ended"`
	Documents []VisitedDocument        `json:"documents"`
	Blocked   int                      `json:"blocked"`
	NoVerdict int                      `json:"noVerdict"`
	OwnOrigin int                      `json:"ownOrigin"`
	Windows   []string                 `json:"windows,omitempty"`
	Dialogs   []VisitedDialog          `json:"dialogs,omitempty"`
	Unwatched []string                 `json:"unwatched,omitempty"`
	Requests  []visitedRequestDocument `json:"requests"`
	Browser   UserAgent                `json:"browser"`
}

// visitedRequestDocument is the JSON form of a VisitedRequest.
type visitedRequestDocument struct {
	Count     int         `json:"count"`
	Asker     string      `json:"asker"`
	AskerURL  string      `json:"askerURL"`
	At        string      `json:"at,omitempty"`
	NoVerdict string      `json:"noVerdict,omitempty"`
	GivenUp   bool        `json:"givenUp,omitempty"`
	Seen      Observation `json:"seen"`
}

// MarshalJSON writes the Visited as one document, without secrets.
func (v Visited) MarshalJSON() ([]byte, error) {
	v = v.Redacted()
	d := visitedDocument{
		URL: v.Visit.URL, DryRun: v.Visit.DryRun, Ended: v.Ended, Documents: orEmpty(v.Documents), Blocked: len(v.Blocked()), NoVerdict: len(v.Unjudged()),
		OwnOrigin: v.OwnOrigin, Windows: v.Windows, Dialogs: v.Dialogs, Unwatched: v.Unwatched, Requests: []visitedRequestDocument{}, Browser: v.Browser,
	}
	if v.Visit.For > 0 {
		d.For = v.Visit.For.String()
	}
	for _, r := range v.Requests {
		d.Requests = append(d.Requests, visitedRequestDocument{r.Count, r.Asker.String(), r.Asker.URL, r.At, r.NoVerdict, r.GivenUp, r.Seen})
	}
	return json.Marshal(d)
}

// String lists the requests: what was blocked, with the reason and the remedy, what has no
// verdict, and the rest. It has no secrets, and every text in it is safe to print.
func (v Visited) String() string { return v.Text(0, VisitedRequest.Explain) }

// GomegaString is the list. Gomega prints it whole.
func (v Visited) GomegaString() string { return v.String() }

// Explain says what it means that the request was blocked, and what to change.
func (r VisitedRequest) Explain() []Line {
	e := Explain(r.Seen)
	return []Line{{Kind: LineMeaning, Text: e.Meaning}, {Kind: LineRemedy, Label: "Remedy:", Text: e.Remedy, Detail: e.Anchor}}
}

// Text is [Visited.String] in lines of a width, 0 for the usual one. explain has the lines below
// a request that was blocked; they need a Kind and a Text.
func (v Visited) Text(width int, explain func(VisitedRequest) []Line) string {
	if width <= 0 {
		width = proseWidth
	}
	w := visitWriter{width: width}
	w.line(textColumn, "", "page "+shown(v.Visit.URL)+v.status())
	for i, d := range v.Documents {
		if i > 0 {
			w.line(textColumn, "", "then "+shown(d.URL))
		}
	}
	w.line(textColumn, "", v.summary())
	w.section("Blocked", v.Blocked(), func(r VisitedRequest) {
		w.line(headerColumn, "", cause(r.Seen))
		for _, l := range explain(r) {
			w.explanation(l)
		}
	})
	w.section("No verdict", v.Unjudged(), func(r VisitedRequest) { w.line(headerColumn, "", shown(r.NoVerdict)) })
	w.section("Readable", v.only(func(r VisitedRequest) bool { return r.Seen.Verdict == Readable && !r.Seen.Withheld() }), nil)
	w.section("Opaque, as asked for", v.only(func(r VisitedRequest) bool { return r.Seen.Verdict == Opaque && !r.Seen.Withheld() }), nil)
	w.section("Held back by the dry run: Chrome was about to send it", v.only(func(r VisitedRequest) bool { return r.Seen.Withheld() }), nil)
	w.section("Ended by the page before an answer came", v.only(func(r VisitedRequest) bool { return r.GivenUp }), nil)
	w.remarks(v)
	return strings.TrimSuffix(w.b.String(), "\n")
}

// status is the status of the page, where it is not the usual one.
func (v Visited) status() string {
	if len(v.Documents) == 0 || v.Documents[0].Status == 0 || v.Documents[0].Status == 200 {
		return ""
	}
	return fmt.Sprintf(", which answers with status %d", v.Documents[0].Status)
}

// summary counts the requests and says why the visit ended.
func (v Visited) summary() string {
	text := fmt.Sprintf("%s to other origins: %d blocked, %d without a verdict.", numbered(v.total(v.Requests), "request"), v.total(v.Blocked()), v.total(v.Unjudged()))
	if v.Ended == VisitAtLimit {
		text += " The page never became quiet: what it asks later is not listed. Set For (--for-seconds) to choose how long it is looked at."
	}
	return text
}

// total counts requests that are alike one by one.
func (v Visited) total(list []VisitedRequest) int {
	n := 0
	for _, r := range list {
		n += r.Count
	}
	return n
}

// numbered is a number of things.
func numbered(n int, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun)) }

// visitWriter writes the text of a Visited.
type visitWriter struct {
	b     strings.Builder
	width int
}

// line writes running text behind a label.
func (w *visitWriter) line(indent int, label, text string) {
	if text == "" {
		return
	}
	room := w.width - indent
	for i, row := range plain.Wrap(label+text, room, room) {
		if i == 0 || row != "" {
			w.b.WriteString(strings.Repeat(" ", indent) + row + "\n")
		}
	}
}

// explanation writes a line below a request.
func (w *visitWriter) explanation(l Line) {
	label := l.Label
	if label != "" {
		label += " "
	}
	if l.Kind == LineAgain { // to be copied: never broken
		w.b.WriteString(strings.Repeat(" ", headerColumn) + label + l.Text + "\n")
		return
	}
	text := clean(l.Text)
	if l.Detail != "" {
		text += "   " + l.Detail
	}
	w.line(headerColumn, label, text)
}

// section lists requests under a title. more writes what follows the request.
func (w *visitWriter) section(title string, list []VisitedRequest, more func(VisitedRequest)) {
	if len(list) == 0 {
		return
	}
	w.b.WriteString("\n")
	w.line(textColumn, "", title)
	for _, r := range list {
		if more != nil {
			w.b.WriteString("\n")
		}
		w.line(witnessColumn, "", clean(method(r.Seen.Request))+" "+shown(withoutFragment(r.Seen.Request.URL)))
		w.line(headerColumn, "", r.how())
		if more != nil {
			more(r)
		}
	}
}

// how says who asked, by what, how often, and where in the code.
func (r VisitedRequest) how() string {
	text := clean(string(r.Seen.Request.EffectiveVia())) + " by " + r.Asker.String()
	if r.Asker.Where != WhereWindow || r.Asker.Frame {
		text += " (" + shown(withoutQuery(r.Asker.URL)) + ")"
	}
	if r.Count > 1 {
		text += fmt.Sprintf(", %d times", r.Count)
	}
	if r.At != "" {
		text += ", from " + shown(r.At)
	}
	return text
}

// remarks says what the visit did to the page, and what it could not see.
func (w *visitWriter) remarks(v Visited) {
	var list []string
	if len(v.Documents) > 0 && v.Documents[0].Status >= 400 {
		list = append(list, fmt.Sprintf("The page is an error (%d): the page that you mean may ask other things. Check the URL, and whether it needs a login (--cookie, --storage-state).", v.Documents[0].Status))
	}
	if len(v.Requests) == 0 {
		list = append(list, "Nothing was asked of another origin. To ask for this URL as a page of another origin does, give the origin of that page (--from). A page that asks later, or after a click or a login, needs --for-seconds, --script or --cookie.")
	}
	for _, url := range v.Windows {
		list = append(list, "The page opened a window, which was closed; its requests are not listed: "+shown(url))
	}
	for _, d := range v.Dialogs {
		list = append(list, "The page showed a prompt ("+clean(d.Kind)+"), which was dismissed: "+brief(d.Text))
	}
	for _, text := range v.Unwatched {
		list = append(list, "Not watched: "+shown(text)+".")
	}
	if len(list) > 0 {
		w.b.WriteString("\n")
	}
	for _, text := range list {
		w.line(textColumn, "Note: ", text)
	}
}
