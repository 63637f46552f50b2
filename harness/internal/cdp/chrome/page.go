package chrome

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Page is an open page that asks.
type Page struct {
	chrome     *Chrome
	options    engine.PageOptions
	tab        *tab
	ctx        context.Context // of the tab
	close      context.CancelFunc
	asker      context.Context            // of the asker: the tab, or a frame or a worker in it
	context    runtime.ExecutionContextID // of a frame in the tab's process; 0: the asker's own
	wire       context.Context            // of the target that gets the events of the wire
	controller context.Context            // of the service worker that controls the page; nil: there is none
	cachesOff  bool
	secure     bool
	isolated   bool
	first      bool     // in the tab that Chrome started with, which stays
	origin     string   // as the page says it
	barred     []string // address spaces: see [Page.Barred]
	crashed    atomic.Bool
	orphaned   atomic.Bool // what asks in the page ended, and the page did not
	retired    atomic.Bool
	handled    atomic.Bool // by the service worker that controls the page
	// intercepting says that the page is open, and that what Chrome pauses from now on is
	// the business of its questions.
	intercepting atomic.Bool
	edits        []engine.Edit // of every answer
	relay        *relay        // answers for the fixture network; nil: the browser reaches it
	server       server        // answers in the place of the network; nil: the network does
	// wireUnseen says that Chrome reports nothing of the wire, as for a shared worker.
	wireUnseen bool

	assembler *trace.Assembler
	slots     chan struct{} // bounds the questions in flight
	paused    chan *fetch.EventRequestPaused
	children  *children

	mu      sync.Mutex
	queue   []*waiting
	sending bool
	next    int64
	newest  frameContext // only of interest while the page is opened
}

// binding is the function by which the script reports.
const binding = "corsproofReport"

// Open opens a page. The context bounds the opening, not the life of the page.
func (c *Chrome) Open(ctx context.Context, o engine.PageOptions) (engine.Page, error) {
	if o.FullOnly != "" && c.shell() {
		return nil, c.shellCannot(o.FullOnly)
	}
	if o.Fixture && c.foreign.relay != nil && o.Worker != "" {
		return nil, c.foreignCannot("ask from a worker while it cannot connect to this machine, so that it gets its answers by DevTools; run corsproof where that Chrome runs, or share its network")
	}
	return c.openPage(ctx, c.newPage(o, &tab{}))
}

// openPage opens a page in a tab of its own.
func (c *Chrome) openPage(ctx context.Context, p *Page) (engine.Page, error) {
	o := p.options
	contact, err := p.attach(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open a page at %s: %w", o.Origin, c.lost(err))
	}
	return p.within(ctx, func() error {
		if err := contact(); err != nil {
			return err
		}
		return p.open(o)
	})
}

// newPage is a page that is not opened yet.
func (c *Chrome) newPage(o engine.PageOptions, t *tab) *Page {
	p := &Page{
		chrome: c, options: o, tab: t, cachesOff: o.CachesOff, wireUnseen: o.Worker == engine.SharedWorker, assembler: trace.NewAssembler(),
		slots: make(chan struct{}, inFlight), paused: make(chan *fetch.EventRequestPaused, 1), children: newChildren(), next: 1,
	}
	if o.Fixture && c.foreign.relay != nil {
		p.relay, p.server = c.foreign.relay, c.foreign.relay
	}
	return p
}

// within shows the page in its tab and opens it while the context lasts. A page that
// could not be opened is closed.
func (p *Page) within(ctx context.Context, open func() error) (engine.Page, error) {
	p.tab.page.Store(p)
	abort := context.AfterFunc(ctx, p.close)
	err := open()
	p.children.close()
	if !abort() {
		err = context.Cause(ctx)
	}
	if err == nil {
		return p, nil
	}
	p.Close()
	return nil, fmt.Errorf("open a page at %s: %w", p.options.Origin, p.lost(err))
}

