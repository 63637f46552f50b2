package bidi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Page is an open page that asks.
type Page struct {
	firefox  *Firefox
	options  engine.PageOptions
	tab      string // the context of the tab
	asker    string // the context of what asks: the tab, or a frame in it
	ctx      context.Context
	end      context.CancelCauseFunc
	secure   bool
	isolated bool
	retired  atomic.Bool
	slots    chan struct{} // bounds the questions in flight

	mu        sync.Mutex
	documents []document // what is stood in for while the page is opened
	asked     map[int64]*record
	next      int64
	late      int
}

// Open opens a page. The context bounds the opening, not the life of the page.
func (f *Firefox) Open(ctx context.Context, o engine.PageOptions) (engine.Page, error) {
	if err := f.refusePage(o); err != nil {
		return nil, err
	}
	return f.newPage(o).within(ctx)
}

// newPage is a page that is not opened yet.
func (f *Firefox) newPage(o engine.PageOptions) *Page {
	p := &Page{firefox: f, options: o, slots: make(chan struct{}, inFlight), asked: map[int64]*record{}}
	p.ctx, p.end = context.WithCancelCause(f.conn.ctx)
	return p
}

// within opens the page while the context lasts. A page that could not be opened is closed.
func (p *Page) within(ctx context.Context) (engine.Page, error) {
	if err := p.open(ctx); err != nil {
		if err = p.lost(err); ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		p.Close()
		return nil, fmt.Errorf("open a page at %s: %w", p.options.Origin, err)
	}
	return p, nil
}

// Reuse opens a page in the tab of an idle page, which costs less than a new tab. The idle page
// cannot be used after that.
func (f *Firefox) Reuse(ctx context.Context, idle engine.Page, o engine.PageOptions) (engine.Page, error) {
	if err := f.refusePage(o); err != nil {
		return nil, err
	}
	old := idle.(*Page) // a browser gets its own pages back
	old.leave()
	p := f.newPage(o)
	p.tab = old.tab
	return p.within(ctx)
}

// refusePage names what this browser has no page for.
func (f *Firefox) refusePage(o engine.PageOptions) error {
	var faults []error
	cannot := func(wanted bool, what string) {
		if wanted {
			faults = append(faults, f.cannot(what))
		}
	}
	cannot(o.ExtensionKey != "", "open the page of an extension of Chrome")
	cannot(o.Worker == engine.SharedWorker, "ask from a shared worker: WebDriver BiDi does not show what it asks")
	cannot(o.Worker == engine.ServiceWorker, "ask from a service worker: WebDriver BiDi does not show what it asks")
	cannot(o.Controlled, "ask from a page with a service worker: WebDriver BiDi does not show what it asks")
	cannot(o.Edits != "", "judge an edited answer: ask Chrome")
	cannot(o.Once != 0, "watch a page that goes, or one that is used once: ask Chrome")
	return errors.Join(faults...)
}

// open makes the tab, loads the document and makes the page ready to ask.
func (p *Page) open(ctx context.Context) error {
	f := p.firefox
	reused := p.tab != ""
	if err := p.makeTab(ctx); err != nil {
		return err
	}
	p.asker = p.tab
	p.keep(p.tab)
	// The end of a dry run whose preflight is kept would not be told.
	bypass := p.options.CachesOff || p.options.DryRun
	if bypass || reused {
		behavior := "default"
		if bypass {
			behavior = "bypass"
		}
		if err := f.conn.call(ctx, "network.setCacheBehavior", map[string]any{"cacheBehavior": behavior, "contexts": []string{p.tab}}, nil); err != nil {
			return err
		}
	}
	if err := p.load(ctx); err != nil {
		return err
	}
	self := p.self
	if p.options.Worker != "" {
		self = p.work
	}
	return p.verify(ctx, self)
}

// makeTab makes the tab, unless there is one already.
func (p *Page) makeTab(ctx context.Context) error {
	if p.tab != "" {
		return nil
	}
	create := map[string]any{"type": "tab", "background": true}
	if p.options.Profile != "" {
		create["userContext"] = string(p.options.Profile)
	}
	var made struct {
		Context string `json:"context"`
	}
	err := p.firefox.conn.call(ctx, "browsingContext.create", create, &made)
	p.tab = made.Context
	return err
}

