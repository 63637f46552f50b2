package broken

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/servers"
)

// start returns a network, and a Chrome that reaches it.
func start(t *testing.T) (*servers.Network, *harness.Browser) {
	t.Helper()
	net := &servers.Network{}
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	chrome := &harness.Browser{Network: net}
	t.Cleanup(func() {
		if err := errors.Join(chrome.Close(), net.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := chrome.Start(t.Context()); errors.Is(err, harness.ErrNoChrome) && os.Getenv("CI") == "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	return net, chrome
}

// probesAsked counts the probes of all shops.
var probesAsked atomic.Int64

// judgeAll returns the broken probes, each with the reason.
func judgeAll(t *testing.T, chrome *harness.Browser, answer func(harness.Arrival) servers.Reply, probes []policy.Probe) map[Probe]string {
	t.Helper()
	broken := map[Probe]string{}
	var mu sync.Mutex
	var running sync.WaitGroup
	places := make(chan struct{}, 4) // limits the pages that are open at a time
	for _, p := range probes {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			why, err := judge(t.Context(), chrome, answer, p)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("%s %s: %v", p.ID, p.Key, err)
			} else if why != "" {
				broken[nameOf(p)] = why
			}
		})
	}
	running.Wait()
	return broken
}

// judge returns why a probe is broken, or nothing. Every request is really sent,
// unsafe ones too, since the shop is not real.
func judge(ctx context.Context, chrome *harness.Browser, answer func(harness.Arrival) servers.Reply, p policy.Probe) (string, error) {
	ask := chrome.Fetch
	// Caches are on for the fixture network. The shop answers at the same URLs
	// each time, so without this query a cached answer to one probe would decide
	// the next.
	query := fmt.Sprintf("?probe=%d", probesAsked.Add(1))
	if p.Caches {
		profile := harness.Profile{Browser: chrome}
		defer func() { _ = profile.Close() }()
		ask = profile.Fetch
	}
	for i, step := range p.Steps {
		if p.Wire && !step.Prepares {
			if got := onWire(step.Request, answer); got != step.Want {
				return fmt.Sprintf("%s, want %s", got, step.Want), nil
			}
			continue
		}
		r := step.Request
		r.URL += query
		seen, err := ask(ctx, r)
		if err != nil {
			return "", err
		}
		if why := judgeStep(step, seen); why != "" {
			return fmt.Sprintf("step %d: %s", i+1, why), nil
		}
	}
	return "", nil
}

// onWire is the verdict of a browser that had sent the request with such an
// origin.
func onWire(r harness.Request, answer func(harness.Arrival) servers.Reply) harness.Verdict {
	origin, _ := r.Headers.Get("Origin")
	reply := answer(harness.Arrival{Method: "GET", URL: r.URL, Headers: r.Headers})
	if oracle.CORSCheck(origin, harness.Omit, reply.Header) {
		return harness.Readable
	}
	return harness.Blocked
}

// sentItself says whether an exchange is the request itself, and not its
// preflight.
func sentItself(e harness.Exchange) bool { return e.Kind != harness.Preflight && e.Sent }

func judgeStep(step policy.Step, seen harness.Observation) string {
	preflights := seen.Preflights()
	switch {
	case step.Prepares:
		return ""
	case seen.Verdict != step.Want:
		return fmt.Sprintf("%s (%s), want %s", seen.Verdict, seen.Reason, step.Want)
	case step.PreflightOnly && step.Want == harness.Blocked && slices.ContainsFunc(seen.Exchanges, sentItself):
		return "the request was sent"
	case step.Preflights != nil && len(preflights) != *step.Preflights:
		return fmt.Sprintf("%d preflights, want %d", len(preflights), *step.Preflights)
	}
	if step.MaxAge != nil {
		if said, _ := preflights[0].ResponseHeaders.Get("Access-Control-Max-Age"); said != strconv.Itoa(*step.MaxAge) {
			return fmt.Sprintf("Max-Age %q, want %d", said, *step.MaxAge)
		}
	}
	for _, name := range step.Exposed {
		if len(seen.Script.Headers.Values(name)) == 0 {
			return name + " is not readable"
		}
	}
	for _, f := range seen.Script.Headers {
		exposed := slices.ContainsFunc(step.Exposed, func(name string) bool { return strings.EqualFold(name, f.Name) })
		if step.OnlyExposed && !exposed && len(oracle.CORSExposedHeaders("", harness.Header{f})) == 0 {
			return f.Name + " is readable"
		}
	}
	return ""
}