// listen takes an event of the tab, or of a frame or worker in it. Lines that a console
// copies from a worker's console are left out: they also come from the worker itself.
func (p *Page) listen(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Source == log.EntrySourceWorker {
		return
	}
	p.chrome.record(event)
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		if p.intercepting.Load() {
			go p.resume(e) // waits for Chrome
			return
		}
		select {
		case p.paused <- e:
		default:
		}
	case *target.EventTargetCreated:
		p.children.announce(e.TargetInfo)
	case *target.EventTargetInfoChanged:
		p.children.announce(e.TargetInfo)
	case *target.EventAttachedToTarget:
		p.children.announce(e.TargetInfo)
	case *runtime.EventExecutionContextCreated:
		p.contextCreated(e)
	case *inspector.EventTargetCrashed:
		p.crashed.Store(true)
		go p.close() // waits for Chrome
	default:
		p.assembler.Add(event)
	}
}

// attach makes the context of the page: the tab that Chrome started with, if it is
// free, or a new tab. The returned function makes the first contact.
func (p *Page) attach(ctx context.Context, o engine.PageOptions) (contact func() error, err error) {
	defer func() { p.asker, p.wire = p.ctx, p.ctx }()
	windowless := o.Windowless && !p.chrome.options.Visible
	// The headless shell has no windows: its first tab has none either.
	if o.Profile == "" && o.Once == 0 && (!windowless || p.chrome.shell()) && p.chrome.firstTab.TryLock() {
		p.ctx, p.close = context.WithCancel(p.chrome.ctx)
		p.first = true
		return func() error { return chromedp.Listen(p.ctx, p.tab.listen) }, nil
	}
	options := []chromedp.ContextOption{chromedp.WithListener(p.tab.listen)}
	switch {
	case windowless:
		id, err := p.chrome.windowless(ctx, p.chrome.contextOf(o))
		if err != nil {
			return nil, err
		}
		options = append(options, chromedp.WithTargetID(id))
	case p.chrome.contextOf(o) != "":
		options = append(options, chromedp.WithExistingBrowserContext(p.chrome.contextOf(o)))
	}
	p.ctx, p.close = chromedp.NewContext(p.chrome.ctx, options...)
	return func() error { return chromedp.Do(p.ctx) }, nil
}

// windowless makes a tab that is in no window. A window costs Chrome as much as the page in
// it. Where a server asks for a name and a password, a window shows a prompt, and the question
// waits; without a window, Chrome goes on as if its user had given none. A tab in the window
// of another page would hide that page, which then loads no media.
func (c *Chrome) windowless(ctx context.Context, in cdp.BrowserContextID) (target.ID, error) {
	joined, cancel := c.within(ctx)
	defer cancel()
	made, err := chromedp.CallBrowser(joined, target.CreateTarget, target.CreateTargetParams{
		URL: "about:blank", BrowserContextID: in, Hidden: new(true),
	})
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return made.TargetID, err
}

// open loads the document and makes the page ready to ask.
func (p *Page) open(o engine.PageOptions) error {
	o = p.chrome.scoped(o)
	script, err := engine.PageScript()
	if err != nil {
		return err
	}
	d, err := p.chrome.pageOf(o)
	if err != nil {
		return err
	}
	if err := chromedp.Do(p.ctx,
		// chromedp turns these on for queries, which this package does not make.
		call(css.Disable, cdp.Empty{}),
		call(dom.Disable, cdp.Empty{}),
		call(page.SetLifecycleEventsEnabled, page.SetLifecycleEventsEnabledParams{}),
		call(audits.Enable, cdp.Empty{}),
		call(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: o.CachesOff}),
		call(runtime.AddBinding, runtime.AddBindingParams{Name: binding}),
		call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}),
	); err != nil {
		return err
	}
	if err := p.trustFixture(p.ctx); err != nil {
		return err
	}
	if err := p.show(d, o); err != nil {
		return err
	}
	if o.Worker != "" {
		if err := p.work(o); err != nil {
			return err
		}
	}
	if o.Controlled {
		if err := p.control(o); err != nil {
			return err
		}
	}
	if err := p.verify(o); err != nil {
		return err
	}
	return p.intercept()
}

