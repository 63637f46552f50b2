package harness

import (
	"context"
	"errors"
	"fmt"
)

// askInOrder asks the questions before r and then r, in the profile or, where there is
// none, in a fresh one. The browser's caches stay on, because earlier questions may have
// left something there. Where a question has no verdict, the ones after it are not asked.
func (b *Browser) askInOrder(ctx context.Context, r Request, p *Profile) (o Observation, err error) {
	if p == nil {
		p = &Profile{Browser: b}
		defer func() { err = errors.Join(err, p.Close()) }()
	}
	p.keepCaches()
	var before []Observation
	last := r
	last.Before = nil
	for i, question := range append(r.Before[:len(r.Before):len(r.Before)], last) {
		o, err = b.fetch(ctx, question, p)
		if i == len(r.Before) {
			break
		}
		before = append(before, o)
		if err != nil {
			o, err = Observation{}, fmt.Errorf("question %d of the %d before it: %w", i+1, len(r.Before), err)
			break
		}
	}
	o.Request, o.Before = r, append(before, o.Before...)
	return o, err
}

// beforeFaults names the faults of the questions before.
func (r Request) beforeFaults(fault func(field, value, problem string, args ...any)) {
	if len(r.Before) > 0 && r.DryRun {
		fault("DryRun", "true", "the questions before it would be sent: leave one of the two out")
	}
	for i, q := range r.Before {
		if len(q.Before) > 0 {
			fault(fmt.Sprintf("Before %d", i+1), q.URL, "a question before has none before it: list all of them, in order")
			continue
		}
		if q.OnTheWire() && !r.OnTheWire() {
			fault(fmt.Sprintf("Before %d", i+1), q.URL, "Chrome cannot have a page at %s, and the question after it is for Chrome", q.From)
		}
		if q.ExtensionKey != "" {
			fault(fmt.Sprintf("Before %d: ExtensionKey", i+1), q.ExtensionKey, "the page of an extension is in a Chrome of its own: no question comes before or after it")
		}
		q.eachFault(func(field, value, problem string, args ...any) {
			fault(fmt.Sprintf("Before %d: %s", i+1, field), value, problem, args...)
		})
	}
}
