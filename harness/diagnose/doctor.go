package diagnose

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/wire"
)

// Asker asks a question: a *[harness.Browser] or a *[harness.Profile].
type Asker interface {
	Fetch(context.Context, harness.Request) (harness.Observation, error)
}

// Doctor makes diagnoses. A Doctor may be used from many goroutines.
//
//	doctor := diagnose.Doctor{Asker: &chrome, Upstream: "http://127.0.0.1:8080"}
//	d, err := doctor.Run(ctx, request)
type Doctor struct {
	_ [0]func() // keyed literals only

	// Asker asks the questions.
	Asker Asker
	// Client sends what is asked without a browser. Nil means a client that reaches servers
	// as the Browser of Asker does; where there is no such client, nothing is asked without
	// a browser.
	Client *http.Client
	// Upstream is the scheme and host of the server behind the gateway, such as
	// "http://127.0.0.1:8080". It is asked the same question, to tell the two apart. Empty
	// means that it is not known.
	Upstream string
	// Claimed are the reasons for which the question was blocked before, as a line of a
	// console tells. Where the question is readable now, they call for experiments.
	Claimed []harness.Reason
}

// Run is [Doctor.Run] of a Doctor who has nothing but an Asker.
func Run(ctx context.Context, asker Asker, r harness.Request) (Diagnosis, error) {
	return Doctor{Asker: asker}.Run(ctx, r)
}

// Run asks the question, makes the experiments that the answer calls for, and tries the
// remedy. An error means that the first question has no verdict. Where no verdict came
// because of the network, the Diagnosis beside the error has the cause. Where the context
// ended, the Diagnosis has no cause. An experiment without a verdict proves nothing, and is
// in the Diagnosis. A rate limit (429) is waited for, up to half a minute for each question and a minute
// in all.
func (d Doctor) Run(ctx context.Context, r harness.Request) (Diagnosis, error) {
	via := r.Via
	r, note, err := harmless(r)
	if err != nil {
		return Diagnosis{Seen: harness.Observation{Request: r}}, err
	}
	upstream, err := upstreamOf(d.Upstream, r)
	if err != nil {
		return Diagnosis{Seen: harness.Observation{Request: r}}, err
	}
	client, end := d.client(r.URL)
	defer end()
	seen, err := d.Asker.Fetch(ctx, r)
	c := &patient{ctx: ctx, asker: d.Asker, via: via, client: client, upstream: upstream, claimed: d.Claimed, d: Diagnosis{Seen: seen}, made: map[string]*attempt{}, began: time.Now()}
	if note != "" {
		c.d.Notes = append(c.d.Notes, note)
	}
	c.by, c.shown = deciding(seen), deciding(seen.Redacted())
	if _, missing := errors.AsType[*harness.InconclusiveError](err); err != nil && !(missing && ctx.Err() == nil && seen.NetError != "") {
		return c.d, err
	}
	c.examine()
	if ctx.Err() != nil { // an experiment that was interrupted proves nothing
		return Diagnosis{Seen: seen, Experiments: c.d.Experiments}, errors.Join(err, ctx.Err())
	}
	return c.d, err
}

// harmless is the question in a form in which nothing unsafe is sent, with a note where the
// form is another one.
func harmless(r harness.Request) (harness.Request, string, error) {
	switch r.Via {
	case harness.ViaBeacon:
		r.Via, r.Method, r.Mode, r.Credentials, r.DryRun = "", http.MethodPost, r.EffectiveMode(), harness.Include, true
		return r, "A beacon is a POST, which cannot be held back. So fetch() asked in its place, with the method, the mode, the credentials and the body of the beacon.", nil
	case harness.ViaPing, harness.ViaReport, harness.ViaCSPReport:
		return r, "", fmt.Errorf("via %s: it is a POST, which cannot be held back, and a diagnosis sends nothing unsafe: use ask", r.Via)
	}
	r.DryRun = r.DryRun || !web.IsSafeMethod(r.Method)
	return r, "", nil
}

// client sends what is asked without a browser, nil where nothing can.
func (d Doctor) client(url string) (client *http.Client, end func()) {
	browser := browserOf(d.Asker)
	if d.Client != nil || browser == nil || browser.Network != nil && len(browser.Network.HostRules()) > 0 {
		return d.Client, func() {}
	}
	client, err := wire.NewClient(browser)
	if err != nil {
		return nil, func() {} // the Browser says the same of its fields
	}
	return client, client.CloseIdleConnections
}

// browserOf is the Browser of an Asker; nil where there is none.
func browserOf(a Asker) *harness.Browser {
	switch asker := a.(type) {
	case *harness.Browser:
		return asker
	case *harness.Profile:
		return asker.Browser
	}
	return nil
}

// patient is a case under examination.
type patient struct {
	ctx      context.Context
	asker    Asker
	via      harness.Via  // of the question, which another one may have asked
	client   *http.Client // nil: nothing can be asked without a browser
	upstream string       // the URL at the server behind the gateway; empty where it is not known
	claimed  []harness.Reason
	d        Diagnosis
	by       harness.Exchange // that decided
	shown    harness.Exchange // the same without secrets, for texts
	made     map[string]*attempt
	began    time.Time
}

// examine finds the cause and tries its remedy. A response that the page may read is examined
// for causes that no reason names; where none is found, nothing is wrong.
func (c *patient) examine() {
	found, sure := c.find()
	if found == nil && c.d.Seen.Verdict != harness.Blocked {
		c.d.RuledOut = nil // there is nothing to explain
		c.repeatClaimed()
		return
	}
	if found == nil {
		c.d.Sure = Unknown
		c.d.Cause = "The catalogue does not know this case. What " + c.d.Seen.Browser.Brand() + " says of it is in the transcript."
		c.askUpstream()
		return
	}
	cause := found.cause(c)
	c.d.ID, c.d.Sure = found.ID, sure
	c.d.Layer, c.d.Evidence = found.layer(c)
	c.d.Remedy = c.explain().Remedy
	if found.remedy != nil {
		c.d.Remedy = found.remedy(c)
	}
	c.askUpstream()
	alternates := c.lookAgain()
	c.d.Cause = worded(cause, c.d.Sure)
	if alternates {
		found = &alternating
		c.alternates()
	}
	c.try(found)
}

// explain is what harness.Explain says of the first answer, without the headers of a shared
// cache that an experiment has excluded, and with the initiator that the page has.
func (c *patient) explain() harness.Explanation {
	seen := c.d.Seen
	seen.Request.Via = c.via
	if blocked(c.result(ownQuery)) {
		seen.Exchanges = slices.Clone(seen.Exchanges)
		for i, e := range seen.Exchanges {
			for _, told := range e.SharedCache() {
				seen.Exchanges[i].ResponseHeaders = without(seen.Exchanges[i].ResponseHeaders, told.Name)
			}
		}
	}
	return harness.Explain(seen)
}

// worded is a cause as it may be told: what is likely is not told as a fact.
func worded(cause string, sure Certainty) string {
	if sure == Likely {
		return "This is likely, and not proved. " + cause
	}
	return cause
}

// find returns the first cause that is proved or, without one, the first that is likely.
func (c *patient) find() (found *Cause, sure Certainty) {
	for i := range catalogue {
		one := &catalogue[i]
		if !one.shows(c.d.Seen) || !one.fits(c) {
			continue
		}
		switch one.judge(c) {
		case proved:
			return one, Proved
		case excluded:
			if one.Not != "" {
				c.d.RuledOut = append(c.d.RuledOut, one.Not)
			}
		case open:
			if found == nil {
				found, sure = one, Likely
			}
		}
	}
	return found, sure
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
