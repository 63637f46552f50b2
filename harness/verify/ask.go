package verify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/patience"
	"github.com/corsproof/corsproof/harness/internal/turns"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/wire"
)

// once asks a probe once. Each repetition has browser caches of its own.
func (x *runner) once(ctx context.Context, probe policy.Probe, repetition int) finding.Finding {
	switch {
	case x.sendsTooMuch(probe):
		f := newFinding(probe)
		f.Outcome = finding.NotAsked
		f.Why = "the browser sends no preflight, so only the request itself would show it"
		return f
	case probe.Caches:
		return x.onceKept(ctx, probe, repetition)
	}
	f, _ := x.steps(ctx, probe, func(s policy.Step) attempt { return x.insist(ctx, x.askerOf(probe, s), s.Request) })
	return f
}

// askerOf returns the means by which a step is asked.
func (x *runner) askerOf(probe policy.Probe, s policy.Step) asker {
	switch {
	case s.Wire, probe.Wire && (probe.Together == policy.UnchangedAnswer || probe.Judge != nil):
		return x.wireWhole
	case probe.Wire:
		return x.wire
	case s.Request.OnTheWire():
		return x.app
	}
	return x.atEndpoint(x.Browser.Fetch)
}

// onceKept asks a probe about caches. Each attempt starts again in another profile: what
// an earlier attempt left in the caches would change the answer. The same holds when
// Chrome was lost between two steps.
func (x *runner) onceKept(ctx context.Context, probe policy.Probe, repetition int) finding.Finding {
	pause := firstPause
	for try := 1; ; try++ {
		profile, release := x.session.profiles.take(x.Browser, fmt.Sprint(probe.ID, " ", repetition, " ", try))
		f, last := x.steps(ctx, probe, func(s policy.Step) attempt { return x.attempt(ctx, x.atEndpoint(profile.Fetch), profile, s.Request) })
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

// steps asks the steps one after the other until a step fails. It also returns the
// attempt of the last step.
func (x *runner) steps(ctx context.Context, probe policy.Probe, fetch func(policy.Step) attempt) (finding.Finding, attempt) {
	f := newFinding(probe)
	f.Outcome = finding.Held
	var a attempt
	var seen []harness.Observation
	worst, at := finding.Finding{}, -1 // of the broken steps
	began := time.Now()
	for i, step := range probe.Steps {
		if step.Request = x.prepared(step.Request); step.Revalidates {
			step.Request.Headers = slices.Concat(step.Request.Headers, validators(seen))
		}
		a = fetch(step)
		seen = append(seen, a.seen)
		j := judge(x.Policy.Target, step, a.seen, a.err)
		if cannot, ok := errors.AsType[*harness.CannotError](a.err); ok {
			j = judgement{outcome: finding.NotAsked, why: cannot.Error()}
		}
		last := i == len(probe.Steps)-1
		together := probe.Together != "" || probe.Judge != nil
		if last && a.err == nil && together {
			j = judgeTogether(probe, seen)
		}
		if j.led && last && i == 0 && len(x.Policy.Ask.Headers) > 0 && len(step.Request.Headers) == 0 {
			j = judgement{outcome: finding.NotAsked, why: "without a login, the target redirects to a login page and does not answer itself"}
		}
		if j.led && !last {
			j = held // a later step sends what a client has, and decides
		}
		if j.outcome == finding.Broken && x.forgotten(step, began) {
			j = inconclusive("too much time passed between the steps, so the browser may have dropped the answer to the first: ask at a higher rate")
		}
		if !probe.Wire && !probe.Caches && a.err == nil {
			x.answers.add(step.Request, a.seen)
		}
		s := finding.Step{Want: step.Want, Prepares: step.Prepares, Observation: trimmed(a.seen, x.redactor.Redact), Decided: j.outcome != finding.Held || last}
		if a.err != nil {
			s.Error = cutRedacted(j.why, maxText, x.redactor.Redact)
		}
		f.Steps = append(f.Steps, s)
		if at >= 0 && j.outcome != finding.Broken {
			f.Steps[i].Decided = false // an earlier step was broken
			continue
		}
		if s.Decided {
			by := i
			if together && j.outcome == finding.Broken {
				by = j.at
				f.Steps[i].Decided, f.Steps[by].Decided = false, true
				step.Request = seen[by].Request
			}
			decide(&f, j, probe, step, seen[by], x.redactor.Redact)
		}
		if j.outcome == finding.Broken && probe.Side == behaviour.Forbidden && !probe.Caches {
			if at < 0 || weigh(f.Severity) < weigh(worst.Severity) {
				worst, at = f, i
			}
			if f.Severity != finding.Critical {
				continue // a later step may be worse
			}
		}
		if j.outcome != finding.Held {
			break
		}
	}
	if at >= 0 {
		worst.Steps = f.Steps
		for i := range worst.Steps {
			worst.Steps[i].Decided = i == at
		}
		return worst, a
	}
	return f, a
}

// validators make a request conditional on what an earlier answer was.
// https://www.rfc-editor.org/rfc/rfc9110#section-13.1
func validators(seen []harness.Observation) harness.Header {
	var list harness.Header
	for _, o := range seen {
		response, _ := lastResponse(o)
		for _, pair := range [][2]string{{"ETag", "If-None-Match"}, {"Last-Modified", "If-Modified-Since"}} {
			if value, ok := response.ResponseHeaders.Get(pair[0]); ok && len(list.Values(pair[1])) == 0 {
				list = append(list, harness.Field{Name: pair[1], Value: value})
			}
		}
	}
	return list
}

// keptFor is the time for which a browser certainly keeps a preflight's answer that a
// probe wants kept: a policy with a shorter max-age raises no such probe.
const keptFor = 10 * time.Second

// forgotten says whether a step relies on a cached answer that may have expired.
func (x *runner) forgotten(step policy.Step, began time.Time) bool {
	return step.Preflights != nil && *step.Preflights == 0 && time.Since(began) >= keptFor
}

// sendsTooMuch says whether the probe can only be asked by sending a request that may
// change something. Without a preflight, the verdict comes only after the request was
// sent.
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

// prepared returns the request as this run asks it. Local network access depends on where
// page and server are today, and not on the policy: a page loaded from this machine may
// ask any server.
// https://wicg.github.io/local-network-access/#integration-with-fetch
func (x *runner) prepared(r harness.Request) harness.Request {
	switch {
	case r.OnTheWire(), x.Browser.Kind != "": // it has no check of local network access
	case x.Browser.Endpoint != "" && !x.Browser.LeadsToNetwork(r.URL): // there, no page comes from this machine
	case r.From == harness.DataPage:
		r.Within = "http://localhost" // a data: page takes the address space of the page around it
	default:
		r.AddressSpace = harness.SpaceLoopback
	}
	r.DryRun = r.DryRun || x.Policy.Ask.Unsafe != policy.SendUnsafe && !web.IsSafeMethod(r.Method)
	return r
}

// The number of attempts for a question without a verdict, and the first pause; each
// later pause is twice as long.
const (
	maxTries   = 4
	firstPause = 250 * time.Millisecond
	maxPause   = 30 * time.Second // a longer wait that a server asks for is not granted
)

// defaultTimeLimit bounds a question when neither the policy nor the Browser does. The
// time limit of the whole run is not a bound for one question.
const defaultTimeLimit = 10 * time.Second

// asker asks a question: in the browser, in a profile of it, or on the wire.
type asker func(context.Context, harness.Request) (harness.Observation, error)

// attempt is the result of asking once.
type attempt struct {
	seen harness.Observation
	err  error
	// again says that another attempt may get an answer and does no harm.
	again bool
	// wait is the pause that the target asked for.
	wait time.Duration
}

// insist asks until there is evidence, at most maxTries times.
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
		// A target that asks for a pause longer than maxPause is not asked again.
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

// badCertificate says whether the certificate of the target was refused: another attempt
// would change nothing.
func badCertificate(a attempt) bool {
	var refused *tls.CertificateVerificationError // on the wire
	return strings.HasPrefix(a.seen.NetError, "net::ERR_CERT_") || errors.As(a.err, &refused)
}

// settle records whether the target answered in the end.
func (x *runner) settle(ctx context.Context, a attempt) {
	switch {
	case a.err == nil:
		x.outage.answered()
	case ctx.Err() == nil:
		x.overtime.add(a.err)
		x.outage.unanswered(whyNot(a.err))
	}
}

// turn is a page and a URL: only one question at a time may have the same turn. Lanes
// keep most questions apart, but not the steps of a probe that asks from several pages. A
// question that waits here has not begun: the wait counts neither for its time limit nor
// for the rate.
type turn struct {
	profile   *harness.Profile
	from, url string
}

// bounded asks within the time of one question, which begins when the page can ask: the
// start of Chrome and the opening of the page do not count.
func (x *runner) bounded(ctx context.Context, ask asker, r harness.Request) (harness.Observation, error) {
	if r.From != "" && !r.OnTheWire() { // a question on the wire needs no browser
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
	return onTheWire(ctx, x.client, r, nil)
}

// wireWhole asks without the browser, and reads the body, too.
func (x *runner) wireWhole(ctx context.Context, r harness.Request) (harness.Observation, error) {
	ctx, cancel := patience.BeginQuestion(ctx, defaultTimeLimit)
	defer cancel()
	return onTheWire(ctx, x.client, r, wire.Beginning)
}

// app asks for a page that Chrome cannot have.
func (x *runner) app(ctx context.Context, r harness.Request) (harness.Observation, error) {
	if r.Credentials == harness.Include && x.Browser != nil && len(x.Browser.Cookies) > 0 {
		return harness.Observation{Request: r, Wire: true},
			harness.NewInconclusiveError(r, "Chrome cannot open this page, and without a browser the cookies of the policy are not sent", nil)
	}
	return wire.Fetch(ctx, x.client, r)
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
