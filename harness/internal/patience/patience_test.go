package patience

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A time-out grows with the load, also with a load that begins later.
func TestWithTimeoutGrows(t *testing.T) {
	errOver := errors.New("over")
	for _, test := range []struct {
		factors []float64 // one for each look
		want    time.Duration
	}{
		{[]float64{1}, time.Second},
		{[]float64{2.5, 2.5, 2.5}, 2500 * time.Millisecond},
		{[]float64{3, 1}, 2 * time.Second}, // the load has gone
		{[]float64{2, 4, 4, 4}, 4 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			looks := 0
			began := time.Now()
			ctx, cancel := withTimeout(t.Context(), time.Second, errOver, func() float64 {
				looks++
				return test.factors[looks-1]
			})
			defer cancel()
			<-ctx.Done()
			if took := time.Since(began); took != test.want || context.Cause(ctx) != errOver || looks != len(test.factors) {
				t.Errorf("%v: after %s, %d looks: %v", test.factors, took, looks, context.Cause(ctx))
			}
		})
	}
}

func TestFactor(t *testing.T) {
	if f := Begin().Factor(); f < 1 || f > mostFactor {
		t.Errorf("%f", f)
	}
	now := measured()
	if f := (Meter{run: now.run - time.Second, wait: now.wait - 1000*time.Second}).Factor(); f != mostFactor && now != (Meter{}) {
		t.Errorf("without bound: %f", f)
	}
}

// The time of a question begins when it is said to begin.
func TestBeginQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		asked := ForQuestions(whole, time.Second)
		time.Sleep(time.Minute) // of fake time: the page is opened
		began := time.Now()
		for _, test := range []struct {
			ctx  context.Context
			want time.Duration
			text string
		}{
			{asked, time.Second, "nothing within 1s"},
			{t.Context(), 5 * time.Second, "nothing within 5s"},
			{whole, 59*time.Minute - 6*time.Second, "context deadline exceeded"},
		} {
			ctx, end := BeginQuestion(test.ctx, 5*time.Second)
			<-ctx.Done()
			if took := time.Since(began); took != test.want || context.Cause(ctx).Error() != test.text || !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
				t.Errorf("after %s: %v", took, context.Cause(ctx))
			}
			end()
			began = time.Now()
		}
	})
}
