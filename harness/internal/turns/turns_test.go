package turns

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// take takes a turn that is free.
func take(t *testing.T, turns *Turns[string], key string) (over func()) {
	t.Helper()
	over, err := turns.Take(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return over
}

// later takes a turn in the background, and adds the name to a list when it has it.
type later struct {
	mu    sync.Mutex
	order []string
}

func (l *later) take(ctx context.Context, turns *Turns[string], key, name string, lasts time.Duration) {
	go func() {
		over, err := turns.Take(ctx, key)
		if err != nil {
			name += ": " + err.Error()
		}
		l.mu.Lock()
		l.order = append(l.order, name)
		l.mu.Unlock()
		if err == nil {
			Pause(context.Background(), lasts)
			over()
		}
	}()
	synctest.Wait() // until the caller has its turn, or waits
}

// got is the list so far.
func (l *later) got() []string {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}

func (l *later) want(t *testing.T, names ...string) {
	t.Helper()
	if got := l.got(); !slices.Equal(got, names) {
		t.Errorf("%q have had their turn, want %q", got, names)
	}
}

// Turns of one key come one after the other, in the order of the calls; turns of
// another key do not wait. An unused key is forgotten.
func TestKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns Turns[string]
		var l later
		over := take(t, &turns, "a")
		for _, name := range []string{"1", "2", "3"} {
			l.take(t.Context(), &turns, "a", name, time.Second)
		}
		l.take(t.Context(), &turns, "b", "other", time.Second)
		l.want(t, "other")
		over()
		l.want(t, "other", "1")
		Pause(t.Context(), time.Second)
		l.want(t, "other", "1", "2")
		Pause(t.Context(), 2*time.Second)
		l.want(t, "other", "1", "2", "3")
		if len(turns.keys) != 0 {
			t.Errorf("%d keys are left", len(turns.keys))
		}
	})
}

// A wait ends with its context, whatever it waits for, and does not delay other callers.
func TestContextEnds(t *testing.T) {
	for _, test := range []struct {
		name  string
		turns *Turns[string]
		key   string
	}{
		{"for the key", &Turns[string]{}, "a"},
		{"for a place", &Turns[string]{Limit: 1}, "b"},
		{"for the pace", &Turns[string]{Every: time.Hour}, "b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := take(t, test.turns, "a")
				given, cancel := context.WithCancel(t.Context())
				var l later
				l.take(given, test.turns, test.key, "given up", 0)
				l.want(t)
				cancel()
				l.want(t, "given up: context canceled")
				over()
				if len(test.turns.keys) != 0 {
					t.Errorf("%d keys are left", len(test.turns.keys))
				}
				if test.turns.Every == 0 {
					take(t, test.turns, test.key)() // or it deadlocks
				}
			})
		})
	}
}

// A free key is given although the context has ended: the caller's next step reports
// better what was missing.
func TestFreeKeyAfterTheEnd(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var turns Turns[string]
	over, err := turns.Take(ended, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := turns.Take(ended, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("a key that is taken: %v", err)
	}
	over()
}

// At most Limit turns are under way, and a caller that waits for its key takes no place.
func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := Turns[string]{Limit: 2}
		var l later
		over := take(t, &turns, "a")
		l.take(t.Context(), &turns, "a", "same key", 0)
		l.take(t.Context(), &turns, "b", "second place", time.Second)
		l.want(t, "second place")
		l.take(t.Context(), &turns, "c", "third", time.Hour)
		l.take(t.Context(), &turns, "d", "fourth", time.Hour)
		l.want(t, "second place")
		Pause(t.Context(), time.Second)
		l.want(t, "second place", "third")
		over()
		l.want(t, "second place", "third", "fourth")
		Pause(t.Context(), time.Hour)
		l.want(t, "second place", "third", "fourth", "same key")
	})
}

// Turns begin at the pace. A caller that waits for a place takes no start from the pace:
// two places that become free together are not followed by two starts together.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := Turns[string]{Limit: 2, Every: time.Second}
		began := time.Now()
		var at []time.Duration
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				over, err := turns.Take(t.Context(), string(rune('a'+i)))
				if err != nil {
					t.Error(err)
					return
				}
				defer over()
				mu.Lock()
				at = append(at, time.Since(began))
				mu.Unlock()
				Pause(t.Context(), time.Until(began.Add(time.Minute))) // the first two end together
			})
		}
		all.Wait()
		if want := []time.Duration{0, time.Second, time.Minute, time.Minute + time.Second}; !slices.Equal(at, want) {
			t.Errorf("turns began at %v, want %v", at, want)
		}
	})
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if !Pause(t.Context(), time.Second) || time.Since(began) != time.Second {
			t.Errorf("it took %v", time.Since(began))
		}
		ended, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if Pause(ended, time.Hour) || time.Since(began) != 2*time.Second {
			t.Errorf("a context that ended after a second: %v", time.Since(began))
		}
		if !Pause(t.Context(), 0) || Pause(ended, -1) {
			t.Error("no time to wait: the result is not that of the context")
		}
	})
}
