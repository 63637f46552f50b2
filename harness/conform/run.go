package conform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// Run asks libraries about all behaviours. For every field but Browser and Libraries, the zero value is the usual choice.
type Run struct {
	_ [0]func()

	// Browser asks. It should hold the [Cookies].
	Browser *harness.Browser
	// Client reaches the hosts of the libraries without a browser. Nil: the client of the
	// Browser's Network, if that has a method Client, as the Networks of package servers do.
	Client    *http.Client
	Libraries []Library

	// Policies are the policies to ask about. Nil: all [Policies].
	Policies []contract.Policy
	// Repeat is how often each probe is asked. Zero is once.
	Repeat int
	// AtOnce is the number of libraries that are asked at a time. Zero: 2.
	AtOnce int

	// Enough, unless nil, says after each policy whether the library need not be asked with
	// the next ones. It is called from several goroutines.
	Enough func(Library, ResultOfPolicy) bool

	// Progress, unless nil, is called after each policy of a library, one call at a time.
	Progress func(Progress)
}

// Progress says how far a run is.
type Progress struct {
	Done, All int // policies of libraries
	Library   string
	Policy    string
	State     State
}

// Conform asks all libraries. An error means that there is no result: Chrome cannot start
// or cannot be trusted. When the context ends, or Chrome fails after the first library, the
// Matrix has the libraries that are complete, and says why the run ended. The libraries of the Matrix are in the order of
// Libraries.
func (r *Run) Conform(ctx context.Context) (Matrix, error) {
	m := Matrix{Version: Version, Started: time.Now(), Libraries: []Result{}}
	chrome, err := r.Browser.Chrome(ctx)
	if err != nil {
		return m, err
	}
	m.Chrome = chrome
	x := &runner{Run: r, client: r.client(), policies: r.Policies, session: &verify.Session{}}
	defer x.session.Close()
	if x.policies == nil {
		x.policies = Policies()
	}
	results := make([]*Result, len(r.Libraries))
	work, ctx2 := errgroup.WithContext(ctx)
	work.SetLimit(cmp.Or(r.AtOnce, defaultAtOnce))
	for i, library := range r.Libraries {
		work.Go(func() error {
			result, err := x.library(ctx2, library)
			if err == nil && ctx2.Err() == nil {
				results[i] = &result
			}
			return err
		})
	}
	failed := work.Wait()
	for _, result := range results {
		if result != nil {
			m.Libraries = append(m.Libraries, *result)
		}
	}
	switch {
	case ctx.Err() != nil:
		m.Ended = context.Cause(ctx).Error()
	case failed != nil && len(m.Libraries) == 0:
		return m, failed
	case failed != nil:
		m.Ended = failed.Error()
	}
	m.Requests, m.Seconds = x.requests, time.Since(m.Started).Seconds()
	return m, nil
}

// defaultAtOnce is the number of libraries that are asked at a time: while one starts, the
// browser asks another.
const defaultAtOnce = 2

// runner is a run in progress.
type runner struct {
	*Run
	client   *http.Client
	policies []contract.Policy
	session  *verify.Session

	mu       sync.Mutex
	done     int
	requests int
}

// maxFaults is how many policies in a row may fail to start: the adapter does not work
// then, and waiting for the rest would take long.
const maxFaults = 2

// library asks one library.
func (x *runner) library(ctx context.Context, l Library) (Result, error) {
	began := time.Now()
	result := Result{Name: l.Name(), Policies: []ResultOfPolicy{}}
	if of, ok := l.(interface{ Language() string }); ok {
		result.Language = of.Language()
	}
	faults := 0
	for i, p := range x.policies {
		var r ResultOfPolicy
		var err error
		if faults < maxFaults {
			r, err = x.policy(ctx, l, p, &result)
		} else {
			r, err = x.unasked(p, fmt.Sprintf("not started: the adapter failed to start with the %d policies before this one", maxFaults))
		}
		var not *NotRunError
		if errors.As(err, &not) {
			result.NotRun = not.Why
			x.skip(l, len(x.policies)-i)
			return result, nil
		}
		if err != nil || ctx.Err() != nil {
			return result, err
		}
		faults++
		if r.State != Faulty {
			faults = 0
		}
		result.Policies = append(result.Policies, r)
		x.progress(l, r)
		if x.Enough != nil && x.Enough(l, r) {
			x.skip(l, len(x.policies)-i-1)
			break
		}
	}
	result.Cells = cellsOf(result.Policies)
	result.Seconds = time.Since(began).Seconds()
	return result, nil
}

func (x *runner) progress(l Library, r ResultOfPolicy) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.done++
	if x.Progress != nil {
		x.Progress(Progress{Done: x.done, All: len(x.Libraries) * len(x.policies), Library: l.Name(), Policy: r.Name, State: r.State})
	}
}

// skip counts policies that a library is not asked with.
func (x *runner) skip(l Library, policies int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.done += policies
	if x.Progress != nil {
		x.Progress(Progress{Done: x.done, All: len(x.Libraries) * len(x.policies), Library: l.Name(), State: NotAsked})
	}
}

