package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// once asks a probe once. The repetition keeps what caches hold of one apart from
// another. A Chrome that was lost between two steps has forgotten what the first left
// in its caches, so such a probe begins anew.
func (x *runner) once(ctx context.Context, probe policy.Probe, repetition int) Finding {
	if x.sendsTooMuch(probe) {
		f := newFinding(probe)
		f.Outcome = NotAsked
		f.Why = "the browser asks for no leave, so that nothing but sending the request would tell"
		return f
	}
	if !probe.Caches {
		return x.steps(ctx, probe, repetition)
	}
	profile := x.profile(probe.ID, repetition)
	for try := 1; ; try++ {
		before := profile.Generation()
		f := x.steps(ctx, probe, repetition)
		if after := profile.Generation(); after == before || before == 0 && after == 1 || try == maxTries || ctx.Err() != nil {
			return f
		}
	}
}

// steps asks the steps one after the other, until one is not as wanted.
func (x *runner) steps(ctx context.Context, probe policy.Probe, repetition int) Finding {
	f := newFinding(probe)
	f.Outcome = Held
	for i, step := range probe.Steps {
		step.Request = x.prepared(step.Request)
		seen, err := x.fetch(ctx, probe, step.Request, repetition)
		j := judge(x.Policy.Target, step, seen, err)
		s := Step{Want: step.Want, Prepares: step.Prepares, Observation: trimmed(seen), Decided: j.outcome != Held || i == len(probe.Steps)-1}
		if err != nil {
			s.Error = j.why
		}
		f.Steps = append(f.Steps, s)
		if s.Decided {
			f.decide(j, probe, step, seen)
		}
		if j.outcome != Held {
			break
		}
	}
	return f
}

// sendsTooMuch says whether the probe cannot be asked without sending what may change
// something. A request that has no preflight tells nothing before it is sent.
func (x *runner) sendsTooMuch(probe policy.Probe) bool {
	if x.Policy.Ask.Unsafe == policy.SendUnsafe || !probe.Unsafe {
		return false
	}
	for _, s := range probe.Steps {
		if !safe(s.Request.Method) && !s.PreflightOnly {
			return true
		}
	}
	return false
}

// safe says whether a method changes nothing.
// https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods
func safe(method string) bool {
	switch strings.ToUpper(method) {
	case "", "GET", "HEAD", "OPTIONS":
		return true
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
		r.AddressSpace = harness.Loopback
	}
	r.DryRun = x.Policy.Ask.Unsafe != policy.SendUnsafe && !safe(r.Method)
	return r
}

// How often a question is asked that got no verdict, and how long the first pause is;
// each one after it is twice as long.
const (
	maxTries   = 4
	firstPause = 250 * time.Millisecond
	maxPause   = 30 * time.Second // more than that a server may not ask for
)

// fetch asks one step until there is evidence, a few times at most. What took all its
// time is not asked again, nor what may have been executed.
func (x *runner) fetch(ctx context.Context, probe policy.Probe, r harness.Request, repetition int) (harness.Observation, error) {
	pause := firstPause
	for try := 1; ; try++ {
		if err := x.limiter.Wait(ctx); err != nil {
			return harness.Observation{Request: r}, err
		}
		x.slots <- struct{}{}
		seen, err := x.fetchOnce(ctx, probe, r, repetition)
		<-x.slots
		x.count(seen)
		wait, busy := overloaded(seen)
		var fault *harness.FaultError
		switch {
		case err == nil && wait == 0 && busy == nil:
			x.outage.answered()
			return seen, nil
		case ctx.Err() != nil, errors.As(err, &fault), errors.Is(err, harness.ErrClosed):
			return seen, errors.Join(err, busy)
		}
		harmless := busy != nil || r.DryRun || safe(r.Method)
		if busy != nil {
			err = busy
		}
		if try == maxTries || !harmless || errors.Is(err, context.DeadlineExceeded) {
			x.outage.unanswered(whyNot(err))
			return seen, err
		}
		if !pauseFor(ctx, min(max(pause, wait), maxPause)) {
			return seen, err
		}
		pause *= 2
	}
}

// pauseFor waits, and says whether the time is over.
func pauseFor(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// fetchOnce asks one step once, where it belongs.
func (x *runner) fetchOnce(ctx context.Context, probe policy.Probe, r harness.Request, repetition int) (harness.Observation, error) {
	if limit := x.Policy.Ask.TimeLimit; limit > 0 {
		timed, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("nothing within %s", limit))
		defer cancel()
		ctx = timed
	}
	switch {
	case probe.Wire:
		return onTheWire(ctx, x.client, r)
	case probe.Caches:
		return x.profile(probe.ID, repetition).Fetch(ctx, r)
	}
	return x.Browser.Fetch(ctx, r)
}

// profile is where what caches keep for one behaviour stays apart. The resources of a
// policy share it: caches know them by their URLs.
func (x *runner) profile(id string, repetition int) *harness.Profile {
	key := fmt.Sprint(id, " ", repetition)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.profiles[key] == nil {
		x.profiles[key] = &harness.Profile{Browser: x.Browser}
	}
	return x.profiles[key]
}

func (x *runner) closeProfiles() {
	for _, p := range x.profiles {
		_ = p.Close() // Chrome may be gone
	}
}

// count counts what left the browser.
func (x *runner) count(seen harness.Observation) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range seen.Exchanges {
		switch {
		case e.Withheld:
			x.withheld[e.Method]++
		case e.Sent:
			x.sent[e.Method]++
		}
	}
}
