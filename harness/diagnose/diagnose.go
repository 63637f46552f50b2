package diagnose

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Layer is the part of the way between page and server that is at fault.
type Layer string

// The layers.
const (
	Page       Layer = "page"
	Library    Layer = "library in the page"
	Framework  Layer = "framework"
	Middleware Layer = "CORS middleware"
	Gateway    Layer = "gateway"
	Cache      Layer = "CDN or cache"
	Login      Layer = "login"
	Setting    Layer = "browser setting"
	Network    Layer = "network"
)

// Certainty says how sure a diagnosis is.
type Certainty string

// The certainties.
const (
	// Proved: an experiment, or the answer itself, excludes every other cause of the catalogue.
	Proved Certainty = "proved"
	// Likely: the answer fits, and no experiment decides.
	Likely Certainty = "likely"
	// Unknown: no cause of the catalogue fits.
	Unknown Certainty = "unknown"
)

// Diagnosis is why a page may not read a response, or why the response is not what the page
// wants.
type Diagnosis struct {
	_ [0]func() // keyed literals only

	// Seen is the question as it was asked first.
	Seen harness.Observation `json:"seen"`
	// ID names the cause in the catalogue. It is empty where nothing is wrong or known.
	ID string `json:"id,omitempty"`
	// Cause is one sentence. It is empty where nothing is wrong.
	Cause string `json:"cause,omitempty"`
	// Layer is at fault. Evidence says what tells.
	Layer    Layer     `json:"layer,omitempty"`
	Evidence []string  `json:"evidence,omitempty"`
	Sure     Certainty `json:"sure,omitempty"`
	// RuledOut are the causes that fit the first answer and that an experiment excluded.
	RuledOut []string `json:"ruledOut,omitempty"`
	// Remedy is what to change. It is empty where its trial did not help.
	Remedy string `json:"remedy,omitempty"`
	// Trial is the remedy tried; nil where there was none to try.
	Trial *Trial `json:"trial,omitempty"`
	// Experiments were made, in this order.
	Experiments []Experiment `json:"experiments,omitempty"`
	// Notes say what a reader should know: that a rate limit was waited for, that the
	// target changed between two questions.
	Notes []string `json:"notes,omitempty"`
}

// Experiment is a question that was asked to tell causes apart.
type Experiment struct {
	_ [0]func() // keyed literals only

	Name string `json:"name"`
	// Seen has no verdict where no browser asked: [harness.Observation.Wire].
	Seen harness.Observation `json:"seen"`
	// Error says why there was no verdict or, without a browser, no answer.
	Error string `json:"error,omitempty"`
}

// Outcome says in a few words what came out.
func (e Experiment) Outcome() string {
	switch {
	case e.Error != "" && e.Seen.Wire:
		return "no answer: " + e.Error
	case e.Error != "":
		return "no verdict: " + e.Error
	case e.Seen.Wire:
		return answered(deciding(e.Seen.Redacted()))
	}
	return outcome(e.Seen)
}

// outcome is a verdict with its reason or, for a readable error, its status.
func outcome(o harness.Observation) string {
	if by := deciding(o); o.Verdict == harness.Readable && by.Status >= 400 {
		return fmt.Sprintf("readable, status %d", by.Status)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s", o.Verdict, o.Reason))
}

// answered says what a server answered to a request that no browser sent.
func answered(e harness.Exchange) string {
	if len(e.ResponseHeaders.Values(web.NameAllowOrigin)) == 0 {
		return fmt.Sprintf("status %d, no Access-Control-Allow-Origin", e.Status)
	}
	return fmt.Sprintf("status %d, Access-Control-Allow-Origin: %s", e.Status, cmp.Or(lines(e), "an empty value"))
}

// Trial is a remedy that was tried in the browser. It is what would be, not what is.
type Trial struct {
	_ [0]func() // keyed literals only

	// Proved says that the page could then read the response or, where the request is held
	// back, that the browser would send it. Where the cause is not that the response is
	// blocked, Proved says that the remedy had its effect: the cookie was sent, the header
	// was exposed, or a request that was refused left the browser. See Next.
	Proved bool                `json:"proved"`
	Seen   harness.Observation `json:"seen"`
	// More says that the first edits alone did not help, and that others were added.
	More bool `json:"more,omitempty"`
}

// Next is the reason for which the page is still blocked once the remedy had its effect: a second
// fault. It is empty where the remedy is enough, or was not proved.
func (t Trial) Next() harness.Reason {
	if t.Proved && t.Seen.Verdict == harness.Blocked {
		return t.Seen.Reason
	}
	return ""
}