// keep makes events of a context events of the page.
func (p *Page) keep(context string) {
	p.firefox.mu.Lock()
	defer p.firefox.mu.Unlock()
	p.firefox.pages[context] = p
	p.firefox.ours[p] = true
}

// self is what the page says of itself.
func (p *Page) self(ctx context.Context) (json.RawMessage, error) {
	return p.Value(ctx, engine.AskSelf)
}

// verify makes sure that what asks is as the options want it.
func (p *Page) verify(ctx context.Context, self func(context.Context) (json.RawMessage, error)) error {
	value, err := self(ctx)
	if err != nil {
		return err
	}
	is, err := p.options.Self(name, value)
	if err != nil {
		return err
	}
	p.secure, p.isolated = is.Secure, is.Isolated
	return nil
}

// Value runs an expression in the page and returns its value as JSON: see [engine.Page].
func (p *Page) Value(ctx context.Context, expression string) (json.RawMessage, error) {
	value, err := p.firefox.evaluate(ctx, p.asker, "(async () => JSON.stringify(await ("+expression+")) ?? 'null')()")
	if err != nil {
		return nil, p.lost(err)
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return nil, err
	}
	return json.RawMessage(text), nil
}

// lost says that the page or the browser is gone, where that is why something failed.
func (p *Page) lost(err error) error {
	switch {
	case err == nil || errors.Is(err, engine.ErrLost):
	case p.firefox.conn.ctx.Err() != nil:
		return context.Cause(p.firefox.conn.ctx)
	case p.ctx.Err() != nil:
		return context.Cause(p.ctx)
	}
	return err
}

// Depart is not possible.
func (p *Page) Depart(context.Context, string, json.RawMessage) (json.RawMessage, error) {
	return nil, p.firefox.cannot("watch a page that goes: ask Chrome")
}

// cannot says what a question cannot ask here.
func (p *Page) cannot(q engine.Question) error {
	if asksOf(q).Body.Kind == "stream" {
		return p.firefox.cannot("send a streamed body: Firefox would send its name as text")
	}
	switch via := asksOf(q).Via; via {
	case "ping":
		return p.firefox.cannot("send the ping of a link: Firefox sends none, unless a user turns browser.send_pings on")
	case "audio-worklet", "paint-worklet", "manifest", "favicon", "fetch-later", "report":
		return p.firefox.cannot("show what asks by " + via)
	}
	return nil
}

// Secure says whether the page is a secure context.
func (p *Page) Secure() bool { return p.secure }

// Isolated says whether the page is cross-origin isolated.
func (p *Page) Isolated() bool { return p.isolated }

// Barred is false: Firefox keeps no page from an address space.
func (p *Page) Barred(string) bool { return false }

// In returns the browser that has the page.
func (p *Page) In() engine.Browser { return p.firefox }

// Fits says whether the tab of an idle page can show a page with these options next.
func (p *Page) Fits(o engine.PageOptions) bool {
	return o.Profile == p.options.Profile && o.Tab == p.options.Tab && p.Alive() && !p.Retired()
}

// Alive says whether the page can still ask.
func (p *Page) Alive() bool { return p.ctx.Err() == nil }

// Retire says that the page takes no further questions.
func (p *Page) Retire() { p.retired.Store(true) }

// Retired says whether the page was retired.
func (p *Page) Retired() bool { return p.retired.Load() }

// Late counts the reports that came for questions that had ended.
func (p *Page) Late() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.late
}

// Close closes the page.
func (p *Page) Close() {
	p.leave()
	if p.tab != "" {
		f := p.firefox
		_ = f.conn.call(f.conn.ctx, "browsingContext.close", map[string]any{"context": p.tab}, nil) // it may be gone
	}
}

// leave ends the page, and leaves its tab.
func (p *Page) leave() {
	f := p.firefox
	f.mu.Lock()
	for context, of := range f.pages {
		if of == p {
			delete(f.pages, context)
		}
	}
	delete(f.ours, p)
	f.mu.Unlock()
	p.end(errors.New("the page was closed"))
}
