package verify

import (
	"context"
	"sync"

	"github.com/corsproof/corsproof/harness"
)

// turn is what one question at a time may ask: a page, and a URL. Lanes keep most of
// them apart, and not those that a probe asks from several pages. Whoever waits here has
// not begun: neither its time limit nor the rate counts that.
type turn struct {
	profile   *harness.Profile
	from, url string
}

// turns lets questions wait for their turn. The zero value is ready to use.
type turns struct {
	mu    sync.Mutex
	taken map[turn]chan struct{} // closed when the turn is over
}

// take waits for a turn and returns the function that ends it.
func (t *turns) take(ctx context.Context, k turn) (over func(), err error) {
	for {
		t.mu.Lock()
		taken := t.taken[k]
		if taken == nil {
			break
		}
		t.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	defer t.mu.Unlock()
	if t.taken == nil {
		t.taken = map[turn]chan struct{}{}
	}
	end := make(chan struct{})
	t.taken[k] = end
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.taken, k)
		close(end)
	}, nil
}
