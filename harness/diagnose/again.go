package diagnose

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// inARow is the name of each of four questions in a row.
func inARow(i int) string { return fmt.Sprintf("the same, %d of 4 in a row", i) }

// lookAgain asks the first question twice more after the experiments, to see whether the
// target still gives the same answer: what alternates strictly gives one of the two. It says
// whether the target alternates.
func (c *patient) lookAgain() (alternates bool) {
	if len(c.d.Experiments) == 0 || c.d.Sure == Unknown || c.d.Seen.Verdict == "" || c.by.Status == http.StatusTooManyRequests {
		return false // the end of a rate limit is no change
	}
	for range 2 {
		again, notes, err := c.patiently(func() (harness.Observation, error) { return c.asker.Fetch(c.ctx, c.d.Seen.Request) })
		c.note(notes...)
		switch {
		case err != nil:
			c.d.Sure = Likely
			c.d.Notes = append(c.d.Notes, "The same question got no verdict after the experiments, so nothing shows that the target stayed the same: "+err.Error())
			return false
		case !alike(again, c.d.Seen):
			c.d.RuledOut = nil // by a target that was another one
			if c.fourTimes() {
				return true
			}
			c.changed(again)
			return false
		}
	}
	return false
}

// alike says whether two observations of the same question came out the same. An image that
// the page still has comes without a status.
func alike(a, b harness.Observation) bool {
	was, is := sent(deciding(a)), sent(deciding(b))
	return a.Verdict == b.Verdict && a.Reason == b.Reason && (was == is || was == 0 || is == 0)
}

// sent is the status of an answer. A server that confirms what the browser has stored sends no
// other answer than the stored one. https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5
func sent(e harness.Exchange) int {
	if e.Status == http.StatusNotModified {
		return http.StatusOK
	}
	return e.Status
}

// changed says that the target changed, so that no experiment proves anything.
func (c *patient) changed(now harness.Observation) {
	c.d.Sure = Likely
	was, is := outcome(c.d.Seen), outcome(now)
	if was == is {
		was, is = fmt.Sprintf("%s, status %d", was, deciding(c.d.Seen).Status), fmt.Sprintf("%s, status %d", is, deciding(now).Status)
	}
	c.note(fmt.Sprintf("The same question got another answer after the experiments (first %s, then %s): the target changes, so the experiments prove nothing. Several servers behind one name do this.", was, is))
}

// fourTimes asks the first question four times in a row, and says whether the answers differ
// among themselves. Where they do not, the target has changed once.
func (c *patient) fourTimes() bool {
	for i := range 4 {
		c.make(inARow(i+1), c.d.Seen.Request)
	}
	seen := c.rows()
	return slices.ContainsFunc(seen, func(o harness.Observation) bool { return !alike(o, seen[0]) })
}

// rows are the verdicts of the four questions in a row. An answer of a rate limit is left out:
// it says nothing of the server behind the limit.
func (c *patient) rows() (seen []harness.Observation) {
	for i := range 4 {
		if o := c.result(inARow(i + 1)); o != nil && deciding(*o).Status != http.StatusTooManyRequests {
			seen = append(seen, *o)
		}
	}
	return seen
}

// repeatClaimed asks four times what is readable now and was blocked before. Where it is
// blocked again meanwhile, the target alternates.
func (c *patient) repeatClaimed() {
	if len(c.claimed) == 0 || c.d.Seen.Verdict != harness.Readable || !web.IsSafeMethod(c.d.Seen.Request.Method) || !c.fourTimes() {
		return
	}
	for _, o := range c.rows() {
		if o.Verdict == harness.Blocked {
			c.by, c.shown = deciding(o), deciding(o.Redacted())
			c.d.Seen = o
			break
		}
	}
	c.alternates()
	c.try(&alternating)
}

// alternates makes the diagnosis that the target alternates. Where one of the answers is an
// error of a gateway or of a server that fails, the load of the server is another explanation.
func (c *patient) alternates() {
	c.d.Sure = Proved
	if slices.ContainsFunc(append(c.rows(), c.d.Seen), func(o harness.Observation) bool { return deciding(o).Status >= 500 }) {
		c.d.Sure = Likely
	}
	c.d.ID, c.d.Cause, c.d.Remedy = alternating.ID, worded(alternating.cause(c), c.d.Sure), alternating.remedy(c)
	c.d.Layer, c.d.Evidence = alternating.layer(c)
}

// alternating is the cause that shows by the answers to one question several times. It is no
// row of the catalogue, because it overturns what was found before.
var alternating = Cause{
	ID: "alternates",
	cause: func(c *patient) string {
		return "The server gives different answers to one and the same question: several servers answer under one name and are not set up alike, or one server keeps something from request to request."
	},
	layer: func(c *patient) (Layer, []string) {
		var outcomes []string
		for _, o := range c.rows() {
			outcomes = append(outcomes, outcome(o))
		}
		layer := Framework
		if seen := c.rows(); !slices.ContainsFunc(seen, func(o harness.Observation) bool { return sent(deciding(o)) != sent(deciding(seen[0])) }) {
			layer = Middleware // the statuses are the same, and the headers differ
		}
		return layer, append([]string{"four times in a row: " + strings.Join(outcomes, ", ")}, gateways(c.shown)...)
	},
	remedy: func(*patient) string {
		return "Bring every server behind this name to one version and one configuration. On a single server, look for a state that outlives a request, such as a regular expression with the flag g in the list of origins."
	},
	trial: func(c *patient) harness.Request {
		if ofPreflight(c.d.Seen.Reason) {
			return pass(c)
		}
		return allow(c)
	},
}
