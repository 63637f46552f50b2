package chrome

import (
	"context"
	"sync"
)

// Pool keeps pages warm: to open one costs as much as a hundred questions.
type Pool struct {
	mu    sync.Mutex
	pages map[PageOptions]*entry
	clock int64
	late  int // of the pages that are closed
}

// entry is a page in the pool, open or being opened.
type entry struct {
	ready chan struct{} // closed when page and err are set
	page  *Page
	err   error
	users int
	used  int64 // the time of the last use, by the pool's clock
}

// maxPages bounds the pages that stay open.
const maxPages = 16

// Get returns an open page with the options, and the function that gives it back.
func (l *Pool) Get(ctx context.Context, c *Chrome, o PageOptions) (*Page, func(), error) {
	e, opener := l.take(c, o)
	release := func() { l.release(e) }
	if opener {
		e.page, e.err = c.Open(ctx, o)
		if e.err != nil {
			l.drop(o, e)
		}
		close(e.ready)
	}
	select {
	case <-e.ready:
	case <-ctx.Done():
		release()
		return nil, nil, ctx.Err()
	}
	if e.err != nil {
		release()
		return nil, nil, e.err
	}
	return e.page, release, nil
}

// take finds or makes the entry, and says whether the caller has to open it.
func (l *Pool) take(c *Chrome, o PageOptions) (*entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pages == nil {
		l.pages = map[PageOptions]*entry{}
	}
	e := l.pages[o]
	if e != nil && e.page != nil && (!e.page.Alive() || e.page.chrome != c) {
		l.close(o, e)
		e = nil
	}
	opener := e == nil
	if opener {
		l.evict()
		e = &entry{ready: make(chan struct{})}
		l.pages[o] = e
	}
	e.users++
	l.clock++
	e.used = l.clock
	return e, opener
}

func (l *Pool) release(e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.users--
}

// evict makes room: the page that nobody has used for longest goes.
func (l *Pool) evict() {
	if len(l.pages) < maxPages {
		return
	}
	var oldest PageOptions
	var found *entry
	for o, e := range l.pages {
		if e.users == 0 && (found == nil || e.used < found.used) {
			oldest, found = o, e
		}
	}
	if found != nil {
		l.close(oldest, found)
	}
}

func (l *Pool) drop(o PageOptions, e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pages[o] == e {
		delete(l.pages, o)
	}
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
	return len(l.pages)
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
	return late
}

// Close closes every page that is open, and returns the last count of Late.
func (l *Pool) Close() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for o, e := range l.pages {
		l.close(o, e)
	}
	late := l.countLate()
	l.late = 0
	return late
}
