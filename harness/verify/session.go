package verify

import (
	"context"
	"fmt"
	"sync"

	"github.com/corsproof/corsproof/harness"
)

// Session is what several runs with one Browser share, so that they need it only once: the
// canary, and the browser profiles that keep caches apart. Caches distinguish the targets
// of the runs by their URLs, so each run needs a host name of its own. The zero value is
// ready to use, by several runs at a time. Close it before the Browser.
type Session struct {
	_ [0]func()

	profiles profiles

	mu      sync.Mutex
	trusted bool
}

// trust asks the canary, unless an earlier run did: see [canary].
func (s *Session) trust(ctx context.Context, browser *harness.Browser, home string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trusted || browser.Endpoint != "" { // a Chrome at an endpoint has a canary of its own, at each connection
		return nil
	}
	if err := canary(ctx, home, canaryOf(browser.Kind), browser.Fetch); err != nil {
		return fmt.Errorf("the canary (a question whose answer is known) failed: %w", err)
	}
	s.trusted = true
	return nil
}

// Forget closes the profiles, so that the next run begins with empty caches: it may ask a target
// again that an earlier run asked. The canary is not asked again.
func (s *Session) Forget() { s.profiles.close() }

// Close closes the profiles.
func (s *Session) Close() { s.profiles.close() }
