package main

import (
	"context"
	"fmt"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// diagnosed are the seconds of an ask and of a diagnosis of the same question, each from the start
// of Chrome to its end.
type diagnosed struct {
	ask, diagnose []float64
}

// diagnoses asks and diagnoses in turn: a server that knows no CORS, and one that does not list a
// method, which call for experiments and for a trial.
func diagnoses(ctx context.Context, s settings, c *contestants) (outcome, error) {
	w := c.world
	var d diagnosed
	for i := range s.starts + 1 {
		measure.Progress(fmt.Sprintf("diagnosis %d of %d", i, s.starts))
		for _, k := range []*kind{refused, refusedPreflight} {
			r := harness.Request{From: pageOrigin, URL: w.url(k), Method: k.method, DryRun: k.method != "GET"}
			ask, err := timed(w, func(chrome *harness.Browser) (harness.Observation, error) { return chrome.Fetch(ctx, r) })
			if err != nil {
				return d, err
			}
			whole, err := timed(w, func(chrome *harness.Browser) (harness.Observation, error) {
				found, err := diagnose.Run(ctx, chrome, r)
				if err == nil && (found.Trial == nil || !found.Trial.Proved) {
					err = fmt.Errorf("the diagnosis of %s proves no remedy", k.name)
				}
				return found.Seen, err
			})
			if err != nil {
				return d, err
			}
			if i > 0 { // the first fills the disk cache
				d.ask, d.diagnose = append(d.ask, ask), append(d.diagnose, whole)
			}
		}
	}
	return d, nil
}

// timed is how many seconds it takes to start Chrome, to ask, and to end Chrome.
func timed(w *world, ask func(*harness.Browser) (harness.Observation, error)) (float64, error) {
	begin := time.Now()
	chrome := harness.Browser{Path: w.chrome, Network: &w.network}
	seen, err := ask(&chrome)
	if closing := chrome.Close(); err == nil {
		err = closing
	}
	if err == nil && seen.Verdict != harness.Blocked {
		err = fmt.Errorf("%s is %s, want blocked", seen.Request.URL, seen.Verdict)
	}
	return time.Since(begin).Seconds(), err
}

func (d diagnosed) wanted() []result {
	return []result{atMost(fmt.Sprintf("diagnose / ask, from the start of Chrome to its end (%.0f ms, %.0f ms)",
		1000*median(d.diagnose), 1000*median(d.ask)), ratio(d.diagnose, d.ask), 3)}
}
