package report

import (
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// drawing is the data from which the page draws findings. Texts and header lines are
// stored in tables and referred to by index, since most findings have the same texts. The
// first text is empty, so that the zero ref means absent.
type drawing struct {
	Texts    []string       `json:"texts"`
	Lines    []drawnLine    `json:"lines"`
	Browser  string         `json:"browser"`
	Rows     []string       `json:"rows,omitempty"`
	Columns  [][2]string    `json:"columns,omitempty"`
	Findings []drawnFinding `json:"findings"`

	texts map[string]ref
	lines map[drawnLine]int
	bytes int
}

// ref is an index in the table of texts.
type ref int

// drawnLine is a header line, its note, and whether it is the reason for the outcome.
type drawnLine [3]ref

type drawnFinding struct {
	Row     int         `json:"row"`
	Column  int         `json:"column"`
	Problem int         `json:"problem,omitzero"` // its number, from 1
	Key     ref         `json:"key"`
	Why     ref         `json:"why,omitzero"`
	Meaning ref         `json:"meaning,omitzero"`
	Remedy  ref         `json:"remedy,omitzero"`
	Anchor  ref         `json:"anchor,omitzero"`
	Known   ref         `json:"known,omitzero"`
	Runs    ref         `json:"runs,omitzero"`
	Steps   []drawnStep `json:"steps,omitempty"`
}

type drawnStep struct {
	Want      string          `json:"want"`
	Verdict   string          `json:"verdict,omitempty"`
	Reason    ref             `json:"reason,omitzero"`
	Prepares  bool            `json:"prepares,omitempty"`
	Decided   bool            `json:"decided,omitempty"`
	Wire      bool            `json:"wire,omitempty"`
	Error     ref             `json:"error,omitzero"`
	From      ref             `json:"from,omitzero"`
	Server    ref             `json:"server,omitzero"`
	Method    ref             `json:"method,omitzero"`
	Path      ref             `json:"path,omitzero"` // without the server
	How       ref             `json:"how,omitzero"`
	Script    ref             `json:"script,omitzero"`
	Exchanges []drawnExchange `json:"exchanges,omitempty"`
	Console   []ref           `json:"console,omitempty"`
}

type drawnExchange struct {
	Kind     string `json:"kind"`
	State    string `json:"state"` // sent, cache, withheld or unsent
	Method   ref    `json:"method"`
	URL      ref    `json:"url,omitzero"` // only if it differs from the request's
	Outcome  ref    `json:"outcome"`
	Note     ref    `json:"note,omitzero"`
	Protocol ref    `json:"protocol,omitzero"`
	Request  []int  `json:"request,omitempty"`
	Response []int  `json:"response,omitempty"`
	Decided  bool   `json:"decided,omitempty"`
	Passed   bool   `json:"passed,omitempty"`
}

// The limits of long values: the second applies after drawnBudget is used up.
const (
	drawnLimit  = 600
	tightLimit  = 80
	pathLimit   = 120     // of the page's narrow column
	drawnBudget = 5 << 20 // bytes of texts

	drawnMessages = 50 // of the console
)

// draw prepares findings for drawing.
func draw(browser string, findings []finding.Finding) drawing {
	d := drawing{Texts: []string{""}, Lines: []drawnLine{}, Findings: []drawnFinding{}, Browser: printable(browser, 60), texts: map[string]ref{"": 0}, lines: map[drawnLine]int{}}
	for _, f := range findings {
		x := drawnFinding{
			Key: d.text(f.Key), Why: d.text(sentence(f.Why)), Meaning: d.text(f.Meaning), Remedy: d.text(f.Remedy),
			Anchor: d.text(f.Anchor), Known: d.text(f.Known), Runs: d.text(runs(f)),
		}
		for _, s := range f.Steps {
			x.Steps = append(x.Steps, d.step(s, f.Wire || s.Observation.Wire))
		}
		d.Findings = append(d.Findings, x)
	}
	return d
}

// place adds the place of each finding in a table.
func (d *drawing) place(m matrix) {
	for _, row := range m.Rows {
		d.Rows = append(d.Rows, row.Origin)
	}
	for _, c := range m.Columns {
		d.Columns = append(d.Columns, [2]string{c.Method, c.Resource})
	}
	for i := range d.Findings {
		d.Findings[i].Row, d.Findings[i].Column = m.at[i][0], m.at[i][1]
	}
}

// text stores a text in the table and returns its index.
func (d *drawing) text(value string) ref {
	limit := drawnLimit
	if d.bytes > drawnBudget {
		limit = tightLimit
	}
	value = printable(value, limit)
	at, known := d.texts[value]
	if !known {
		at = ref(len(d.Texts))
		d.texts[value] = at
		d.Texts = append(d.Texts, value)
		d.bytes += len(value)
	}
	return at
}

// line stores a header line in the table and returns its index.
func (d *drawing) line(l harness.Line) int {
	x := drawnLine{d.text(l.Text), d.text(l.Note), 0}
	if l.Tone == harness.ToneAlarming {
		x[2] = 1
	}
	at, known := d.lines[x]
	if !known {
		at = len(d.Lines)
		d.lines[x] = at
		d.Lines = append(d.Lines, x)
	}
	return at
}

// step prepares one step. All that the transcript of the step also shows comes from the
// transcript's lines.
func (d *drawing) step(s finding.Step, wire bool) drawnStep {
	o := s.Observation
	x := drawnStep{
		Want: string(s.Want), Verdict: string(o.Verdict), Prepares: s.Prepares, Decided: s.Decided, Wire: wire, Error: d.text(s.Error),
		From: d.text(o.Request.From), Server: d.text(web.OriginOf(o.Request.URL)), Method: d.text(methodName(o.Request)), Path: d.text(printable(strings.TrimPrefix(o.Request.URL, web.OriginOf(o.Request.URL)), pathLimit)),
	}
	for _, l := range o.Transcript() {
		switch l.Kind {
		case harness.LineAsker:
			x.How = d.text(l.Detail)
		case harness.LineBlocked:
			x.Reason = d.text(l.Text)
		case harness.LineScript:
			if o.Verdict != "" && !wire {
				x.Script = d.text(l.Text)
			}
		case harness.LineExchange, harness.LineNotSent:
			x.Exchanges = append(x.Exchanges, d.exchange(o, l))
		case harness.LineRequestHeader:
			e := &x.Exchanges[l.Exchange-1]
			e.Request = append(e.Request, d.line(l))
		case harness.LineResponseHeader:
			e := &x.Exchanges[l.Exchange-1]
			e.Response = append(e.Response, d.line(l))
		}
	}
	for _, m := range o.Console[:min(drawnMessages, len(o.Console))] {
		x.Console = append(x.Console, d.text(m.Text))
	}
	if left := len(o.Console) - drawnMessages; left > 0 {
		x.Console = append(x.Console, d.text(fmt.Sprintf("… %s", quantity(left, "more message"))))
	}
	for _, i := range o.Issues {
		x.Console = append(x.Console, d.text(strings.TrimSpace(i.Code+" "+i.Detail)))
	}
	return x
}

// exchange prepares the exchange that begins with a line.
func (d *drawing) exchange(o harness.Observation, l harness.Line) drawnExchange {
	e := o.Exchanges[l.Exchange-1]
	x := drawnExchange{
		Kind: kindName(e.Kind), State: stateOf(e), Method: d.text(e.Method), Outcome: d.text(l.Detail), Note: d.text(l.Note), Protocol: d.text(e.Protocol),
		Decided: l.Decided, Passed: o.Verdict != harness.Blocked,
	}
	if e.URL != o.Request.URL {
		x.URL = d.text(e.URL)
	}
	return x
}

// kindName returns the kind of an exchange as a word.
func kindName(k harness.ExchangeKind) string {
	switch k {
	case harness.Preflight, harness.ActualRequest, harness.RedirectHop:
		return string(k)
	}
	return "exchange"
}

// stateOf says what happened to a request.
func stateOf(e harness.Exchange) string {
	switch {
	case e.Withheld:
		return "withheld"
	case e.FromCache != "" && !e.Sent:
		return "cache"
	case !e.Sent:
		return "unsent"
	}
	return "sent"
}

// methodName returns the method of a request.
func methodName(r harness.Request) string {
	if r.Method == "" {
		return "GET"
	}
	return r.Method
}
