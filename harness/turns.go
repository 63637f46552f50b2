package harness

import (
	"context"
	"sync"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// turn is what one question at a time may ask: a URL, from a page or, where the
// server tells what arrived, from anywhere. Lines of the console and arrivals are
// known by it.
type turn struct {
	pool    *engine.Pool
	options engine.PageOptions
	url     string
}

// turns lets questions wait for their turn.
type turns struct {
	mu    sync.Mutex
	taken map[turn]chan struct{} // closed when the turn is over
}

// take waits for a turn and returns the function that ends it.
func (t *turns) take(ctx context.Context, k turn) (func(), error) {
	for {
		t.mu.Lock()
		taken := t.taken[k]
		if taken == nil {
			if t.taken == nil {
				t.taken = map[turn]chan struct{}{}
			}
			over := make(chan struct{})
			t.taken[k] = over
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.taken, k)
				t.mu.Unlock()
				close(over)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
