package verify

import (
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
	"github.com/corsproof/corsproof/harness/internal/turns"
	"github.com/corsproof/corsproof/harness/policy"
)

// Run holds a target to its policy. The zero value of every field but Policy and
// Browser is what most want.
type Run struct {
	_ [0]func()

	Policy policy.Policy
	// Name is that of the policy's file, for the report.
	Name string

	// Browser asks. It should hold the cookies of [Cookies].
	Browser *harness.Browser
	// Client sends what no browser can. Nil: one that goes through the proxies of the
	// environment, as Chrome does, and follows no redirect.
	Client *http.Client

	// Select chooses probes.
	Select Select
	// Shard is the part of them that is asked. The zero Shard is all.
	Shard finding.Shard
	// Baseline is what is known to be broken.
	Baseline finding.Baseline
	// Repeat is how often each is asked. Zero is once.
	Repeat int
	// TimeLimit bounds the whole run. Zero: no bound.
	TimeLimit time.Duration

	// Progress, unless nil, is told of each probe that has ended, one at a time. What
	// it is told holds no secret.
	Progress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Done, All int
	Finding   finding.Finding // the latest
}

// defaultConcurrency is how many questions are in flight where the policy does not
// say. More of them are not faster: most wait for the same page.
const defaultConcurrency = 16

// Probes are those that the run asks, in the order of the policy.
func (r *Run) Probes() ([]policy.Probe, error) {
	selected, err := r.selected()
	return r.Shard.Probes(selected), err
}

// selected are those of all shards.
func (r *Run) selected() ([]policy.Probe, error) {
	all, err := r.Policy.Probes()
	if err != nil {
		return nil, err
	}
	return r.Select.Probes(all)
}

// Verify asks every probe. An error means that nothing was found: the policy has
// faults, Chrome cannot be had, or is not one to rely on. When the context ends, when
// the time limit is over or the target is gone, the Report has what was found and says
// why it ended.
func (r *Run) Verify(ctx context.Context) (finding.Report, error) {
	report, err := r.verify(ctx)
	if err != nil {
		return finding.Report{}, err
	}
	report = finding.Redact(r.Policy.Redactor(), report)
	report.Findings = r.Baseline.Apply(report.Findings)
	finding.Sort(report.Findings)
	return report, nil
}

// verify is Verify before anything is redacted.
func (r *Run) verify(ctx context.Context) (finding.Report, error) {
	selected, err := r.selected()
	if err != nil {
		return finding.Report{}, err
	}
	probes := r.Shard.Probes(selected)
	started := time.Now()
	chrome, err := r.Browser.Chrome(ctx)
	if err != nil {
		return finding.Report{}, err
	}
	if err := canary(ctx, r.Browser.Fetch); err != nil {
		return finding.Report{}, fmt.Errorf("the canary, a question whose answer is known: %w", err)
	}
	x := r.newRunner(len(probes))
	defer x.close()
	ended := x.askAll(ctx, started, probes)
	report := finding.Report{
		Version: finding.Version, Policy: r.Name, Fingerprint: fingerprint(r.Policy, selected), Target: r.Policy.Target, Chrome: chrome,
		Started: started, Seconds: time.Since(started).Seconds(),
		Repeat: max(1, r.Repeat), Ended: ended,
		Sent: x.sent, Withheld: x.withheld, Findings: x.findings(),
	}
	if r.Shard.Of > 0 {
		report.Shard = &r.Shard
	}
	report.Notes = append(notes(report, len(probes)), x.answers.settle(report.Findings)...)
	report.Notes = append(report.Notes, evidenceNotes(r.Policy, report.Findings)...)
	return report, nil
}

// runner is a run under way.
type runner struct {
	*Run
	client   *http.Client
	redactor policy.Redactor
	outage   outage
	turns    turns.Turns[turn] // bounds the questions in flight, and their rate
	profiles profiles

	mu       sync.Mutex
	found    []*finding.Finding // by the number of the probe; nil: it has not ended
	done     int
	sent     map[string]int
	withheld map[string]int
	answers  answers
	evidence int // how many findings that did not hold have their evidence
}

func (r *Run) newRunner(probes int) *runner {
	x := &runner{
		Run: r, client: r.Client,
		redactor: r.Policy.Redactor(), found: make([]*finding.Finding, probes),
		sent: map[string]int{}, withheld: map[string]int{},
	}
	x.turns.Limit, x.turns.Every = x.concurrency(), r.Policy.Ask.Rate.Every()
	if x.client == nil {
		x.client = newClient()
	}
	return x
}

// close leaves nothing behind.
func (x *runner) close() {
	x.profiles.close()
	if x.Client == nil {
		x.client.CloseIdleConnections()
	}
}

// The causes by which a run ends before it is complete.
var errInterrupted = errors.New("interrupted")

// askAll asks all probes, and returns why it ended early, or nothing. The time limit
// counts from when the run was started, with Chrome's start in it.
func (x *runner) askAll(ctx context.Context, started time.Time, probes []policy.Probe) string {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if limit := x.TimeLimit; limit > 0 {
		timed, cancel := context.WithDeadlineCause(ctx, started.Add(limit), fmt.Errorf("the time limit of %s was over", limit))
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
	switch cause := context.Cause(ctx); {
	case cause == nil || x.done == len(probes):
		return ""
	case errors.Is(cause, context.Canceled):
		return errInterrupted.Error()
	default:
		return cause.Error()
	}
}

// pagesAtOnce is how many pages are asked at a time. It takes two for one to be opened
// while another asks.
const pagesAtOnce = 3

// each does something with each item of a list, some items at a time and in their order,
// and waits for all.
func each[T any](list []T, atOnce int, do func(T)) {
	var workers errgroup.Group
	workers.SetLimit(atOnce)
	for _, item := range list {
		workers.Go(func() error {
			do(item)
			return nil
		})
	}
	_ = workers.Wait() // they have no errors
}

func (x *runner) concurrency() int {
	if n := x.Policy.Ask.Concurrency; n > 0 {
		return n
	}
	return defaultConcurrency
}

// ask asks one probe and files its finding, unless the run ends before.
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
	f.Number = x.Shard.Number(number)
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

// maxEvidence bounds the findings whose evidence is kept, those that held and all
// others: a policy may have hundreds of thousands of probes.
const maxEvidence = 5000

// keeps says whether the evidence of a finding is kept. Of those that held it is that of
// the first probes, so that it is the same in two runs, which may be compared.
func (x *runner) keeps(number int, o finding.Outcome) bool {
	if o == finding.Held {
		return number < maxEvidence
	}
	x.evidence++
	return x.evidence <= maxEvidence
}

// findings are those of the probes that have ended, in the order of the policy.
func (x *runner) findings() []finding.Finding {
	findings := []finding.Finding{}
	for _, f := range x.found {
		if f != nil {
			findings = append(findings, *f)
		}
	}
	return findings
}
