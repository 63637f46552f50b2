// Package patience says how long something may take. On a busy machine everything takes
// longer, and that is no fault of what is waited for: [WithTimeout] grows with the load.
// The time of a question is another matter: it begins when the page can ask, and does not
// grow, because a user chose it. [ForQuestions] carries it to where that is known.
package patience

import (
	"context"
	"fmt"
	"time"
)

// mostFactor is how many times longer than on an idle machine something may take.
const mostFactor = 10

// Meter measures how busy the machine is, from when it was made.
type Meter struct{ run, wait time.Duration }

// Begin makes a Meter.
func Begin() Meter { return measured() }

// Factor is how many times longer the work of this process takes than on an idle
// machine: 1 where it never waited for a processor, or where the system does not tell.
func (m Meter) Factor() float64 {
	now := measured()
	run, wait := now.run-m.run, now.wait-m.wait
	if run <= 0 || wait <= 0 {
		return 1
	}
	return min(mostFactor, 1+float64(wait)/float64(run))
}

// WithTimeout is a context that ends with a cause after a time, as often as long as the
// machine is slower than an idle one.
func WithTimeout(parent context.Context, limit time.Duration, cause error) (context.Context, context.CancelFunc) {
	return withTimeout(parent, limit, cause, Begin().Factor)
}

func withTimeout(parent context.Context, limit time.Duration, cause error, factor func() float64) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	began := time.Now()
	go func() {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			left := time.Duration(float64(limit)*factor()) - time.Since(began)
			if left <= 0 {
				cancel(cause)
				return
			}
			timer.Reset(min(left, limit))
		}
	}()
	return ctx, func() { cancel(nil) }
}

type key struct{}

// ForQuestions gives each question that is asked with the context so much time.
func ForQuestions(ctx context.Context, limit time.Duration) context.Context {
	return context.WithValue(ctx, key{}, limit)
}

// BeginQuestion begins the time of one question: that of [ForQuestions], or else that of
// the context, or else the usual time.
func BeginQuestion(ctx context.Context, usual time.Duration) (context.Context, context.CancelFunc) {
	limit, given := ctx.Value(key{}).(time.Duration)
	if !given {
		if _, ok := ctx.Deadline(); ok {
			return ctx, func() {}
		}
		limit = usual
	}
	return context.WithTimeoutCause(ctx, limit, over{limit})
}

// over says that the time of a question was over. It is a [context.DeadlineExceeded].
type over struct{ limit time.Duration }

func (o over) Error() string { return fmt.Sprintf("nothing within %s", o.limit) }

func (over) Unwrap() error { return context.DeadlineExceeded }
