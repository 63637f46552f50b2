package chrome

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness/internal/trace"
)

// PageOptions say which page to open. They are comparable: pages with the same
// options are the same page.
type PageOptions struct {
	// Origin is the page's origin, serialised as browsers do; "null" is opaque.
	Origin string
	// AddressSpace is where its document comes from: Loopback, Local or Public.
	AddressSpace string
	// CachesOff bypasses the HTTP cache and the preflight cache.
	CachesOff bool
	// Context is the browser context; empty is the default one.
	Context cdp.BrowserContextID
}

// Page is an open page that asks.
type Page struct {
	chrome  *Chrome
	ctx     context.Context
	close   context.CancelFunc
	secure  bool
	crashed atomic.Bool

	assembler *trace.Assembler
	slots     chan struct{} // bounds the questions in flight

	mu      sync.Mutex
	queue   []*waiting
	sending bool
	next    int64
}

// Open opens a page. The context bounds the opening, not the life of the page.
func (c *Chrome) Open(ctx context.Context, o PageOptions) (*Page, error) {
	p := &Page{chrome: c, assembler: trace.NewAssembler(), slots: make(chan struct{}, inFlight), next: 1}
	paused := make(chan *fetch.EventRequestPaused, 1)
	contact := p.attach(o, paused)
	abort := context.AfterFunc(ctx, p.close)
	err := contact()
	if err == nil {
		err = p.open(o, paused)
	}
	if !abort() {
		err = context.Cause(ctx)
	}
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("open a page at %s: %w", o.Origin, c.lost(err))
	}
	return p, nil
}

// attach makes the context of the page: the tab that Chrome started with, if it
// is free, or a new one. The function that it returns makes the contact.
func (p *Page) attach(o PageOptions, paused chan *fetch.EventRequestPaused) func() error {
	listen := func(event any) {
		p.chrome.record(event)
		switch e := event.(type) {
		case *fetch.EventRequestPaused:
			select {
			case paused <- e:
			default:
			}
		case *inspector.EventTargetCrashed:
			p.crashed.Store(true)
			go p.close() // which waits for Chrome
		default:
			p.assembler.Add(event)
		}
	}
	if o.Context == "" && p.chrome.firstTab.TryLock() {
		p.ctx, p.close = context.WithCancel(p.chrome.ctx)
		return func() error { return chromedp.Listen(p.ctx, listen) }
	}
	options := []chromedp.ContextOption{chromedp.WithListener(listen)}
	if o.Context != "" {
		options = append(options, chromedp.WithExistingBrowserContext(o.Context))
	}
	p.ctx, p.close = chromedp.NewContext(p.chrome.ctx, options...)
	return func() error { return chromedp.Do(p.ctx) }
}

// open loads the document and makes the page ready to ask.
func (p *Page) open(o PageOptions, paused <-chan *fetch.EventRequestPaused) error {
	script, err := pageScript()
	if err != nil {
		return err
	}
	target := o.Origin + "/"
	if o.Origin == "null" {
		target = "https://opaque.test/"
	}
	document, err := p.chrome.rooms.url(o.AddressSpace, o.Origin == "null")
	if err != nil {
		return err
	}
	if err := chromedp.Do(p.ctx,
		// chromedp turns these on for queries, which a page that asks has none of.
		call(css.Disable, cdp.Empty{}),
		call(dom.Disable, cdp.Empty{}),
		call(page.SetLifecycleEventsEnabled, page.SetLifecycleEventsEnabledParams{}),
		call(audits.Enable, cdp.Empty{}),
		call(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: o.CachesOff}),
		call(runtime.AddBinding, runtime.AddBindingParams{Name: "corsproofReport"}),
		call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}),
		call(fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{ResourceType: network.ResourceTypeDocument}}}),
	); err != nil {
		return err
	}
	if err := p.load(target, document, paused); err != nil {
		return err
	}
	return p.verify(o)
}

// pageScript is what every page that asks runs first.
func pageScript() (string, error) {
	var b strings.Builder
	for _, name := range []string{"pages/ask.js", "pages/initiators.js"} {
		script, err := fixtures.FS.ReadFile(name)
		if err != nil {
			return "", err
		}
		b.Write(script)
	}
	return b.String(), nil
}

// load navigates to the target and lets its document come from elsewhere.
// Interception is on for this one request and off before anything is asked.
func (p *Page) load(target, document string, paused <-chan *fetch.EventRequestPaused) error {
	loaded := make(chan error, 1)
	go func() {
		result, err := chromedp.Call(p.ctx, page.Navigate, page.NavigateParams{URL: target})
		if err == nil && result.ErrorText != "" {
			err = errors.New(result.ErrorText)
		}
		loaded <- err
	}()
	select {
	case e := <-paused:
		if _, err := chromedp.Call(p.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID, URL: document}); err != nil {
			return err
		}
	case err := <-loaded:
		if err == nil {
			err = fmt.Errorf("navigation to %s did not ask for a document", target)
		}
		return err
	}
	if err := <-loaded; err != nil {
		return err
	}
	return chromedp.Do(p.ctx, call(fetch.Disable, cdp.Empty{}))
}

// verify makes sure that the page is the one that was asked for.
func (p *Page) verify(o PageOptions) error {
	result, err := chromedp.Call(p.ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression:    "typeof corsproof === 'object' ? {origin: self.origin, secure: self.isSecureContext} : {}",
		ReturnByValue: new(true),
	})
	if err != nil {
		return err
	}
	var is struct {
		Origin string `json:"origin"`
		Secure bool   `json:"secure"`
	}
	if err := json.Unmarshal(result.Result.Value, &is); err != nil {
		return err
	}
	if is.Origin != o.Origin {
		return fmt.Errorf("Chrome made it a page at %q: no page can have the origin %s in this browser (is it on the HSTS preload list?)", is.Origin, o.Origin)
	}
	p.secure = is.Secure
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

// Late counts the events that came for questions that had ended.
func (p *Page) Late() int { return p.assembler.Late() }

// Alive says whether the page can still ask.
func (p *Page) Alive() bool { return p.ctx.Err() == nil }

// Close closes the page.
func (p *Page) Close() { p.close() }

// evaluate runs a script in the page.
func (p *Page) evaluate(script string) error {
	result, err := chromedp.Call(p.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: script})
	if err != nil {
		return p.chrome.lost(err)
	}
	if result.ExceptionDetails != nil {
		return fmt.Errorf("the page could not ask: %s", result.ExceptionDetails.Text)
	}
	return nil
}

// Value runs an expression in the page and returns its value as JSON, that of a
// promise once it has one. An exception is an error.
func (p *Page) Value(ctx context.Context, expression string) (json.RawMessage, error) {
	joined, cancel := context.WithCancel(p.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	result, err := chromedp.Call(joined, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, AwaitPromise: new(true), ReturnByValue: new(true),
	})
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, p.chrome.lost(err)
	case result.ExceptionDetails != nil && result.ExceptionDetails.Exception != nil:
		return nil, errors.New(result.ExceptionDetails.Exception.Description)
	case result.ExceptionDetails != nil:
		return nil, errors.New(result.ExceptionDetails.Text)
	}
	return json.RawMessage(result.Result.Value), nil
}
