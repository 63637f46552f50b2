package diagnose

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// judgement is what the experiments say of a cause.
type judgement int

const (
	open judgement = iota // they do not decide
	proved
	excluded
)

// errOtherwise says that a remedy cannot be tried by fetch().
var errOtherwise = errors.New("the answers to this initiator cannot be edited, and fetch() comes out otherwise")

// Cause is a row of the catalogue.
type Cause struct {
	_ [0]func() // keyed literals only

	ID string
	// Symptoms are the reasons that Chrome gives.
	Symptoms []harness.Reason
	// Silent are the verdicts behind which the cause hides where there is no reason. No
	// console line names such a cause.
	Silent []harness.Verdict
	// NetErrors are the net errors that come without a verdict.
	NetErrors []string
	// Not says, for a reader, that the cause was ruled out.
	Not string

	// fits says whether the first answer fits.
	fits func(*patient) bool
	// judge makes the experiments.
	judge func(*patient) judgement
	// cause is one sentence.
	cause func(*patient) string
	// layer is at fault, with what tells.
	layer func(*patient) (Layer, []string)
	// remedy, unless nil, is more exact than the remedy that harness.Explain gives.
	remedy func(*patient) string
	// trial is the question as the remedy would make it. Where it is nil, untried says why.
	trial   func(*patient) harness.Request
	untried string
	// by, unless nil, asks the trial: a browser or a profile with other settings. It returns
	// nil where there is no such browser, and untried says why.
	by func(*patient) (Asker, func() error)
	// helps, unless nil, says whether the trial had its effect. Nil means that the page could
	// use the response.
	helps func(*patient, harness.Observation) bool
}

// catalogue are all causes. The first that is proved is taken, so the more particular ones
// stand first.
var catalogue = slices.Concat(page, pageModes, elements, settings, browserCaches, redirects, caches, answers, errorAnswers, preflights, lists, cookies, silent, network)

// Causes lists the catalogue.
func Causes() []Cause { return append(slices.Clone(catalogue), alternating) }

// shows says whether an observation shows the symptom of the cause.
func (c *Cause) shows(o harness.Observation) bool {
	switch o.Verdict {
	case harness.Blocked:
		return slices.Contains(c.Symptoms, o.Reason)
	case "":
		return slices.ContainsFunc(c.NetErrors, func(prefix string) bool { return strings.HasPrefix(o.NetError, prefix) })
	}
	return slices.Contains(c.Silent, o.Verdict) && !o.Withheld()
}

// helped says whether a trial had its effect.
func (c *Cause) helped(p *patient, seen harness.Observation) bool {
	if c.helps != nil {
		return c.helps(p, seen)
	}
	return usable(seen)
}

// usable says whether the page gets all that it asked for.
func usable(o harness.Observation) bool {
	return o.Verdict == harness.Readable || o.Verdict == harness.Opaque && o.Request.AcceptsOpaque()
}

// ofPreflight says whether a reason is about the answer to a preflight. All such codes of
// Chrome have the word in their names.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func ofPreflight(r harness.Reason) bool { return strings.Contains(string(r), "Preflight") }

// always fits every answer with the symptom.
func always(*patient) bool { return true }

// shown says that the answer itself is the proof.
func shown(*patient) judgement { return proved }

// meaning is the cause where harness.Explain knows it: it says what the evidence proves.
func meaning(c *patient) string { return c.explain().Meaning }

// sentenceEnd is where a sentence ends and the next one begins.
var sentenceEnd = regexp.MustCompile(`\.\s+([A-Z])`)

// clauses are the sentences of a text as evidence, which texts join: each without its full stop.
func clauses(text string) []string {
	list := strings.Split(sentenceEnd.ReplaceAllString(strings.TrimSuffix(text, "."), "\n$1"), "\n")
	for i, sentence := range list {
		switch word, rest, more := strings.Cut(sentence, " "); word {
		case "The", "A", "An", "This", "It":
			if more {
				list[i] = strings.ToLower(word) + " " + rest
			}
		}
	}
	return list
}

// lines are the lines of Access-Control-Allow-Origin, in words.
func lines(e harness.Exchange) string {
	return strings.Join(e.ResponseHeaders.Values(web.NameAllowOrigin), " and ")
}

// lost says whether a redirect changed the Origin to null.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func lost(c *patient) bool {
	return originOf(c.d.Seen, c.by) == harness.OpaqueOrigin && c.d.Seen.Page.Origin != harness.OpaqueOrigin
}

// answeredOnce says whether a server gave the answer that was judged.
func answeredOnce(c *patient) bool { return c.by.Status != 0 && !lost(c) }

// reason is evidence from the browser: the reason that it gave.
func reason(c *patient) []string {
	if c.d.Seen.Reason == "" {
		return nil
	}
	return []string{c.told("reason")}
}

// told is evidence from the browser: its own name for the reason, or for the net error.
func (c *patient) told(kind string) string {
	if name := c.d.Seen.Told(); name != "" {
		return fmt.Sprintf("%s names the %s %s", c.d.Seen.Browser.Brand(), kind, name)
	}
	return fmt.Sprintf("%s names no %s: it follows from the question and the answers", c.d.Seen.Browser.Brand(), kind)
}

// direct is a cause that the first answer proves, and that harness.Explain describes.
func direct(id string, layer Layer, trial func(*patient) harness.Request, reasons ...harness.Reason) Cause {
	return Cause{ID: id, Symptoms: reasons, fits: always, judge: shown, cause: meaning, layer: fixed(layer, reason), trial: trial}
}

// changing is a trial in which the page asks otherwise.
func changing(change func(*harness.Request)) func(*patient) harness.Request {
	return func(c *patient) harness.Request {
		r := c.d.Seen.Request
		change(&r)
		return r
	}
}
