package chrome

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
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
	"github.com/corsproof/corsproof/harness/internal/web"
)

// spot is a target of a visit: the tab, a frame in a process of its own, or a worker.
type spot struct {
	info *target.Info
	ctx  context.Context // set before the first event comes
}

// document says whether the spot shows a document.
func (s *spot) document() bool { return s.info.Type == "page" || s.info.Type == "iframe" }

// prepare turns on what a visit needs in a target. Each child target of it waits until its
// events come here.
func (v *visit) prepare(s *spot) error {
	steps := []chromedp.Action[chromedp.Void]{
		call(audits.Enable, cdp.Empty{}),
		call(target.SetAutoAttach, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(false)}),
	}
	if s.document() { // the requests of dedicated workers pause in the document
		pattern := &fetch.RequestPattern{ResourceType: network.ResourceTypeOther} // among them the scripts of shared workers
		if v.DryRun {
			pattern = &fetch.RequestPattern{URLPattern: "*"}
		}
		steps = append(steps, call(fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{pattern}}))
	}
	if s.document() {
		v.hear(chromedp.FromContext(s.ctx).Target)
	}
	return chromedp.Do(s.ctx, steps...)
}

// listen takes an event of a target.
func (v *visit) listen(event any, s *spot) {
	if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Source == log.EntrySourceWorker {
		return // a copy of what the worker itself tells
	}
	v.chrome.record(event)
	switch e := event.(type) {
	case *target.EventAttachedToTarget:
		v.attach(s, e)
	case *inspector.EventTargetCrashed:
		v.close(crashError{"the page crashed, or a frame of it"})
	case *page.EventFrameAttached:
		v.frames.attach(e.FrameID, e.ParentFrameID)
	case *page.EventFrameNavigated:
		v.frames.navigated(e.Frame)
		v.shown(e.Frame)
	case *fetch.EventRequestPaused:
		go v.resume(s, e) // it waits for Chrome
	default:
		v.watch.Add(event, v.asks(s))
	}
}

// shown notes a document of the tab.
func (v *visit) shown(f *cdp.Frame) {
	if f.ID != v.frames.tab() || f.URL == "about:blank" {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.told.Documents = append(v.told.Documents, engine.Document{URL: f.URL})
}

// asks says who asks in a target.
func (v *visit) asks(s *spot) trace.Asks {
	return func(id cdp.FrameID, document bool) engine.Asker {
		if s.document() {
			return v.frames.asker(id, document)
		}
		a := v.frames.asker(s.info.ParentFrameID, false)
		a.Worker, a.URL = engine.Worker(s.info.Type), s.info.URL
		if own := web.ParseOrigin(strings.TrimPrefix(s.info.URL, "blob:")); !own.Opaque() {
			a.Origin = own.String()
		}
		return a
	}
}

// created sees to a new target that belongs to the page: a window is closed, and a shared
// worker is attached, which no page reports as its own.
func (v *visit) created(info *target.Info) {
	if string(info.BrowserContextID) != string(v.Profile) {
		return
	}
	switch own := v.frames.tab(); {
	case own == "" || info.TargetID == target.ID(own): // nothing is loaded yet
	case info.Type == "page":
		go func() { // it waits for Chrome
			_, _ = chromedp.CallBrowser(v.ctx, target.CloseTarget, target.CloseTargetParams{TargetID: info.TargetID})
		}()
	case info.Type == string(engine.SharedWorker) && v.DryRun:
		v.hold(info.TargetID) // for ever
		v.unwatched("the shared worker " + info.URL + " was not started: a dry run cannot hold back what it asks for")
	case info.Type == string(engine.SharedWorker):
		browser, free := chromedp.FromContext(v.ctx).Browser, v.hold(info.TargetID)
		v.watchWorker(&spot{info: info, ctx: v.ctx}, browser, func() (target.SessionID, error) {
			made, err := cdp.Call(v.ctx, browser, target.AttachToTarget, target.AttachToTargetParams{TargetID: info.TargetID, Flatten: new(false)})
			return made.SessionID, err
		}, free)
	}
}

// hold notes a shared worker whose script must not come yet. The returned function lets it
// come.
func (v *visit) hold(id target.ID) (free func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.held[id] != nil {
		return func() {}
	}
	held := make(chan struct{})
	v.held[id] = held
	return sync.OnceFunc(func() { close(held) })
}

// holds says whether a request loads the script of a shared worker that must not come yet: the
// request has the name of its target.
func (v *visit) holds(e *fetch.EventRequestPaused) <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.held[target.ID(e.NetworkID)]
}

