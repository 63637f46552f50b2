// Package turns limits how many callers do something at a time, and how fast.
package turns

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// Turns hands out turns. Its zero value keeps turns with the same key apart, and has no
// other limit.
//
//	var t turns.Turns[string]
//	over, err := t.Take(ctx, url)
//	if err != nil {
//		return err
//	}
//	defer over()
//
// [Turns.Take] waits for three things, in this order:
//
//  1. No other turn with this key is under way.
//  2. Fewer than Limit turns are under way, whatever their keys.
//  3. Every has passed since the turn before this one began.
//
// The order is part of the promise. A caller that waits for its key takes no place from
// callers with other keys. A caller that waits for a place takes no start from the pace,
// so places that become free together are not followed by a burst of starts.
//
// Callers with the same key go first come, first served, and so do callers that wait for
// a place. A wait ends with the context of its caller, and leaves nothing behind.
type Turns[K comparable] struct {
	// Limit bounds the turns under way. Zero: no bound. It is read at the first Take; see
	// [Turns.Lower] for later.
	Limit int
	// Every is the least time between the starts of two turns. Zero: none. It is read at
	// the first Take.
	Every time.Duration

	once   sync.Once
	places *semaphore.Weighted // nil: no bound
	pace   *rate.Limiter

	mu   sync.Mutex
	keys map[K]*key
	lost int // places that Lower took away
}

// key is a key that a caller holds or waits for.
type key struct {
	turn  *semaphore.Weighted
	users int // the holder, and the callers that wait
}

// Take waits for a turn and returns the function that ends it, which must be called once.
// When the context ends first, there is no turn, and the error is the context's. A free
// key is given even then.
func (t *Turns[K]) Take(ctx context.Context, k K) (over func(), err error) {
	t.once.Do(t.prepare)
	held := t.join(k)
	if !held.turn.TryAcquire(1) {
		if err := held.turn.Acquire(ctx, 1); err != nil {
			t.leave(k, held)
			return nil, err
		}
	}
	end := func() {
		held.turn.Release(1)
		t.leave(k, held)
	}
	if t.places != nil {
		if err := t.places.Acquire(ctx, 1); err != nil {
			end()
			return nil, err
		}
		endKey := end
		end = func() {
			t.places.Release(1)
			endKey()
		}
	}
	if t.pace != nil && !Pause(ctx, t.pace.Reserve().Delay()) {
		end()
		return nil, ctx.Err()
	}
	return end, nil
}

// Bound is how many turns may be under way now. Zero: no bound.
func (t *Turns[K]) Bound() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.Limit - t.lost
}

// Lower halves the bound, unless it is lower already than it was when the caller looked.
// It says whether fewer turns than then may be under way from now on. Turns that are under
// way go on.
func (t *Turns[K]) Lower(was int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Limit - t.lost
	switch {
	case t.places == nil:
		return false
	case now < was:
		return true
	case now <= 1:
		return false
	}
	take := now / 2
	t.lost += take
	go func() { _ = t.places.Acquire(context.Background(), int64(take)) }() // as soon as turns end, and for good
	return true
}

// prepare reads the fields.
func (t *Turns[K]) prepare() {
	t.keys = map[K]*key{}
	if t.Limit > 0 {
		t.places = semaphore.NewWeighted(int64(t.Limit))
	}
	if t.Every > 0 {
		t.pace = rate.NewLimiter(rate.Every(t.Every), 1)
	}
}

// join adds a user of a key.
func (t *Turns[K]) join(k K) *key {
	t.mu.Lock()
	defer t.mu.Unlock()
	held := t.keys[k]
	if held == nil {
		held = &key{turn: semaphore.NewWeighted(1)}
		t.keys[k] = held
	}
	held.users++
	return held
}

// leave removes a user of a key, and forgets a key without users.
func (t *Turns[K]) leave(k K, held *key) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if held.users--; held.users == 0 {
		delete(t.keys, k)
	}
}

// Pause waits, and says whether the time passed before the context ended.
func Pause(ctx context.Context, wait time.Duration) bool {
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
