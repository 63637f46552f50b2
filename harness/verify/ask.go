package verify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/patience"
	"github.com/corsproof/corsproof/harness/internal/turns"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// once asks a probe once. The repetition keeps what caches hold of one apart from
// another.
func (x *runner) once(ctx context.Context, probe policy.Probe, repetition int) finding.Finding {
	switch {
	case x.sendsTooMuch(probe):
		f := newFinding(probe)
		f.Outcome = finding.NotAsked
		f.Why = "the browser asks for no leave, so that nothing but sending the request would tell"
		return f
	case probe.Caches:
		return x.onceKept(ctx, probe, repetition)
	}
	ask := x.Browser.Fetch
	if probe.Wire {
		ask = x.wire
	}
	f, _ := x.steps(ctx, probe, func(r harness.Request) attempt { return x.insist(ctx, ask, r) })
	return f
}

// onceKept asks a probe about caches. Whatever has to be asked again begins anew, in
// another profile: what an attempt has left would decide the next one. So does a probe
// that Chrome was lost in the middle of, with what the first step had left.
func (x *runner) onceKept(ctx context.Context, probe policy.Probe, repetition int) finding.Finding {
	pause := firstPause
	for try := 1; ; try++ {
		profile, release := x.profiles.take(x.Browser, fmt.Sprint(probe.ID, " ", repetition, " ", try))
		f, last := x.steps(ctx, probe, func(r harness.Request) attempt { return x.attempt(ctx, profile.Fetch, profile, r) })
		release()
		lost := errors.Is(last.err, harness.ErrProfileLost)
		if try == maxTries || ctx.Err() != nil || !lost && !last.again {
			x.settle(ctx, last)
			return f
		}
		if last.again && !turns.Pause(ctx, max(pause, last.wait)) {
			return f
		}
		pause *= 2
	}
}

// steps asks the steps one after the other, until one is not as wanted, and returns
// what came of the last one, too.
func (x *runner) steps(ctx context.Context, probe policy.Probe, fetch func(harness.Request) attempt) (finding.Finding, attempt) {
	f := newFinding(probe)
	f.Outcome = finding.Held
	var a attempt
	began := time.Now()
	for i, step := range probe.Steps {
		step.Request = x.prepared(step.Request)
		a = fetch(step.Request)
		j := judge(x.Policy.Target, step, a.seen, a.err)
		last := i == len(probe.Steps)-1
		if j.led && last && i == 0 && len(x.Policy.Ask.Headers) > 0 && len(step.Request.Headers) == 0 {
			j = judgement{outcome: finding.NotAsked, why: "without what a client has, the target leads to a login, and answers nothing itself"}
		}
		if j.led && !last {
			j = held // a later step has what a client has, and decides
		}
		if j.outcome == finding.Broken && x.forgotten(step, began) {
			j = inconclusive("the steps lay so far apart that the browser may have forgotten the first: ask at a higher rate")
		}
		s := finding.Step{Want: step.Want, Prepares: step.Prepares, Observation: trimmed(a.seen, x.redactor.Redact), Decided: j.outcome != finding.Held || last}
		if a.err != nil {
			s.Error = cutRedacted(j.why, maxText, x.redactor.Redact)
		}
		f.Steps = append(f.Steps, s)
		if s.Decided {
			decide(&f, j, probe, step, a.seen, x.redactor.Redact)
		}
		if j.outcome != finding.Held {
			break
		}
	}
	return f, a
}

// keptFor is for how long a browser certainly keeps the answer to a preflight of a probe
// that wants it kept: policies with less raise none.
const keptFor = 10 * time.Second

// forgotten says whether a step relies on what an earlier one left longer ago.
func (x *runner) forgotten(step policy.Step, began time.Time) bool {
	return step.Preflights != nil && *step.Preflights == 0 && time.Since(began) >= keptFor
}

// sendsTooMuch says whether the probe cannot be asked without sending what may change
// something. A request that has no preflight tells nothing before it is sent.
func (x *runner) sendsTooMuch(probe policy.Probe) bool {
	if x.Policy.Ask.Unsafe == policy.SendUnsafe || !probe.Unsafe {
		return false
	}
	for _, s := range probe.Steps {
		if !web.IsSafeMethod(s.Request.Method) && !s.PreflightOnly {
			return true
		}
	}
	return false
}

// prepared is the request as this run asks it. Local network access is a matter of
// where page and server are today, not of the policy: a page that was loaded from this
// machine may ask any server.
// https://wicg.github.io/local-network-access/#integration-with-fetch
func (x *runner) prepared(r harness.Request) harness.Request {
	if r.From == harness.DataPage {
		r.Within = "http://localhost" // whose address space it has, as nothing of its own can give it one
	} else {
		r.AddressSpace = harness.SpaceLoopback
	}
	r.DryRun = x.Policy.Ask.Unsafe != policy.SendUnsafe && !web.IsSafeMethod(r.Method)
	return r
}

