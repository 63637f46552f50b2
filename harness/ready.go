package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/patience"
)

// ready is a page that can ask.
type ready struct {
	browser engine.Browser
	pool    *engine.Pool
	options engine.PageOptions
	page    engine.Page
	release func()
}

// maxStarts is how often a question is begun. Nothing was sent yet, so it does no harm.
const maxStarts = 4

// ready starts Chrome and opens the page that asks. Where Chrome is lost meanwhile, or
// opens no page any more, a fresh one is started, a few times at most. tab tells apart the
// pages of questions that are asked at the same time.
func (b *Browser) ready(ctx context.Context, r Request, p *Profile, tab int) (ready, error) {
	for start := 1; ; start++ {
		is, err := b.begin(ctx, r, p, tab)
		if err == nil || start == maxStarts || ctx.Err() != nil || !errors.Is(err, ErrLost) || start > 1 && errors.Is(err, engine.ErrNoPage) {
			return is, err
		}
	}
}

// begin is one attempt of ready.
func (b *Browser) begin(ctx context.Context, r Request, p *Profile, tab int) (ready, error) {
	c, err := b.start(ctx)
	if err != nil {
		return ready{}, err
	}
	if b.doubts() && !answers(ctx, c) {
		return ready{}, b.replace(c, errSilent)
	}
	is := ready{browser: c, pool: b.pages()}
	id := engine.ProfileID("")
	if p != nil {
		is.pool = &p.pool
		if id, err = p.in(ctx, c); err != nil {
			return ready{}, err
		}
	}
	if is.options, err = b.pageOptions(r); err != nil {
		return ready{}, err
	}
	is.options.Profile, is.options.Tab = id, tab
	if r.usesUp() {
		is.options.Once = b.usedOnce.Add(1)
	}
	if r.Moment != "" {
		is.options.Windowless = false
	}
	is.options.CachesOff = is.options.CachesOff && (!p.keepsCaches() || len(r.WhatIf) > 0)
	is.page, is.release, err = is.pool.Get(ctx, c, is.options)
	switch {
	case err == nil:
		return is, nil
	case errors.Is(err, engine.ErrNoPage) && (b.suspects() || !opensPages(ctx, c)):
		err = b.replace(c, err)
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	}
	return ready{}, ended(ctx, r, engine.Evidence{Missing: []string{"the page that asks"}}, err)
}

// answersLimit bounds the answers of a browser that has nothing to do, on an idle machine.
const answersLimit = 5 * time.Second

var errSilent = fmt.Errorf("its network answered nothing within %s", answersLimit)

// doubts says whether a question got no answer since the last look. A server can keep
// Chrome's network busy for ever, so that nothing else gets an answer either.
func (b *Browser) doubts() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	doubted := b.doubted
	b.doubted = false
	return doubted
}

// suspects says whether a question got no answer in its time: it may keep Chrome's network
// so busy that now and then a page opens, and the next one does not.
func (b *Browser) suspects() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.slowest != ""
}

// answers says whether all parts of the browser answer in time.
func answers(ctx context.Context, c engine.Browser) bool {
	limited, cancel := patience.WithTimeout(ctx, answersLimit, errSilent)
	defer cancel()
	return c.Answers(limited) || ctx.Err() != nil
}

// probeLimit bounds the opening of a page that is nothing but a page, on an idle machine.
const probeLimit = 10 * time.Second

// opensPages says whether Chrome still opens pages, so that it is this page alone which
// could not be opened.
func opensPages(ctx context.Context, c engine.Browser) bool {
	ctx, cancel := patience.WithTimeout(ctx, probeLimit, engine.ErrNoPage)
	defer cancel()
	page, err := c.Open(ctx, engine.PageOptions{Origin: "https://corsproof.test", AddressSpace: string(SpaceLoopback)})
	if err != nil {
		return false
	}
	page.Close()
	return true
}

// replace ends a Chrome that opens no page any more, so that the next question starts a
// fresh one. The error that it returns is ErrLost, and names the question that may have
// stopped Chrome.
func (b *Browser) replace(c engine.Browser, cause error) error {
	_ = c.Close() // it is of no use
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.slowest == "" {
		return fmt.Errorf("%w: %w", ErrLost, cause)
	}
	return fmt.Errorf("%w: %w, after %s had got no answer", ErrLost, cause, b.slowest)
}

// suspect notes a question that got no answer in its time.
func (b *Browser) suspect(ctx context.Context, r Request) {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.slowest, b.doubted = method(r)+" "+shown(r.URL), true
}