// unwatched notes what the visit cannot see.
func (v *visit) unwatched(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.told.Unwatched = append(v.told.Unwatched, text)
}

// attach sees to a child target that Chrome reports to its parent, and that waits.
func (v *visit) attach(parent *spot, e *target.EventAttachedToTarget) {
	session := chromedp.FromContext(parent.ctx).Target
	release := func() {
		_ = v.say(session, e.SessionID, runtime.CommandRunIfWaitingForDebugger) // the target may be gone
	}
	switch info := e.TargetInfo; {
	case info.Type == string(engine.ServiceWorker) && v.DryRun:
		v.unwatched("the service worker " + info.URL + " was not started: a dry run cannot hold back what it asks for")
	case info.Type == string(engine.ServiceWorker):
		v.watchWorker(&spot{info: info, ctx: parent.ctx}, session, func() (target.SessionID, error) { return e.SessionID, nil }, func() {})
	case info.Type == "iframe", info.Type == string(engine.DedicatedWorker):
		v.enter(&spot{info: info}, e.WaitingForDebugger, release)
	default:
		v.unwatched("a " + strings.ReplaceAll(info.Type, "_", " ") + " at " + info.URL)
		go release() // it waits for Chrome
	}
}

// enter makes the events of a target come here, once.
func (v *visit) enter(s *spot, waits bool, release func()) {
	v.mu.Lock()
	known := v.known[s.info.TargetID]
	if !known {
		v.known[s.info.TargetID] = true
		v.entering++
	}
	v.mu.Unlock()
	if known {
		go release()
		return
	}
	s.ctx, _ = chromedp.NewContext(v.chrome.ctx, chromedp.WithTargetID(s.info.TargetID), chromedp.WithDetachOnCancel(),
		chromedp.WithListener(func(event any) { v.listen(event, s) }))
	ctx, leave := context.WithCancel(s.ctx)
	s.ctx = ctx
	context.AfterFunc(v.ctx, leave)
	go v.follow(s, waits, release)
}

// follow enters a target and lets it go on.
func (v *visit) follow(s *spot, waits bool, release func()) {
	defer v.entersNoMore(s)
	err := chromedp.Do(s.ctx)
	if err != nil && s.info.Type == "iframe" && v.ctx.Err() == nil { // it waits for its first document
		err = chromedp.Do(s.ctx, call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}),
			call(inspector.Enable, cdp.Empty{}), call(page.Enable, page.EnableParams{}))
	}
	if err == nil {
		err = v.prepare(s)
	}
	if err == nil {
		err = chromedp.Do(s.ctx, call(runtime.RunIfWaitingForDebugger, cdp.Empty{}))
	}
	release()
	switch gone := err != nil && errors.Is(err, chromedp.ErrTargetDetached); {
	case v.ctx.Err() != nil, gone: // the visit, or the target, has ended
	case err != nil:
		v.unwatched(named(s.info) + ": " + err.Error())
	case !waits:
		v.unwatched(named(s.info) + " ran before it could be watched: its first requests may be missing")
	}
}

// entersNoMore notes that a target was entered, or is gone.
func (v *visit) entersNoMore(s *spot) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.entering--
	v.entered = append(v.entered, s)
}

// named is a target for a reader.
func named(info *target.Info) string {
	if info.Type == "iframe" {
		return "the frame " + info.URL
	}
	return "the " + strings.ReplaceAll(info.Type, "_", " ") + " " + info.URL
}

// resume goes on with a request that Chrome has paused, or holds it back. The script of a shared
// worker comes once the events of the worker come here, and never in a dry run.
func (v *visit) resume(s *spot, e *fetch.EventRequestPaused) {
	if held := v.holds(e); held != nil {
		select {
		case <-held:
		case <-v.ctx.Done():
			return
		}
	}
	if !v.DryRun || trace.IsPreflight(e) || web.IsSafeMethod(e.Request.Method) {
		_, _ = chromedp.Call(s.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID}) // the page may be gone
		return
	}
	v.watch.Add(e, v.asks(s))
	origin, _ := e.Request.Headers[web.NameOrigin].(string)
	_, _ = chromedp.Call(s.ctx, fetch.FulfillRequest, ourAnswer(e.RequestID, origin))
}
