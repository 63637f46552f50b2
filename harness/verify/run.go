package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/patience"
	"github.com/corsproof/corsproof/harness/internal/turns"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/wire"
)

// Run holds a target to its policy. For every field but Policy and Browser, the zero
// value is the usual choice.
type Run struct {
	_ [0]func()

	Policy policy.Policy
	// Name is the name of the policy's file, for the report.
	Name string

	// Browser asks. It should hold the cookies of [Cookies], and reach the target as the
	// policy says: see [policy.Ask.Reach].
	Browser *harness.Browser
	// Second is the browser that [Run.CompareBrowsers] asks after Browser.
	Second *harness.Browser
	// Client sends requests that no browser can send. Nil: a client that reaches servers as
	// the Browser does (see [harness.Browser.Transport]), and follows no redirect.
	Client *http.Client

	// Given, unless nil, are the probes to choose from, in place of the policy's own.
	Given []policy.Probe
	// Session, unless nil, is shared with other runs of the same Browser.
	Session *Session

	// Select chooses probes.
	Select Select
	// Shard is the part of the selected probes that is asked. The zero Shard is all of
	// them.
	Shard finding.Shard
	// Baseline lists what is known to be broken.
	Baseline finding.Baseline
	// Repeat is how often each probe is asked. Zero is once.
	Repeat int
	// TimeLimit bounds the whole run. Zero: no bound.
	TimeLimit time.Duration

	// Progress, unless nil, is called after each probe, one call at a time. Its argument
	// holds no secret.
	Progress func(Progress)
}

// Progress says how far a run is.
type Progress struct {
	Done, All int
	Finding   finding.Finding // the latest finding
}

// defaultConcurrency is the number of questions in flight when the policy gives none.
// More are not faster: most wait for the same page.
const defaultConcurrency = 16

// Probes returns the probes that the run asks, in the order of the policy.
func (r *Run) Probes() ([]policy.Probe, error) {
	selected, err := r.selected()
	probes, _ := dealt(r.Shard, selected)
	return probes, err
}

// Whole says whether the run asks every probe of the policy: no shard, and no selection.
func (r *Run) Whole() bool {
	return r.Shard.Of <= 1 && len(r.Select.Only)+len(r.Select.Skip) == 0
}

// selected returns the selected probes of all shards.
func (r *Run) selected() ([]policy.Probe, error) {
	if r.Given != nil {
		return r.Select.Probes(r.Given)
	}
	all, err := r.Policy.Probes()
	if err != nil {
		return nil, err
	}
	return r.Select.Probes(all)
}

// Verify asks every probe. An error means that there is no result: the policy has faults,
// or Chrome cannot start or cannot be trusted. When the context ends, the time limit is
// over, the target is gone or Chrome is lost again and again, the Report has the findings
// so far and says why the run ended.
func (r *Run) Verify(ctx context.Context) (finding.Report, error) {
	report, err := r.verify(ctx)
	if err != nil {
		return finding.Report{}, err
	}
	report = finding.Redact(r.Policy.Redactor(), report)
	report.Findings = r.Baseline.Apply(report.Findings, r.Whole(), report.Started)
	finding.Sort(report.Findings)
	return report, nil
}

// verify is Verify before the redaction.
func (r *Run) verify(ctx context.Context) (finding.Report, error) {
	selected, err := r.selected()
	if err != nil {
		return finding.Report{}, err
	}
	probes, numbers := dealt(r.Shard, selected)
	started := time.Now()
	x, err := r.newRunner(numbers)
	if err != nil {
		return finding.Report{}, err
	}
	defer x.close()
	chrome, ended, err := x.begin(ctx, homeOf(x.Browser.Kind, probes))
	if err != nil {
		return finding.Report{}, err
	}
	if ended == "" {
		ended = x.askAll(ctx, started, probes)
	}
	report := finding.Report{
		Version: finding.Version, Policy: r.Name, Fingerprint: fingerprint(r.Policy, selected), Target: r.Policy.Target, Chrome: chrome,
		Started: started, Seconds: time.Since(started).Seconds(),
		Repeat: max(1, r.Repeat), Ended: ended,
		Sent: x.sent, Withheld: x.withheld, Findings: x.findings(),
	}
	if r.Shard.Of > 0 {
		report.Shard, report.Numbers = &r.Shard, numbers
	}
	report.Notes = append(notes(report, len(probes)), x.answers.settle(report.Findings)...)
	report.Notes = append(report.Notes, x.overtime.notes()...)
	report.Notes = append(report.Notes, evidenceNotes(r.Policy, report.Findings)...)
	return report, nil
}

// maxCanaries is how often the canary is asked where Chrome is lost meanwhile.
const maxCanaries = 4

// begin starts Chrome and makes sure that it is one to rely on. Where the run has to end
// before that, it says why.
func (x *runner) begin(ctx context.Context, home string) (chrome harness.Chrome, ended string, err error) {
	for try := 1; ; try++ {
		chrome, err = x.Browser.Chrome(ctx)
		if err == nil {
			err = x.session.trust(ctx, x.Browser, home)
		}
		switch {
		case err == nil:
			return chrome, "", nil
		case ctx.Err() != nil:
			return orNoChrome(chrome), whyEnded(ctx), nil
		case !errors.Is(err, harness.ErrLost):
			return chrome, "", err
		case try == maxCanaries:
			return orNoChrome(chrome), err.Error(), nil
		}
	}
}

// orNoChrome is a Chrome as reports have it, though there was none.
func orNoChrome(c harness.Chrome) harness.Chrome {
	if c.Flags == nil {
		c.Flags = []string{}
	}
	return c
}

