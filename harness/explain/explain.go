// Package explain says what an id or a reason means, and shows it with the headers of a
// response that breaks and of a response that holds.
//
//	e, ok := explain.Of("MissingAllowOriginHeader")
//	fmt.Println(e.Sentence, e.Example.Before.Responses, e.Example.After.Responses)
//
// The examples are data. A test asks the oracle about every example: so each example has
// the verdict that it states.
package explain

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/source"
)

// Entry explains one id or reason.
type Entry struct {
	_ [0]func()

	// Name is the id of a behaviour or a reason.
	Name string `json:"name"`
	// Sentence says what the behaviour wants, or what the reason means.
	Sentence string `json:"sentence"`
	// Remedy says what to change. It is empty for a behaviour.
	Remedy string `json:"remedy,omitempty"`
	// Anchor is the place in a standard that decides.
	Anchor string `json:"anchor"`
	// Behaviour is the row of the catalogue. It is nil for a reason.
	Behaviour *behaviour.Behaviour `json:"behaviour,omitempty"`
	// Example shows a break and its remedy. It is nil where NoExample says why.
	Example *Example `json:"example,omitempty"`
	// NoExample says why response headers cannot show the entry.
	NoExample string `json:"noExample,omitempty"`
}

// Example is one question with two answers.
type Example struct {
	_ [0]func()

	// Request is what the page asks.
	Request harness.Request `json:"request"`
	// AgainAfter is the number of seconds after which the page repeats the request. Zero
	// means that it asks once.
	AgainAfter int `json:"againAfter,omitempty"`
	// Strict says that the standard decides here: Chrome is more lenient.
	Strict bool `json:"strict,omitempty"`
	// Note says what the request and the responses do not show.
	Note string `json:"note,omitempty"`

	Before Outcome `json:"before"`
	After  Outcome `json:"after"`
}

// Outcome is the answers of a server, and the browser's decision on them.
type Outcome struct {
	_ [0]func()

	Verdict harness.Verdict `json:"verdict"`
	Reason  harness.Reason  `json:"reason,omitempty"`
	// Sees are the response headers that the script can read, if the example is about
	// them: names in lower case.
	Sees []string `json:"sees,omitempty"`
	// Responses are the server's answers, in the order of the requests.
	Responses []Response `json:"responses"`
}

// Response is one answer of a server.
type Response struct {
	_ [0]func()

	// To is what the response answers.
	To harness.ExchangeKind `json:"to"`
	// Kept says that a cache holds the response from an earlier question.
	Kept    bool           `json:"kept,omitempty"`
	Status  int            `json:"status"`
	Headers harness.Header `json:"headers"`
}

// Question describes the request of the page in one line.
func (e Example) Question() string {
	r := e.Request
	who := r.From
	if who == harness.OpaqueOrigin {
		who = "a page with an opaque origin"
	}
	parts := []string{cmp.Or(r.Method, "GET") + " " + r.URL + " from " + who}
	if r.Credentials == harness.Include {
		parts = append(parts, "with credentials")
	}
	for _, f := range r.Headers {
		parts = append(parts, "with the header "+f.Name)
	}
	if r.Body.Kind == harness.StreamBody {
		parts = append(parts, "with a streamed body")
	}
	if r.Mode != "" {
		parts = append(parts, "mode "+string(r.Mode))
	}
	if r.Redirect != "" {
		parts = append(parts, "redirect mode "+string(r.Redirect))
	}
	for _, f := range r.PageHeaders {
		parts = append(parts, "the page has "+f.Name+": "+f.Value)
	}
	if e.AgainAfter > 0 {
		parts = append(parts, fmt.Sprintf("and the same again after %d seconds", e.AgainAfter))
	}
	return strings.Join(parts, ", ")
}

// String describes the browser's decision in a few words.
func (o Outcome) String() string {
	text := string(o.Verdict)
	if o.Reason != "" {
		text += ", " + string(o.Reason)
	}
	if o.Sees != nil {
		text += ", the script sees " + strings.Join(o.Sees, ", ")
	}
	return text
}

// String names the request that the response answers, and its status.
func (r Response) String() string {
	if r.Kept {
		return fmt.Sprintf("kept in a cache: %d", r.Status)
	}
	return fmt.Sprintf("to the %s: %d", r.To, r.Status)
}

// All returns every entry: the behaviours by id, then the reasons by name.
func All() []Entry {
	var all []Entry
	for _, name := range names() {
		e, _ := Of(name)
		all = append(all, e)
	}
	return all
}

// Of returns the entry of an id or a reason, in any case. The detail after the dot of a
// net error is ignored. The bool is false where there is no entry.
func Of(name string) (Entry, bool) {
	if strings.HasPrefix(name, "net::") {
		name, _, _ = strings.Cut(name, ".")
	}
	i := slices.IndexFunc(names(), func(known string) bool { return strings.EqualFold(known, name) })
	if i < 0 {
		return Entry{}, false
	}
	name = names()[i]
	e := Entry{Name: name, NoExample: causes[name]}
	if b, ok := behaviour.Of(name); ok {
		e.Sentence, e.Anchor, e.Behaviour = b.Sentence+".", b.Anchor, &b
	} else {
		row, _ := harness.Reason(name).Explain()
		e.Sentence, e.Remedy, e.Anchor = row.Meaning, row.Remedy, row.Anchor
	}
	if example, ok := examples[name]; ok {
		e.Example = &example
	}
	return e, true
}

// number matches a name that is meant to be an id.
var number = regexp.MustCompile(`^(?i)k?\d+$`)

// Nearest returns the id or reason that a name was probably meant to be, or nothing. For
// a number that is not an id it returns nothing: no other number is a better guess.
func Nearest(name string) string {
	if number.MatchString(name) {
		digits := strings.TrimLeft(strings.TrimLeft(name, "kK"), "0")
		if e, ok := Of("K" + strings.Repeat("0", max(0, 2-len(digits))) + digits); ok {
			return e.Name
		}
		return ""
	}
	known := names()
	return cmp.Or(source.Nearest(name, known), only(known, source.Plain(name)))
}

// only returns the only name that contains a text, or nothing.
func only(known []string, text string) string {
	const least = 4 // a shorter text is not a guess
	having := slices.DeleteFunc(known, func(name string) bool { return !strings.Contains(source.Plain(name), text) })
	if len(text) < least || len(having) != 1 {
		return ""
	}
	return having[0]
}

// names returns the names of all entries, in order.
func names() []string {
	var list []string
	for _, b := range behaviour.All() {
		list = append(list, b.ID)
	}
	for _, r := range harness.Reasons() {
		list = append(list, string(r))
	}
	return list
}
