package harness

import (
	"context"
	"errors"
	"fmt"
)

// ownProfile is the profile of a question that depends on others: the given one or, where
// there is none, a fresh one, which the returned function closes. The browser's caches stay
// on, because the other questions may have left something there.
func (b *Browser) ownProfile(p *Profile) (*Profile, func() error) {
	end := func() error { return nil }
	if p == nil {
		p = &Profile{Browser: b}
		end = p.Close
	}
	p.keepCaches()
	return p, end
}

// askInOrder asks the questions before r and then r, in the profile or, where there is
// none, in a fresh one. Where a question has no verdict, the ones after it are not asked.
func (b *Browser) askInOrder(ctx context.Context, r Request, p *Profile) (o Observation, err error) {
	p, end := b.ownProfile(p)
	defer func() { err = errors.Join(err, end()) }()
	var before []Observation
	last := r
	last.Before = nil
	for i, question := range append(r.Before[:len(r.Before):len(r.Before)], last) {
		o, err = p.Fetch(ctx, question)
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
	for i, q := range r.Before {
		name := fmt.Sprintf("Before %d", i+1)
		switch {
		case len(q.Before) > 0:
			fault(name, q.URL, "a question that is asked before has no Before of its own: list all of them in the main question, in order")
			continue
		case len(q.Beside) > 0:
			fault(name, q.URL, "a question that is asked before has no Beside of its own: give Beside (--beside) to the main question")
			continue
		}
		q.companionFaults(name, r, fault)
	}
}
