package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// tab is a question of several that are asked at the same time, with the page that asks it.
type tab struct {
	request Request
	ready   ready
	seen    Observation
	err     error
}

// askAtOnce asks r and the questions beside it at the same time, each from a page of its own,
// in the profile or, where there is none, in a fresh one. Where a page or Chrome was lost, it
// asks all of them once more, if that does no harm.
func (b *Browser) askAtOnce(ctx context.Context, r Request, p *Profile) (o Observation, err error) {
	p, end := b.ownProfile(p)
	defer func() { err = errors.Join(err, end()) }()
	main := r
	main.Beside = nil
	requests := append([]Request{main}, r.Beside...)
	tabs := b.askTabs(ctx, requests, p)
	if slices.ContainsFunc(tabs, tab.lost) && !slices.ContainsFunc(requests, unsafe) {
		tabs = b.askTabs(ctx, requests, p)
	}
	return together(r, tabs)
}

// lost says whether the question may be asked again: Chrome, the page or the network of this machine did not last.
func (t tab) lost() bool {
	return errors.Is(t.err, ErrLost) || errors.Is(t.err, errUnsent) || errors.Is(t.err, ErrNetworkChanged)
}

func unsafe(r Request) bool { return !safe(r) }

// together is the Observation of the first tab, with the Observations of the other tabs. It has
// a verdict only where every tab has one.
func together(r Request, tabs []tab) (Observation, error) {
	o, faults := tabs[0].seen, []error{tabs[0].err}
	o.Request = r
	for i, t := range tabs[1:] {
		o.Beside = append(o.Beside, t.seen)
		if t.err != nil {
			faults = append(faults, fmt.Errorf("question %d of the %d beside it: %w", i+1, len(r.Beside), t.err))
		}
	}
	err := errors.Join(faults...)
	if err != nil {
		o.Verdict, o.Reason, o.Parameter, o.BlockedReason = "", "", "", ""
	}
	return o, err
}

// askTabs opens a page for each question and then asks all of them.
func (b *Browser) askTabs(ctx context.Context, requests []Request, p *Profile) []tab {
	tabs := make([]tab, len(requests))
	for i, r := range requests {
		tabs[i] = tab{request: r, seen: Observation{Request: r}}
	}
	fail := func(err error) []tab {
		tabs[0].err = err
		return tabs
	}
	for i := range tabs {
		is, err := b.ready(ctx, requests[i], p, i)
		if err != nil {
			return fail(err)
		}
		defer is.release()
		if tabs[i].ready = is; is.browser != tabs[0].ready.browser {
			return fail(fmt.Errorf("%w while the pages of several questions were opened", ErrLost))
		}
	}
	ctx, cancel := b.bounded(ctx)
	defer cancel()
	over, err := b.takeTurns(ctx, tabs)
	if err != nil {
		return fail(ended(ctx, requests[0], engine.Evidence{Missing: []string{"the end of another question for the same URL"}}, err))
	}
	defer over()
	var all sync.WaitGroup
	for i := range tabs {
		all.Go(func() {
			t := &tabs[i]
			t.seen, _, t.err = b.put(ctx, t.request, t.ready, nil, true)
		})
	}
	all.Wait()
	return tabs
}

// takeTurns takes each turn that the questions need, once: questions for the same URL share it.
// Every caller takes its turns in the same order, so that none waits for another in a circle.
func (b *Browser) takeTurns(ctx context.Context, tabs []tab) (over func(), err error) {
	var needed []turn
	for _, t := range tabs {
		if key := b.turnOf(t.request, t.ready.pool, t.ready.options); !slices.Contains(needed, key) {
			needed = append(needed, key)
		}
	}
	slices.SortFunc(needed, func(x, y turn) int { return cmp.Or(cmp.Compare(x.url, y.url), x.options.Tab-y.options.Tab) })
	var taken []func()
	over = func() {
		for _, end := range taken {
			end()
		}
	}
	for _, key := range needed {
		end, err := b.turns.Take(ctx, key)
		if err != nil {
			over()
			return nil, err
		}
		taken = append(taken, end)
	}
	return over, nil
}

// besideFaults names the faults of the questions beside.
func (r Request) besideFaults(fault func(field, value, problem string, args ...any)) {
	if len(r.Beside) == 0 {
		return
	}
	if r.Moment != "" {
		fault("Moment", string(r.Moment), "while a page closes, only the arrivals tell what it asked, and a question at the same time may look the same: remove Moment or Beside")
	}
	if r.Moment == "" && r.askedAlone() {
		fault("Beside", fmt.Sprint(len(r.Beside)), askAlone)
	}
	for i, q := range r.Beside {
		name := fmt.Sprintf("Beside %d", i+1)
		switch {
		case len(q.Beside) > 0:
			fault(name, q.URL, "a question that is asked at the same time has no Beside of its own: list all of them in the main question")
			continue
		case len(q.Before) > 0:
			fault(name, q.URL, "a question that is asked at the same time has no Before of its own: give Before (--first) to the main question")
			continue
		}
		if q.DryRun != r.DryRun {
			fault(name, q.URL, "one of the two questions is a dry run, and the other is sent: set DryRun (--dry-run) for all of them or for none")
		}
		if q.askedAlone() {
			fault(name, q.URL, askAlone)
		}
		q.companionFaults(name, r, fault)
	}
}

// askAlone is what is wrong with a question beside another one: see [Request.askedAlone].
const askAlone = "a page that closes, that has a link, a policy or an import map for one question, or that asks by a worklet or an icon, asks one question: remove Beside (--beside)"

// askedAlone says whether the question needs a page that is used once.
func (r Request) askedAlone() bool { return r.usesUp() || r.Via == ViaAudioWorklet }

// companionFaults names the faults of a question that is asked before or beside the main one.
func (r Request) companionFaults(name string, main Request, fault func(field, value, problem string, args ...any)) {
	if r.OnTheWire() && !main.OnTheWire() {
		fault(name, r.URL, "Chrome cannot open a page at %s, and the main question is for Chrome", r.From)
	}
	if r.ExtensionKey != "" {
		fault(name+": ExtensionKey", r.ExtensionKey, "the page of an extension is in a Chrome of its own and asks one question: remove Beside (--beside)")
	}
	r.eachFault(func(field, value, problem string, args ...any) {
		fault(name+": "+field, value, problem, args...)
	})
}
