package chrome

import (
	"context"
	"slices"
	"sync"

	"github.com/chromedp/cdproto/cdp"
)

// answers are the answers to the prompts that Browser.setPermission has set. Questions that
// need the same answer at a place are asked at the same time; a question that needs another
// answer waits until they are over, and no further ones begin before it.
type answers struct {
	mu    sync.Mutex
	given map[place]*answer
}

// place is what one answer is for: the pages of an origin in a browser context, which may be in frames
// of another page. Without origins it is all pages that no other answer is for.
type place struct {
	in            cdp.BrowserContextID
	outer, origin string
}

// answer is the answer at a place. Its zero value is what all pages were answered at first.
type answer struct {
	barred  []string // the address spaces that are denied
	unsure  bool     // another answer may have been set
	asking  int      // the questions that need it
	waiting int      // the questions that need another one
	idle    chan struct{}
}

// take waits until the answer at a place bars these address spaces, or sets it so, and keeps
// it until the returned function is called.
func (a *answers) take(ctx context.Context, at place, barred []string, set func(context.Context) error) (over func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.given == nil {
		a.given = map[place]*answer{}
	}
	is := a.given[at]
	if is == nil {
		is = &answer{}
		a.given[at] = is
	}
	for is.asking > 0 && (is.waiting > 0 || !slices.Equal(is.barred, barred)) {
		if err := a.untilIdle(ctx, is); err != nil {
			return nil, err
		}
	}
	if is.unsure || !slices.Equal(is.barred, barred) {
		is.unsure = true
		if err := set(ctx); err != nil { // nobody asks at this place meanwhile
			return nil, err
		}
		is.barred, is.unsure = barred, false
	}
	is.asking++
	return func() { a.end(is) }, nil
}

// untilIdle waits until no question needs the answer. The lock is not held meanwhile.
func (a *answers) untilIdle(ctx context.Context, is *answer) error {
	if is.idle == nil {
		is.idle = make(chan struct{})
	}
	idle := is.idle
	is.waiting++
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		is.waiting--
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end ends the need of one question.
func (a *answers) end(is *answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if is.asking--; is.asking == 0 && is.idle != nil {
		close(is.idle)
		is.idle = nil
	}
}

// forget forgets a browser context.
func (a *answers) forget(in cdp.BrowserContextID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for at := range a.given {
		if at.in == in {
			delete(a.given, at)
		}
	}
}
