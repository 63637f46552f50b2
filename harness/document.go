package harness

import (
	"encoding/json"
	"strings"
)

// document is the JSON form of an Observation.
type document struct {
	Request Request       `json:"request"`
	Before  []Observation `json:"before,omitempty"`
	Hinted  Hinted        `json:"hinted,omitzero"`
	Beside  []Observation `json:"beside,omitempty"`
	Verdict *Verdict      `json:"verdict"`
	Wire    bool          `json:"wire,omitempty"`
	// Hypothetical says that the verdict is what would be: see Observation.Hypothetical.
	Hypothetical bool            `json:"hypothetical,omitempty"`
	Reason       *documentReason `json:"reason"`
	Notes        []string        `json:"notes,omitempty"`
	Script       Script          `json:"script"`
	Exchanges    []Exchange      `json:"exchanges"`
	Console      []Message       `json:"console"`
	Issues       []Issue         `json:"issues,omitempty"`
	Arrivals     []Arrival       `json:"arrivals"`
	Page         Page            `json:"page"`
	Browser      *UserAgent      `json:"browser,omitempty"`
	// Chrome repeats Browser, for readers of the first release. The next release removes it.
	Chrome Chrome `json:"chrome"`
}

// documentReason is why the browser blocked, with the explanation.
type documentReason struct {
	Code          Reason `json:"code"`
	Parameter     string `json:"parameter"`
	BlockedReason string `json:"blockedReason"`
	NetError      string `json:"netError"`
	Category      string `json:"category,omitempty"`
	Meaning       string `json:"meaning"`
	Remedy        string `json:"remedy"`
	Anchor        string `json:"anchor"`
}

// MarshalJSON writes the Observation as one document, without secrets: see
// [Observation.Redacted]. It contains what the script read of the body. The key verdict is
// null where there is no verdict, reason is null unless the verdict is blocked, arrivals is
// null where the server is not ours.
func (o Observation) MarshalJSON() ([]byte, error) {
	body := o.Script.Body
	o = o.Redacted()
	o.Script.Body = body
	d := document{
		Request: o.Request, Before: o.Before, Beside: o.Beside, Hinted: o.Hinted, Wire: o.Wire, Hypothetical: o.Hypothetical(), Script: o.Script, Exchanges: orEmpty(o.Exchanges), Console: orEmpty(o.Console),
		Issues: o.Issues, Arrivals: o.Arrivals, Page: o.Page, Chrome: o.Browser.Chrome(), Notes: Notes(o),
	}
	if o.Browser.Name != "" {
		o.Browser.Flags = orEmpty(o.Browser.Flags)
		d.Browser = &o.Browser
	}
	d.Script.Headers = orEmpty(o.Script.Headers)
	d.Chrome.Flags = orEmpty(d.Chrome.Flags)
	if o.Verdict != "" {
		d.Verdict = &o.Verdict
	}
	if o.Verdict == Blocked {
		e := Explain(o)
		d.Reason = &documentReason{o.Reason, o.Parameter, o.BlockedReason, o.NetError, o.Category, e.Meaning, e.Remedy, e.Anchor}
	}
	return json.Marshal(d)
}

// UnmarshalJSON reads the document that MarshalJSON writes.
func (o *Observation) UnmarshalJSON(data []byte) error {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	*o = Observation{
		Request: d.Request, Before: d.Before, Beside: d.Beside, Hinted: d.Hinted, Wire: d.Wire, Script: d.Script, Exchanges: d.Exchanges, Console: d.Console,
		Issues: d.Issues, Arrivals: d.Arrivals, Page: d.Page, Browser: d.browser(),
	}
	if d.Verdict != nil {
		o.Verdict = *d.Verdict
	}
	if d.Reason != nil {
		o.Reason, o.Parameter, o.BlockedReason, o.NetError = d.Reason.Code, d.Reason.Parameter, d.Reason.BlockedReason, d.Reason.NetError
		o.Category = d.Reason.Category
	}
	return nil
}

// browser returns the browser that decided, also from an older document without that key.
func (d document) browser() UserAgent {
	if d.Browser != nil {
		return *d.Browser
	}
	name, version, _ := strings.Cut(d.Chrome.Version, "/")
	return UserAgent{Name: name, Version: version, Flags: d.Chrome.Flags, Trusts: d.Chrome.Trusts, Resolve: d.Chrome.Resolve}
}

// orEmpty makes a missing list an empty one, which JSON writes as [].
func orEmpty[L ~[]E, E any](list L) L {
	if list == nil {
		return L{}
	}
	return list
}
