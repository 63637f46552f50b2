package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Edit is a change to the answers of a server, which Chrome judges in place of the answers
// themselves: see [Request.WhatIf]. It has one of three forms.
//
//	harness.Edit{On: harness.EditResponse, Name: "Access-Control-Allow-Origin", Value: "https://app.example.com"}
//	harness.Edit{On: harness.EditResponse, Name: "Access-Control-Allow-Origin", Remove: true}
//	harness.Edit{On: harness.EditPreflight, Status: 204}
type Edit struct {
	_ [0]func() // keyed literals only

	// On says which answers are edited.
	On EditOn `json:"on"`
	// Name is the header that gets Value, in place of every line that it has.
	Name  string `json:"name,omitempty"`
	Value string `json:"value,omitempty"`
	// Remove takes out every line of the header. It goes without Value.
	Remove bool `json:"remove,omitempty"`
	// Status takes the place of the status. An answer that redirects then redirects no
	// more, and has no body. Zero keeps the status; it goes without Name.
	Status int `json:"status,omitempty"`
}

// EditOn says which answers an Edit is for.
type EditOn string

// The answers that can be edited.
const (
	// EditPreflight is the answer to each preflight.
	// https://fetch.spec.whatwg.org/#cors-preflight-fetch
	EditPreflight EditOn = "preflight"
	// EditResponse is every other answer: an error and each redirect too.
	EditResponse EditOn = "response"
)

// String returns the edit in the words of the flag --what-if.
func (e Edit) String() string {
	switch {
	case e.Status != 0:
		return fmt.Sprintf("%s: status %d", e.On, e.Status)
	case e.Remove:
		return fmt.Sprintf("%s: remove %s", e.On, e.Name)
	}
	return fmt.Sprintf("%s: %s: %s", e.On, e.Name, e.Value)
}

// ParseEdit reads an edit as String writes it: "response: NAME: VALUE", "response: remove
// NAME" or "response: status NUMBER", and the same with preflight.
func ParseEdit(text string) (Edit, error) {
	on, rest, _ := strings.Cut(text, ":")
	e := Edit{On: EditOn(strings.TrimSpace(on))}
	name, value, isHeader := strings.Cut(strings.TrimSpace(rest), ":")
	first, second, _ := strings.Cut(strings.TrimSpace(name), " ")
	switch number, err := strconv.Atoi(strings.TrimSpace(second)); {
	case isHeader:
		e.Name, e.Value = strings.TrimSpace(name), strings.TrimSpace(value)
	case first == "remove":
		e.Name, e.Remove = strings.TrimSpace(second), true
	case first == "status" && err == nil:
		e.Status = number
	default:
		return Edit{}, fmt.Errorf("%q: want response: NAME: VALUE, response: remove NAME or response: status NUMBER; or preflight in place of response", text)
	}
	var problem error
	e.faults(func(format string, args ...any) { problem = fmt.Errorf("%q: "+format, append([]any{text}, args...)...) })
	return e, problem
}

// Answer is what a server answered.
type Answer struct {
	_ [0]func() // keyed literals only

	Status  int    `json:"status"`
	Headers Header `json:"headers"`
}

// Hypothetical says that Chrome judged edited answers: the verdict is what would be.
func (o Observation) Hypothetical() bool { return len(o.Request.WhatIf) > 0 }

// editable are the means by which a question with edits can be asked.
var editable = []Via{ViaFetch, ViaXHR, ViaXHRUpload}

// editFaults names edits that are none, and the questions whose answers Chrome does not let
// us edit.
func (r Request) editFaults(fault func(field, value, problem string, args ...any)) {
	if len(r.WhatIf) == 0 {
		return
	}
	for _, e := range r.WhatIf {
		e.faults(func(problem string, args ...any) { fault("WhatIf", e.String(), problem, args...) })
	}
	refuse := func(given bool, problem string, args ...any) {
		if given {
			fault("WhatIf", r.WhatIf[0].String(), problem, args...)
		}
	}
	refuse(r.OnTheWire(), "no browser judges this question, so there is nothing to try out: remove WhatIf (--what-if)")
	refuse(!slices.Contains(editable, r.EffectiveVia()), "only answers to %s can be edited: remove WhatIf (--what-if), or ask by one of these", join(editable))
	refuse(r.EffectiveWhere() != WhereWindow, "Chrome does not show the answers of a worker to its page, so they cannot be edited: ask from the page itself, or remove WhatIf (--what-if)")
	refuse(r.Controller.given(), "the service worker gets the answer, and what it gets cannot be edited: remove Controller or WhatIf (--what-if)")
	refuse(r.Cache != "", "an answer from a cache is not the answer of the server: remove Cache (--cache), so that the server is asked, or WhatIf (--what-if)")
	refuse(r.Hint.given(), "the link gets the answer before the script asks: remove Hint or WhatIf (--what-if)")
	refuse(r.Moment != "", "the page is gone when the answer comes: remove Moment or WhatIf (--what-if)")
	refuse(r.ExtensionKey != "", "the answers to the page of an extension cannot be edited: remove ExtensionKey or WhatIf (--what-if)")
	refuse(len(r.Beside) > 0, "one answer may serve several questions: remove Beside or WhatIf (--what-if)")
}

