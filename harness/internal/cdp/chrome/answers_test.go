package chrome

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// Questions that need the same answer are asked at the same time, and a question that needs
// another answer is asked when they are over, and before later ones.
func TestAnswersTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a answers
		var set []string
		var mu sync.Mutex
		here := place{origin: "https://app.test"}
		take := func(barred ...string) func() {
			over, err := a.take(t.Context(), here, barred, func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				set = append(set, append([]string{"bars"}, barred...)...)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			return over
		}
		first, second := take(), take() // at once, with the answer of all pages
		order := make(chan string, 2)
		go func() {
			over := take(loopback)
			order <- "barred"
			over()
		}()
		synctest.Wait()
		go func() {
			over := take()
			order <- "let"
			over()
		}()
		synctest.Wait()
		if len(order) != 0 || set != nil {
			t.Fatalf("an answer was changed while it was needed: %q", set)
		}
		first()
		second()
		synctest.Wait()
		if len(order) != 2 || !slices.Contains(set, loopback) {
			t.Errorf("%d questions were asked, answers %q", len(order), set)
		}
	})
}

// A wait ends with its context, and an answer that could not be set is set the next time.
func TestAnswersThatFail(t *testing.T) {
	var a answers
	here := place{origin: "https://app.test"}
	failed := errors.New("no answer from Chrome")
	if _, err := a.take(t.Context(), here, []string{loopback}, func(context.Context) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("the answer could not be set: %v", err)
	}
	set := 0
	again := func(context.Context) error { set++; return nil }
	over, err := a.take(t.Context(), here, nil, again)
	if err != nil || set != 1 {
		t.Errorf("after an answer that may have been set in part, it was set %d times: %v", set, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.take(ended, here, []string{local}, again); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait without time: %v", err)
	}
	over()
	a.forget("")
	if len(a.given) != 0 {
		t.Error("a profile is not forgotten")
	}
}