// How often a question is asked that got no verdict, and how long the first pause is;
// each one after it is twice as long.
const (
	maxTries   = 4
	firstPause = 250 * time.Millisecond
	maxPause   = 30 * time.Second // more than that a server may not ask for
)

// defaultTimeLimit bounds a question where neither the policy nor the Browser does. A
// time limit of the whole run would else be the only one.
const defaultTimeLimit = 10 * time.Second

// asker asks a question: in the browser, in a profile of it, or on the wire.
type asker func(context.Context, harness.Request) (harness.Observation, error)

// attempt is what came of asking once.
type attempt struct {
	seen harness.Observation
	err  error
	// again says that asking again may have an answer, and does no harm.
	again bool
	// wait is for how long the target wants to be left alone.
	wait time.Duration
}

// insist asks until there is evidence, a few times at most.
func (x *runner) insist(ctx context.Context, ask asker, r harness.Request) attempt {
	pause := firstPause
	for try := 1; ; try++ {
		a := x.attempt(ctx, ask, nil, r)
		if !a.again || try == maxTries || !turns.Pause(ctx, max(pause, a.wait)) {
			x.settle(ctx, a)
			return a
		}
		pause *= 2
	}
}

// attempt asks once, when its turn has come. What took all its time is asked again only
// where the machine is busy and fewer questions can be in flight; what may have been
// executed is not asked again.
func (x *runner) attempt(ctx context.Context, ask asker, profile *harness.Profile, r harness.Request) attempt {
	over, err := x.turns.Take(ctx, turn{profile, r.From, r.URL})
	if err != nil {
		return attempt{seen: harness.Observation{Request: r}, err: context.Cause(ctx)}
	}
	defer over()
	a := attempt{}
	load, limit := x.load(), x.turns.Bound()
	a.seen, a.err = x.bounded(ctx, ask, r)
	x.count(a.seen)
	wait, busy := overloaded(a.seen)
	var fault *harness.FaultError
	switch {
	case busy != nil:
		// Who wants to be left alone for longer than anybody waits is not asked in vain.
		a.err, a.again, a.wait = busy, wait <= maxPause, wait
	case a.err == nil, errors.As(a.err, &fault), errors.Is(a.err, harness.ErrClosed):
	case errors.Is(a.err, context.DeadlineExceeded):
		a.again = repeatable(r) && load() >= muchLoad && x.turns.Lower(limit)
	default:
		a.again = repeatable(r) && !badCertificate(a) && !x.outage.likely()
	}
	a.again = a.again && ctx.Err() == nil
	return a
}

// muchLoad is how many times slower than an idle machine one is that is to blame for a
// question that took all its time: fewer questions at a time may get an answer.
const muchLoad = 3

// repeatable says whether asking again does no harm.
func repeatable(r harness.Request) bool { return r.DryRun || web.IsSafeMethod(r.Method) }

// badCertificate says whether the certificate of the target was refused, which another
// attempt does not change.
func badCertificate(a attempt) bool {
	var refused *tls.CertificateVerificationError // on the wire
	return strings.HasPrefix(a.seen.NetError, "net::ERR_CERT_") || errors.As(a.err, &refused)
}

// settle tells whether the target answered in the end.
func (x *runner) settle(ctx context.Context, a attempt) {
	switch {
	case a.err == nil:
		x.outage.answered()
	case ctx.Err() == nil:
		x.outage.unanswered(whyNot(a.err))
	}
}

// turn is what one question at a time may ask: a page, and a URL. Lanes keep most
// questions apart, but not the steps of a probe that asks from several pages. A question
// that waits here has not begun: neither its time limit nor the rate counts the wait.
type turn struct {
	profile   *harness.Profile
	from, url string
}

// bounded asks within the time of one question, which begins when the page can ask: the
// start of Chrome and the opening of the page do not count.
func (x *runner) bounded(ctx context.Context, ask asker, r harness.Request) (harness.Observation, error) {
	if r.From != "" { // the wire needs none
		if err := x.Browser.Start(ctx); err != nil {
			return harness.Observation{Request: r}, err
		}
	}
	limit := cmp.Or(x.Policy.Ask.TimeLimit, x.Browser.Timeout, defaultTimeLimit)
	return ask(patience.ForQuestions(ctx, limit), r)
}

// wire asks without the browser.
func (x *runner) wire(ctx context.Context, r harness.Request) (harness.Observation, error) {
	ctx, cancel := patience.BeginQuestion(ctx, defaultTimeLimit)
	defer cancel()
	return onTheWire(ctx, x.client, r)
}

// count counts what left the browser. A browser may send a request more than once on its
// own: where the server is ours, it tells how often the request arrived.
// https://fetch.spec.whatwg.org/#http-network-fetch
func (x *runner) count(seen harness.Observation) {
	sent, arrived := map[string]int{}, map[string]int{}
	for _, a := range seen.Arrivals {
		arrived[a.Method]++
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range seen.Exchanges {
		switch {
		case e.Withheld:
			x.withheld[e.Method]++
		case e.Sent:
			sent[e.Method]++
		}
	}
	for method, n := range sent {
		x.sent[method] += max(n, arrived[method])
	}
}
