package harness

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Matcher is what Gomega's Expect takes. The package does not need Gomega.
//
//	Expect(chrome.Fetch(ctx, request)).To(harness.BeBlocked(harness.MissingAllowOriginHeader))
//
// Every matcher takes an Observation or a pointer to one. Any other value, and
// an Observation without a Verdict, is an error for To and for NotTo: without a
// verdict there is no answer.
type Matcher interface {
	Match(actual any) (bool, error)
	FailureMessage(actual any) string
	NegatedFailureMessage(actual any) string
}

// matcher is a Matcher made of two functions. The first line of each message is
// free of ports, ids and times, so that equal failures can be counted.
type matcher struct {
	name  string
	match func(o Observation) (bool, error)
	// failed and negated say what was expected and what came instead; the
	// transcript follows.
	failed, negated func(o Observation) string
}

// Match implements [Matcher].
func (m matcher) Match(actual any) (bool, error) {
	o, err := observation(actual)
	if err != nil {
		return false, fmt.Errorf("%s: %w", m.name, err)
	}
	matches, err := m.match(o)
	if err != nil {
		return false, fmt.Errorf("%s: %w", m.name, err)
	}
	return matches, nil
}

// FailureMessage implements [Matcher].
func (m matcher) FailureMessage(actual any) string { return message(m.failed, actual) }

// NegatedFailureMessage implements [Matcher].
func (m matcher) NegatedFailureMessage(actual any) string { return message(m.negated, actual) }

// message writes what was expected, and the transcript below it.
func message(said func(Observation) string, actual any) string {
	o, err := observation(actual)
	if err != nil {
		return err.Error()
	}
	return said(o) + "\n\n" + o.String()
}

// observation takes the actual value of an assertion.
func observation(actual any) (Observation, error) {
	var o Observation
	switch a := actual.(type) {
	case Observation:
		o = a
	case *Observation:
		if a == nil {
			return o, fmt.Errorf("want an observation, got a nil *harness.Observation")
		}
		o = *a
	default:
		return o, fmt.Errorf("want a harness.Observation or a pointer to one, got %T", actual)
	}
	if !slices.Contains([]Verdict{Readable, Opaque, Blocked}, o.Verdict) {
		return o, fmt.Errorf("the observation has no verdict (%q): was the question asked?", o.Verdict)
	}
	return o, nil
}

// came says what came, after "but".
func came(o Observation) string {
	switch o.Verdict {
	case Readable:
		return "script could read the response"
	case Opaque:
		return "script got an opaque response"
	}
	if o.Wire {
		return "a browser would block it (" + clean(string(o.Reason)) + ")"
	}
	return "the browser blocked it (" + clean(string(o.Reason)) + ")"
}

// fixed returns the same text for every observation.
func fixed(text string) func(Observation) string {
	return func(Observation) string { return text }
}

// BeReadable matches where script got status, headers and body.
//
//	Expected script to read the response, but the browser blocked it (MissingAllowOriginHeader).
func BeReadable() Matcher {
	return matcher{
		name:    "BeReadable",
		match:   func(o Observation) (bool, error) { return o.Verdict == Readable, nil },
		failed:  func(o Observation) string { return "Expected script to read the response, but " + came(o) + "." },
		negated: fixed("Expected script not to read the response, but it could."),
	}
}

// BeOpaque matches where script got a response that it cannot look into.
//
//	Expected script to get an opaque response, but script could read the response.
func BeOpaque() Matcher {
	return matcher{
		name:    "BeOpaque",
		match:   func(o Observation) (bool, error) { return o.Verdict == Opaque, nil },
		failed:  func(o Observation) string { return "Expected script to get an opaque response, but " + came(o) + "." },
		negated: fixed("Expected script not to get an opaque response, but it did."),
	}
}

// BeBlocked matches where the browser kept the response from the script or sent
// no request: for one of the given reasons, or for any reason if none is given.
//
//	Expected the browser to block this request, but script could read the response.
//	Expected the browser to block this request for csp, but the reason was AllowOriginMismatch.
func BeBlocked(reasons ...Reason) Matcher {
	want := "block this request"
	if len(reasons) > 0 {
		want += " for " + anyOf(reasons)
	}
	return matcher{
		name: "BeBlocked",
		match: func(o Observation) (bool, error) {
			if slices.Contains(reasons, "") {
				return false, fmt.Errorf("a reason is empty")
			}
			return o.Verdict == Blocked && (len(reasons) == 0 || isOneOf(o.Reason, reasons)), nil
		},
		failed: func(o Observation) string {
			if o.Verdict == Blocked {
				if o.Wire {
					return "Expected a browser to " + want + ", but " + came(o) + "."
				}
				return "Expected the browser to " + want + ", but the reason was " + clean(string(o.Reason)) + "."
			}
			return "Expected the browser to " + want + ", but " + came(o) + "."
		},
		negated: func(o Observation) string {
			if len(reasons) == 1 {
				return "Expected the browser not to " + want + ", but it did."
			}
			return "Expected the browser not to " + want + ", but it did for " + clean(string(o.Reason)) + "."
		},
	}
}

// isOneOf says whether a reason, or its net error without the detail, is wanted.
func isOneOf(r Reason, reasons []Reason) bool {
	return slices.Contains(reasons, r) || slices.Contains(reasons, family(r))
}

// anyOf lists reasons.
func anyOf(reasons []Reason) string {
	var names []string
	for _, r := range reasons {
		names = append(names, clean(string(r)))
	}
	return strings.Join(names, " or ")
}

// HaveVerdict matches a Verdict that is only known when the test runs. Where the
// code names the verdict, [BeReadable], [BeOpaque] and [BeBlocked] read better.
//
//	Expected the verdict to be opaque, but script could read the response.
func HaveVerdict(verdict Verdict) Matcher {
	return matcher{
		name: "HaveVerdict",
		match: func(o Observation) (bool, error) {
			if !slices.Contains([]Verdict{Readable, Opaque, Blocked}, verdict) {
				return false, fmt.Errorf("there is no verdict %q", verdict)
			}
			return o.Verdict == verdict, nil
		},
		failed: func(o Observation) string {
			return "Expected the verdict to be " + string(verdict) + ", but " + came(o) + "."
		},
		negated: fixed("Expected the verdict not to be " + string(verdict) + ", but it is."),
	}
}

// sentPreflights counts the preflights that were sent, as far as the browser or the servers tell.
func sentPreflights(o Observation) int {
	n := 0
	for _, p := range o.Preflights() {
		if p.Sent {
			n++
		}
	}
	if n > 0 {
		return n
	}
	for _, a := range o.Arrivals {
		if slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return a.URL == withoutFragment(e.URL) && e.mayHave(a) }) {
			n++
		}
	}
	return n
}

// BePreflighted matches where the browser sent a preflight. A preflight that
// the preflight cache replaced was not sent. Where the browser shows no preflights, as in a shared
// worker and in WebKit, the servers of the fixture network say it, and for another server it is an error.
//
//	Expected the browser to send a preflight, but it sent none.
func BePreflighted() Matcher {
	return matcher{
		name: "BePreflighted",
		match: func(o Observation) (bool, error) {
			if sentPreflights(o) == 0 && o.Arrivals == nil && slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.Unseen }) {
				return false, errors.New("the browser shows no preflights here, and the server is not of the fixture network: ask from another place, or another browser")
			}
			return sentPreflights(o) > 0, nil
		},
		failed: fixed("Expected the browser to send a preflight, but it sent none."),
		negated: func(o Observation) string {
			return fmt.Sprintf("Expected the browser to send no preflight, but it sent %d.", sentPreflights(o))
		},
	}
}
