package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/corsproof/corsproof/harness/internal/patience"
)

// Pool keeps pages open: to open a page costs as much as a hundred questions.
type Pool struct {
	// Max is how many idle pages stay open. Zero: maxPages.
	Max int

	mu    sync.Mutex
	pages map[PageOptions]*entry
	// leaving are the retired pages that still have users.
	leaving map[*entry]bool
	clock   int64
	late    int // of closed pages
}

// entry is a page in the pool, open or being opened.
type entry struct {
	ready chan struct{} // closed when page or err is set
	page  Page
	err   error
	users int
	used  int64 // the time of the last use, by the pool's clock
}

// maxPages is how many idle pages stay open by default.
const maxPages = 16

func (l *Pool) max() int { return cmp.Or(l.Max, maxPages) }

// openLimit bounds the opening of a page on an idle machine. It is not the time of the
// question which happened to come first: others wait for the same page.
const openLimit = 30 * time.Second

// ErrNoPage says that the browser opened no page within its time: it cannot be relied on
// any more.
var ErrNoPage = fmt.Errorf("the browser opened no page within %s", openLimit)

// errPoolClosed says that the pool was closed before its page was open.
var errPoolClosed = errors.New("the profile was closed")

// errNoTab says that there is no idle tab.
var errNoTab = errors.New("no idle tab")

// Get returns an open page with the options, and the function that gives it back.
func (l *Pool) Get(ctx context.Context, b Browser, o PageOptions) (Page, func(), error) {
	e := l.take(b, o)
	release := func() { l.release(e) }
	select {
	case <-e.ready:
	case <-ctx.Done():
		release()
		return nil, nil, context.Cause(ctx)
	}
	if e.err != nil {
		release()
		return nil, nil, e.err
	}
	return e.page, release, nil
}

// take finds the entry, or makes one and begins to open its page.
func (l *Pool) take(b Browser, o PageOptions) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pages == nil {
		l.pages = map[PageOptions]*entry{}
	}
	e := l.current(o, b)
	if e == nil {
		e = &entry{ready: make(chan struct{})}
		idle := l.idle(b, o)
		l.pages[o] = e
		go l.open(b, o, e, idle)
	}
	e.users++
	l.clock++
	e.used = l.clock
	l.evict()
	return e
}

// current returns the entry of a usable page, and removes an unusable one. The
// lock is held.
func (l *Pool) current(o PageOptions, b Browser) *entry {
	e := l.pages[o]
	switch {
	case e == nil || e.page == nil:
		return e
	case !e.page.Alive() || e.page.In() != b:
		l.close(o, e)
	case !e.page.Retired():
		return e
	case e.users == 0:
		l.close(o, e)
	default: // its last user closes it
		if l.leaving == nil {
			l.leaving = map[*entry]bool{}
		}
		l.leaving[e] = true
		delete(l.pages, o)
	}
	return nil
}

// idle removes the page that was idle for longest and whose tab can show a page with
// these options, if there are enough pages. The lock is held.
func (l *Pool) idle(b Browser, o PageOptions) Page {
	sends := o
	if sends.DryRun = false; o.DryRun && l.pages[sends] != nil && l.max() <= maxPages {
		// The same document, which only has to hold back from now on. A larger pool keeps
		// both: it is for questions that are asked again and again.
		if e := l.pages[sends]; e.users == 0 && e.page != nil && e.page.In() == b && e.page.Fits(o) {
			delete(l.pages, sends)
			l.late += e.page.Late()
			return e.page
		}
	}
	if len(l.pages) < l.max() {
		return nil
	}
	old, e := l.oldest(func(e *entry) bool { return e.page != nil && e.page.In() == b && e.page.Fits(o) })
	if e == nil {
		return nil
	}
	delete(l.pages, old)
	l.late += e.page.Late()
	return e.page
}

// open opens the page of an entry, in the tab of the idle page if there is one.
func (l *Pool) open(b Browser, o PageOptions, e *entry, idle Page) {
	ctx, cancel := patience.WithTimeout(context.Background(), openLimit, ErrNoPage)
	defer cancel()
	var page Page
	err := errNoTab
	if idle != nil {
		page, err = b.Reuse(ctx, idle, o)
	}
	if err != nil && ctx.Err() == nil {
		page, err = b.Open(ctx, o)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	defer close(e.ready)
	switch {
	case err == nil && l.pages[o] != e:
		go page.Close() // waits for Chrome
		e.err = errPoolClosed
	case err == nil:
		e.page = page
	default:
		e.err = err
		if l.pages[o] == e {
			delete(l.pages, o)
		}
	}
}

func (l *Pool) release(e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.users--; e.users > 0 {
		return
	}
	for o, kept := range l.pages {
		if kept == e && e.page != nil && e.page.Retired() {
			l.close(o, e)
			return
		}
	}
	if l.leaving[e] {
		delete(l.leaving, e)
		l.late += e.page.Late()
		go e.page.Close() // waits for Chrome
	}
	l.evict()
}

// evict closes idle pages while there are too many: first the page that was idle
// for longest. The lock is held.
func (l *Pool) evict() {
	for len(l.pages) > l.max() {
		oldest, found := l.oldest(func(*entry) bool { return true })
		if found == nil {
			return
		}
		l.close(oldest, found)
	}
}

// oldest finds the page that was idle for longest, of the idle pages for which will
// is true. The lock is held.
func (l *Pool) oldest(will func(*entry) bool) (PageOptions, *entry) {
	var oldest PageOptions
	var found *entry
	for o, e := range l.pages {
		if e.users == 0 && (found == nil || e.used < found.used) && will(e) {
			oldest, found = o, e
		}
	}
	return oldest, found
}

// close removes an entry and closes its page. The lock is held.
func (l *Pool) close(o PageOptions, e *entry) {
	delete(l.pages, o)
	if e.page != nil {
		l.late += e.page.Late()
		go e.page.Close() // waits for Chrome
	}
}

// Len counts the pages.
func (l *Pool) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pages) + len(l.leaving)
}

// Late counts the events that came for questions that had ended, on all pages.
func (l *Pool) Late() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.countLate()
}

func (l *Pool) countLate() int {
	late := l.late
	for _, e := range l.pages {
		if e.page != nil {
			late += e.page.Late()
		}
	}
	for e := range l.leaving {
		late += e.page.Late()
	}
	return late
}

// Close closes every page that is open, and returns the last count of Late.
func (l *Pool) Close() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	late := l.countLate()
	for o, e := range l.pages {
		l.close(o, e)
	}
	l.late = 0
	return late
}