// hostOf is a host name that no other library and no other policy has.
func hostOf(l Library, p contract.Policy) string {
	return p.Name + "." + l.Name() + "." + Domain
}

// unasked is the result of a policy that the adapter could not be started with.
func (x *runner) unasked(p contract.Policy, why string) (ResultOfPolicy, error) {
	planned, err := idsOf(p, nil)
	return ResultOfPolicy{Name: p.Name, Title: p.Title, Kind: p.Kind, State: Faulty, Text: why, Verdicts: allOf(planned, NoVerdict, p.Name, why)}, err
}

// idsOf are the behaviours that a policy is about.
func idsOf(p contract.Policy, unsupported []string) ([]string, error) {
	a, err := askedOf(p, "host."+Domain, unsupported)
	var list []string
	for _, probe := range slices.Concat(a.probes, a.alone) {
		if !slices.Contains(list, probe.ID) {
			list = append(list, probe.ID)
		}
	}
	return list, err
}

// policy starts a library with a policy and asks.
func (x *runner) policy(ctx context.Context, l Library, p contract.Policy, of *Result) (ResultOfPolicy, error) {
	host := hostOf(l, p)
	served, err := l.Start(ctx, p, host)
	var not *NotRunError
	switch {
	case errors.As(err, &not):
		return ResultOfPolicy{}, err
	case err != nil:
		return x.unasked(p, err.Error())
	}
	r := ResultOfPolicy{Name: p.Name, Title: p.Title, Kind: p.Kind, State: Asked, Config: served.Config, Unsupported: served.Unsupported}
	planned, err := idsOf(p, nil)
	if err != nil {
		return r, err
	}
	switch {
	case served.Refused != "":
		r.State, r.Text = WasRefused, served.Refused
		r.Verdicts = allOf(planned, Refused, p.Name, served.Refused)
		return r, nil
	case !served.Ready:
		r.State, r.Text = NotExpressible, "no option for "+strings.Join(served.Unsupported, ", ")
		r.Verdicts = allOf(planned, Unsupported, p.Name, r.Text)
		return r, nil
	}
	of.Library, of.Version = served.Library, served.Version
	err = x.ask(ctx, p, host, planned, &r)
	if closed := served.Close(); closed != nil && err == nil {
		r.Text = closed.Error()
		r.State = Faulty
	}
	return r, err
}

// timeLimit bounds the questions of one policy.
const timeLimit = 5 * time.Minute

// ask asks the probes of a policy.
func (x *runner) ask(ctx context.Context, p contract.Policy, host string, planned []string, r *ResultOfPolicy) error {
	a, err := askedOf(p, host, r.Unsupported)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		probes []policy.Probe
		atOnce int
	}{{a.probes, 0}, {a.alone, 1}} {
		if len(part.probes) == 0 {
			continue
		}
		file := a.policy
		file.Ask.Concurrency = part.atOnce
		run := verify.Run{Policy: file, Given: part.probes, Browser: x.Browser, Client: x.client, Session: x.session, Repeat: x.Repeat, TimeLimit: timeLimit}
		report, err := run.Verify(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", host, err)
		}
		x.add(report, p, r)
		if report.Ended != "" && ctx.Err() == nil {
			r.Text = report.Ended
		}
	}
	r.close(slices.Concat(a.probes, a.alone), planned)
	return nil
}

// close gives the behaviours a verdict that were not asked about, and takes it from those
// that an early end left half asked: what was held until then is no pass.
func (r *ResultOfPolicy) close(probes []policy.Probe, planned []string) {
	raised := map[string]int{}
	for _, p := range probes {
		raised[p.ID]++
	}
	for i, c := range r.Verdicts {
		planned = slices.DeleteFunc(planned, func(id string) bool { return id == c.ID })
		if r.Text != "" && !c.Verdict.Failed() && r.answered[c.ID] < raised[c.ID] {
			r.Verdicts[i] = Cell{ID: c.ID, Verdict: NoVerdict, Policy: r.Name, Why: r.Text}
		}
	}
	switch {
	case r.Text != "":
		r.State = Faulty
		r.Verdicts = append(r.Verdicts, allOf(planned, NoVerdict, r.Name, r.Text)...)
	case len(planned) > 0:
		r.Verdicts = append(r.Verdicts, allOf(planned, Unsupported, r.Name, "no option for "+strings.Join(r.Unsupported, ", "))...)
	}
}

// add adds the findings of a report.
func (x *runner) add(report finding.Report, p contract.Policy, r *ResultOfPolicy) {
	r.Asked += len(report.Findings)
	for _, f := range report.Findings {
		if r.answered == nil {
			r.answered = map[string]int{}
		}
		r.answered[f.ID]++
	}
	r.Verdicts = append(r.Verdicts, verdictsOf(p.Name, report.Findings)...)
	r.Findings = append(r.Findings, slices.DeleteFunc(report.Findings, func(f finding.Finding) bool { return f.Outcome == finding.Held })...)
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, n := range report.Sent {
		x.requests += n
	}
}
