package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// proof is corsproof: every question fully observed and judged.
type proof struct {
	world  *world
	chrome harness.Browser
	asked  atomic.Int64
	wrong  atomic.Int64
}

func (p *proof) close() { _ = p.chrome.Close() }

// run asks n questions, some at the same time, checks each verdict, and returns
// how many it answered in a second.
func (p *proof) run(ctx context.Context, k *kind, n, inFlight int) (float64, error) {
	return p.mixed(ctx, []*kind{k}, n, inFlight)
}

// mixed asks questions of several kinds in turn.
func (p *proof) mixed(ctx context.Context, kinds []*kind, n, inFlight int) (float64, error) {
	var next atomic.Int64
	var all sync.WaitGroup
	begin := time.Now()
	for range min(n, inFlight) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && ctx.Err() == nil; i = next.Add(1) - 1 {
				p.ask(ctx, kinds[i%int64(len(kinds))])
			}
		})
	}
	all.Wait()
	return float64(n) / time.Since(begin).Seconds(), ctx.Err()
}

// ask asks one question and checks that nothing of the evidence is missing.
func (p *proof) ask(ctx context.Context, k *kind) {
	o, err := p.chrome.Fetch(ctx, harness.Request{From: pageOrigin, URL: p.world.url(k), Method: k.method})
	p.asked.Add(1)
	fault := ""
	arrived := k.exchanges
	if k == refusedPreflight {
		arrived--
	}
	switch {
	case err != nil:
		fault = err.Error()
	case o.Verdict != k.verdict || o.Reason != k.reason:
		fault = fmt.Sprintf("verdict %q, reason %q, want %q and %q", o.Verdict, o.Reason, k.verdict, k.reason)
	case k.verdict == harness.Readable && (o.Script.Status != 200 || o.Script.Body != answer):
		fault = fmt.Sprintf("script read %d and %q", o.Script.Status, o.Script.Body)
	case len(o.Exchanges) != k.exchanges:
		fault = fmt.Sprintf("%d exchanges, want %d", len(o.Exchanges), k.exchanges)
	case len(o.Arrivals) != arrived:
		fault = fmt.Sprintf("%d arrivals, want %d", len(o.Arrivals), arrived)
	case len(o.Console) != 0 != (k.verdict == harness.Blocked):
		fault = fmt.Sprintf("%d lines on the console", len(o.Console))
	}
	// A question that was interrupted is not wrong.
	if fault != "" && ctx.Err() == nil && p.wrong.Add(1) <= 5 {
		measure.Progress("")
		fmt.Fprintf(os.Stderr, "bench: %s %s: %s\n", k.name, o.Request.URL, fault)
	}
}