// faults names what is wrong with the edit itself.
func (e Edit) faults(fault func(problem string, args ...any)) {
	switch {
	case e.On != EditPreflight && e.On != EditResponse:
		fault("want %s or %s: which answer is edited?", EditResponse, EditPreflight)
	case e.Status != 0 && (e.Name != "" || e.Value != "" || e.Remove):
		fault("an edit changes a header or the status: write two of them")
	case e.Status != 0 && (e.Status < 200 || e.Status > 599):
		fault("want a status from 200 to 599")
	case e.Status >= 300 && e.Status <= 399:
		fault("an edit makes no redirect: want a status outside 300 to 399")
	case e.Status != 0:
	case e.Remove && e.Value != "":
		fault("a header that is removed has no value")
	default:
		headerFaults("WhatIf", Header{{e.Name, e.Value}}, func(_, _, problem string, args ...any) { fault(problem, args...) })
	}
}

// edits are the edits for a page, as JSON, empty where there are none.
func edits(list []Edit) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	told := make([]engine.Edit, 0, len(list))
	for _, e := range list {
		told = append(told, engine.Edit{Preflight: e.On == EditPreflight, Name: e.Name, Value: e.Value, Remove: e.Remove, Status: e.Status})
	}
	text, err := json.Marshal(told)
	return string(text), err
}

// unedited says whether an answer came that Chrome did not let us edit: then the verdict is
// not about the edits.
func (c *conclusion) unedited() bool {
	return c.Hypothetical() && slices.ContainsFunc(c.told.Requests, func(r engine.Request) bool {
		return r.Status != 0 && !r.Withheld && r.Server == nil && strings.HasPrefix(r.URL, "http")
	})
}

func (c *conclusion) notEdited() error {
	return c.inconclusive("an answer did not pass the place where it is edited, so there is no telling what would be")
}

// serverOf is the answer of the server, where another one was judged.
func serverOf(r engine.Request) *Answer {
	if r.Server == nil || r.Server.Status == r.Status && slices.Equal(r.Server.Headers, r.ResponseHeaders) {
		return nil
	}
	return &Answer{Status: r.Server.Status, Headers: headerOf(r.Server.Headers)}
}

// whatIf adds a line for each edit.
func (t *Transcript) whatIf(o Observation) {
	for i, e := range o.Request.WhatIf {
		label := "what if"
		if i > 0 {
			label = "and"
		}
		t.add(Line{Kind: LineEdit, Indent: textColumn, Label: label, Text: shown(redactEdit(e).String())})
	}
}

// editLines are the lines of what the server answered and Chrome did not get to see.
func editLines(e Exchange) []Line {
	if e.Server == nil {
		return nil
	}
	var lines []Line
	add := func(text string) {
		lines = append(lines, responseLine("("+text+")", "what the server really sends, taken out here", false))
	}
	if e.Server.Status != e.Status {
		add(fmt.Sprintf("status %d", e.Server.Status))
	}
	for _, f := range e.Server.Headers {
		if !slices.Contains(e.ResponseHeaders, f) {
			add(clean(f.Name) + ": " + shown(redactValue(f)))
		}
	}
	return lines
}

// added says whether a line of a response is an edit, and not the server's own.
func (e Exchange) added(f Field) bool {
	return e.Server != nil && !slices.Contains(e.Server.Headers, f)
}

// hypothetically turns what is into what would be.
func hypothetically(o Observation, e Explanation) Explanation {
	if o.Hypothetical() {
		e.Meaning = "This is what would be with the edits above, not what is. " + e.Meaning
	}
	return e
}
