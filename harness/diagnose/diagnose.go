package diagnose

import (
	"context"
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Asker asks a question: a *[harness.Browser] or a *[harness.Profile].
type Asker interface {
	Fetch(context.Context, harness.Request) (harness.Observation, error)
}

// Layer is the part of the way between page and server that is at fault.
type Layer string

// The layers.
const (
	Page       Layer = "page"
	Framework  Layer = "framework"
	Middleware Layer = "CORS middleware"
	Gateway    Layer = "gateway"
	Cache      Layer = "CDN or cache"
	Login      Layer = "login"
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

// Diagnosis is why a page may not read a response.
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

	Name string              `json:"name"`
	Seen harness.Observation `json:"seen"`
	// Error says why there was no verdict.
	Error string `json:"error,omitempty"`
}

// Trial is a remedy that was tried in the browser. It is what would be, not what is.
type Trial struct {
	_ [0]func() // keyed literals only

	// Proved says that the page could then read the response or, where the request is held
	// back, that the browser would send it.
	Proved bool                `json:"proved"`
	Seen   harness.Observation `json:"seen"`
	// More says that the first edits alone did not help, and that others were added.
	More bool `json:"more,omitempty"`
}

// Run asks the question, makes the experiments that the answer calls for, and tries the
// remedy. An error means that the first question has no verdict; an experiment without a
// verdict proves nothing, and is in the Diagnosis.
func Run(ctx context.Context, asker Asker, r harness.Request) (Diagnosis, error) {
	r.DryRun = r.DryRun || !web.IsSafeMethod(r.Method)
	seen, err := asker.Fetch(ctx, r)
	if err != nil {
		return Diagnosis{Seen: seen}, err
	}
	c := &patient{ctx: ctx, asker: asker, d: Diagnosis{Seen: seen}, made: map[string]*Experiment{}}
	c.by, c.shown = deciding(seen), deciding(seen.Redacted())
	if seen.Verdict == harness.Blocked {
		c.examine()
	}
	return c.d, ctx.Err()
}

// patient is a case under examination.
type patient struct {
	ctx   context.Context
	asker Asker
	d     Diagnosis
	by    harness.Exchange // that decided
	shown harness.Exchange // the same without secrets, for texts
	made  map[string]*Experiment
}

// examine finds the cause and tries its remedy.
func (c *patient) examine() {
	found, sure := c.find()
	if found == nil {
		c.d.Sure = Unknown
		c.d.Cause = "The catalogue does not know this case. What Chrome says of it is in the transcript."
		return
	}
	c.d.ID, c.d.Cause, c.d.Sure = found.ID, found.cause(c), sure
	c.d.Layer, c.d.Evidence = found.layer(c)
	c.d.Remedy = harness.Explain(c.d.Seen).Remedy
	if found.remedy != nil {
		c.d.Remedy = found.remedy(c)
	}
	c.lookAgain()
	c.try(found)
}

// find returns the first cause that is proved or, without one, the first that is likely.
func (c *patient) find() (found *Cause, sure Certainty) {
	for i := range catalogue {
		one := &catalogue[i]
		if !slices.Contains(one.Symptoms, c.d.Seen.Reason) || !one.fits(c) {
			continue
		}
		switch one.judge(c) {
		case proved:
			return one, Proved
		case excluded:
			c.d.RuledOut = append(c.d.RuledOut, one.Not)
		case open:
			if found == nil {
				found, sure = one, Likely
			}
		}
	}
	return found, sure
}

// lookAgain asks the first question once more after the experiments, to see whether the target
// still gives the same answer.
func (c *patient) lookAgain() {
	if len(c.d.Experiments) == 0 {
		return
	}
	again, err := c.asker.Fetch(c.ctx, c.d.Seen.Request)
	switch {
	case err != nil:
		c.d.Sure = Likely
		c.d.Notes = append(c.d.Notes, "The same question got no verdict after the experiments, so nothing shows that the target stayed the same: "+err.Error())
	case again.Verdict != c.d.Seen.Verdict || again.Reason != c.d.Seen.Reason:
		c.changed(fmt.Sprintf("%s %s", again.Verdict, again.Reason))
	}
}

// changed says that the target changed, so that no experiment proves anything.
func (c *patient) changed(now string) {
	c.d.Sure, c.d.RuledOut = Likely, nil
	c.d.Notes = append(c.d.Notes, fmt.Sprintf("The same question got another answer after the experiments (first %s %s, then %s): the target changes, so the experiments prove nothing. Several servers behind one name do this.",
		c.d.Seen.Verdict, c.d.Seen.Reason, now))
}

// try asks the question again as the remedy would make it. Where that does not help, every
// other header that the protocol wants is added. Where that does not help either, the Diagnosis
// has no remedy.
func (c *patient) try(found *Cause) {
	r := found.trial(c)
	seen, err := c.asker.Fetch(c.ctx, r)
	if err == nil && seen.Verdict == harness.Blocked && r.WhatIf != nil {
		c.d.Trial = &Trial{More: true}
		r.WhatIf = append(r.WhatIf[:len(r.WhatIf):len(r.WhatIf)], missing(r.WhatIf, everything(c.d.Seen, c.by))...)
		seen, err = c.asker.Fetch(c.ctx, r)
	}
	if err != nil {
		c.d.Trial = nil
		c.d.Notes = append(c.d.Notes, "The remedy could not be tried: "+err.Error())
		return
	}
	if c.d.Trial == nil {
		c.d.Trial = &Trial{}
	}
	c.d.Trial.Seen, c.d.Trial.Proved = seen, seen.Verdict == harness.Readable
	if !c.d.Trial.Proved {
		c.d.Remedy = ""
		c.d.Notes = append(c.d.Notes, "The remedy was tried, and Chrome still blocks: it is not enough, so it is not given.")
	}
}

// deciding is the exchange that the reason is about: the last preflight, or the last other.
func deciding(o harness.Observation) harness.Exchange {
	for _, e := range slices.Backward(o.Exchanges) {
		if e.Status != 0 && (e.Kind == harness.Preflight) == ofPreflight(o.Reason) {
			return e
		}
	}
	return harness.Exchange{}
}