// show loads the document into the tab, or into a frame of the page around it.
func (p *Page) show(d document, o engine.PageOptions) error {
	if err := p.loadAll(d, o); err != nil {
		return err
	}
	return p.readPolicy()
}

// loadAll loads the document, the page around it first, and the document in it last.
func (p *Page) loadAll(d document, o engine.PageOptions) error {
	if err := p.loadPage(d, o); err != nil || o.Document == "" {
		return err
	}
	return p.inherit(o)
}

// loadPage loads the document, and the page around it first.
func (p *Page) loadPage(d document, o engine.PageOptions) error {
	if o.Within == "" {
		return p.load(d, func() error { return p.navigate(d.target) })
	}
	outer, err := p.chrome.documentOf(o.Within, o.WithinPath, "", o.OuterSpace, o.WithinHeaders)
	if err != nil {
		return err
	}
	if err := p.load(outer, func() error { return p.navigate(outer.target) }); err != nil {
		return err
	}
	return p.frame(d, o)
}

// verify makes sure that the page is as the options want it.
func (p *Page) verify(o engine.PageOptions) error {
	value, err := p.Value(p.ctx, engine.AskSelf)
	if err != nil {
		return err
	}
	is, err := o.Self("Chrome", value)
	if err != nil {
		return err
	}
	p.origin, p.secure, p.isolated = is.Origin, is.Secure, is.Isolated
	return nil
}

// call makes an action of a command whose result does not matter.
func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, c, params); err != nil {
			return fmt.Errorf("%s: %w", c.Method, err)
		}
		return nil
	})
}

// Secure says whether the page is a secure context.
// https://w3c.github.io/webappsec-secure-contexts/#settings-object
func (p *Page) Secure() bool { return p.secure }

// Isolated says whether the page is cross-origin isolated.
// https://html.spec.whatwg.org/multipage/webappapis.html#dom-crossoriginisolated
func (p *Page) Isolated() bool { return p.isolated }

// Late counts the events that came for questions that had ended.
func (p *Page) Late() int { return p.assembler.Late() }

// In returns the browser that has the page.
func (p *Page) In() engine.Browser { return p.chrome }

// Alive says whether the page can still ask.
func (p *Page) Alive() bool { return p.ctx.Err() == nil }

// Retire says that the page takes no further questions. Questions in flight go on.
func (p *Page) Retire() { p.retired.Store(true) }

// Retired says whether the page was retired.
func (p *Page) Retired() bool { return p.retired.Load() }

// Close closes the page. The first tab is only emptied.
func (p *Page) Close() {
	p.close()
	if p.first {
		_, _ = chromedp.Call(p.chrome.ctx, page.Navigate, page.NavigateParams{URL: "about:blank"}) // Chrome may be gone
	}
}

// evaluation runs a script where the page asks.
func (p *Page) evaluation(script string) runtime.EvaluateParams {
	return runtime.EvaluateParams{Expression: script, ContextID: p.context}
}

// evaluate runs a script in the page.
func (p *Page) evaluate(script string) error {
	result, err := chromedp.Call(p.asker, runtime.Evaluate, p.evaluation(script))
	if err != nil {
		return p.lost(err)
	}
	if result.ExceptionDetails != nil {
		return fmt.Errorf("the page could not ask: %s", result.ExceptionDetails.Text)
	}
	return nil
}

// Value runs an expression in the page and returns its value as JSON; a promise
// is waited for. An exception is an error.
func (p *Page) Value(ctx context.Context, expression string) (json.RawMessage, error) {
	joined, cancel := context.WithCancel(p.asker)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	params := p.evaluation(expression)
	params.AwaitPromise, params.ReturnByValue = new(true), new(true)
	result, err := chromedp.Call(joined, runtime.Evaluate, params)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, p.lost(err)
	case result.ExceptionDetails != nil && result.ExceptionDetails.Exception != nil:
		return nil, errors.New(result.ExceptionDetails.Exception.Description)
	case result.ExceptionDetails != nil:
		return nil, errors.New(result.ExceptionDetails.Text)
	}
	return json.RawMessage(result.Result.Value), nil
}