// whyEnded says why a run whose context has ended did so.
func whyEnded(ctx context.Context) string {
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause.Error()
	}
	return errInterrupted.Error()
}

// runner is a run in progress.
type runner struct {
	*Run
	client   *http.Client
	numbers  finding.Numbers // of the probes among those of all shards
	redactor policy.Redactor
	outage   outage
	overtime overtime
	turns    turns.Turns[turn] // bounds the questions in flight, and their rate
	// load begins to measure how much slower than an idle machine this one is.
	load    func() (factor func() float64)
	session *Session

	mu       sync.Mutex
	found    []*finding.Finding // by the number of the probe; nil: the probe has not ended
	done     int
	sent     map[string]int
	withheld map[string]int
	answers  answers
	evidence int // the number of findings with evidence, without those that held
}

// newRunner makes a run in progress. The error is a fault of the Browser.
func (r *Run) newRunner(numbers finding.Numbers) (x *runner, err error) {
	x = &runner{
		Run: r, client: r.Client, session: r.Session, numbers: numbers,
		redactor: r.Policy.Redactor(), found: make([]*finding.Finding, len(numbers)),
		sent: map[string]int{}, withheld: map[string]int{},
		load: func() func() float64 { return patience.Begin().Factor },
	}
	x.turns.Limit, x.turns.Every = x.concurrency(), r.Policy.Ask.Rate.Every()
	if x.client == nil {
		x.client, err = wire.NewClient(cmp.Or(r.Browser, &harness.Browser{}))
	}
	if x.session == nil {
		x.session = &Session{}
	}
	return x, err
}

// close releases everything that the run opened.
func (x *runner) close() {
	if x.Session == nil {
		x.session.Close()
	}
	if x.Client == nil {
		x.client.CloseIdleConnections()
	}
}

// The causes that end a run before it is complete.
var errInterrupted = errors.New("interrupted")

// askAll asks all probes. It returns why the run ended early, or nil. The time limit
// counts from the start of the run, including the start of Chrome.
func (x *runner) askAll(ctx context.Context, started time.Time, probes []policy.Probe) string {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if limit := x.TimeLimit; limit > 0 {
		timed, cancel := context.WithDeadlineCause(ctx, started.Add(limit), fmt.Errorf("the time limit of %s was reached", limit))
		defer cancel()
		ctx = timed
	}
	x.outage.end = stop
	each(groupsOf(probes), pagesAtOnce, func(g *group) {
		for _, lanes := range [][][]int{g.lanes, g.dry} {
			each(lanes, x.concurrency(), func(lane []int) {
				for _, i := range lane {
					if ctx.Err() != nil {
						break
					}
					x.ask(ctx, i, probes[i])
				}
			})
		}
	})
	if ctx.Err() == nil || x.done == len(probes) {
		return ""
	}
	return whyEnded(ctx)
}

// pagesAtOnce is the number of pages in use at a time. With two, one page can open while
// the other asks.
const pagesAtOnce = 3

// each calls a function for each item of a list, in order, several items at a time, and
// waits for all calls.
func each[T any](list []T, atOnce int, do func(T)) {
	var workers errgroup.Group
	workers.SetLimit(atOnce)
	for _, item := range list {
		workers.Go(func() error {
			do(item)
			return nil
		})
	}
	_ = workers.Wait() // the workers return no errors
}

func (x *runner) concurrency() int {
	if n := x.Policy.Ask.Concurrency; n > 0 {
		return n
	}
	return defaultConcurrency
}

// ask asks one probe and stores its finding, unless the run ends before.
func (x *runner) ask(ctx context.Context, number int, probe policy.Probe) {
	var runs []finding.Finding
	for i := range max(1, x.Repeat) {
		f := x.once(ctx, probe, i)
		if ctx.Err() != nil {
			return
		}
		runs = append(runs, f)
		if f.Outcome == finding.NotAsked {
			break
		}
	}
	if x.doubtful(probe, runs) {
		if f := x.once(ctx, probe, len(runs)); f.Outcome == finding.Held {
			runs = append(runs, f)
		}
	}
	f := joined(runs)
	f.Number = x.numbers[number]
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.keeps(number, f.Outcome) {
		f.Steps = nil
	}
	x.found[number] = &f
	x.done++
	if x.Progress != nil {
		x.Progress(Progress{Done: x.done, All: len(x.found), Finding: finding.Redact(x.redactor, f)})
	}
}

// doubtful says whether a probe is asked once more, at once: it was broken each time. A
// server that answers every other time in another way would else do so in the same
// probes of each repetition. What changes something is not asked again.
func (x *runner) doubtful(probe policy.Probe, runs []finding.Finding) bool {
	return !(probe.Unsafe && x.Policy.Ask.Unsafe == policy.SendUnsafe) &&
		!slices.ContainsFunc(runs, func(f finding.Finding) bool { return f.Outcome != finding.Broken })
}

// keeps says whether the evidence of a finding is kept: see [finding.MaxEvidence]. For
// findings that held, the first probes of the policy keep it, so that two runs keep the
// same evidence and can be compared, and so that all shards together keep as much as one
// run.
func (x *runner) keeps(number int, o finding.Outcome) bool {
	if o == finding.Held {
		return x.numbers[number] <= finding.MaxEvidence
	}
	x.evidence++
	return x.evidence <= finding.MaxEvidence
}

// findings returns the findings of all probes that have ended, in the order of the
// policy.
func (x *runner) findings() []finding.Finding {
	findings := []finding.Finding{}
	for _, f := range x.found {
		if f != nil {
			findings = append(findings, *f)
		}
	}
	return findings
}
