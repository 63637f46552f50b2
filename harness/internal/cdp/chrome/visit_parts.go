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
	// begun says that the spot is past its start: the events of a frame come here, the script of
	// a worker has run, or the spot is gone. It may be called again.
	begun func()
}

// spotOf is a new spot. The visit waits for its start.
func (v *visit) spotOf(info *target.Info) *spot {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.starting++
	return &spot{info: info, begun: sync.OnceFunc(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.starting--
	})}
}

// first says whether a target is new to the visit.
func (v *visit) first(id target.ID) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	known := v.known[id]
	v.known[id] = true
	return !known
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
	case *inspector.EventWorkerScriptLoaded:
		s.begun()
	case *page.EventFrameStartedLoading:
		v.frames.load(e.FrameID, true)
	case *page.EventFrameStoppedLoading:
		v.frames.load(e.FrameID, false)
	case *page.EventFrameDetached:
		v.frames.detach(e)
	case *page.EventFrameAttached:
		v.frames.attach(e.FrameID, e.ParentFrameID)
	case *page.EventFrameNavigated:
		v.frames.navigated(e.Frame)
		v.watch.Leave(e.Frame.ID, e.Frame.LoaderID)
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
	case info.Type == string(engine.SharedWorker):
		free, first := v.hold(info.TargetID)
		switch {
		case !first:
			return
		case v.DryRun: // its script is refused
			v.unwatched("the shared worker " + info.URL + " was not started: a dry run cannot hold back what it asks for")
			return
		}
		browser := chromedp.FromContext(v.ctx).Browser
		v.watchWorker(info, browser, func() (target.SessionID, error) {
			made, err := cdp.Call(v.ctx, browser, target.AttachToTarget, target.AttachToTargetParams{TargetID: info.TargetID, Flatten: new(false)})
			return made.SessionID, err
		}, free)
	}
}

// hold notes a shared worker whose script must not come yet, and says whether it is the first to
// do so. The returned function lets the script come.
func (v *visit) hold(id target.ID) (free func(), first bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.held[id] != nil {
		return nil, false
	}
	held := make(chan struct{})
	v.held[id] = held
	return func() { close(held) }, true
}

// holds says whether a request loads the script of a shared worker that must not come yet: the
// request has the name of its target. Chrome announces the target first, but in another session,
// whose events may come here later: so Chrome is asked for its targets.
func (v *visit) holds(e *fetch.EventRequestPaused) <-chan struct{} {
	if e.ResourceType != network.ResourceTypeOther {
		return nil
	}
	all, err := chromedp.CallBrowser(v.ctx, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		return make(chan struct{}) // the visit has ended
	}
	for _, info := range all.TargetInfos {
		if info.TargetID == target.ID(e.NetworkID) {
			v.created(info)
		}
	}
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
		v.watchWorker(info, session, func() (target.SessionID, error) { return e.SessionID, nil }, func() {})
	case info.Type == "iframe", info.Type == string(engine.DedicatedWorker):
		v.enter(info, e.WaitingForDebugger, release)
	default:
		v.unwatched("a " + strings.ReplaceAll(info.Type, "_", " ") + " at " + info.URL)
		go release() // it waits for Chrome
	}
}

// enter makes the events of a target come here, once.
func (v *visit) enter(info *target.Info, waits bool, release func()) {
	if !v.first(info.TargetID) {
		go release()
		return
	}
	s := v.spotOf(info)
	s.ctx, _ = chromedp.NewContext(v.chrome.ctx, chromedp.WithTargetID(s.info.TargetID), chromedp.WithDetachOnCancel(),
		chromedp.WithListener(func(event any) { v.listen(event, s) }))
	ctx, leave := context.WithCancel(s.ctx)
	s.ctx = ctx
	context.AfterFunc(v.ctx, leave)
	context.AfterFunc(s.ctx, s.begun)
	go v.follow(s, waits, release)
}

// follow enters a target and lets it go on.
func (v *visit) follow(s *spot, waits bool, release func()) {
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
	v.mu.Lock()
	v.entered = append(v.entered, s)
	v.mu.Unlock()
	if s.document() || err != nil {
		s.begun()
	}
	switch gone := err != nil && errors.Is(err, chromedp.ErrTargetDetached); {
	case v.ctx.Err() != nil, gone: // the visit, or the target, has ended
	case err != nil:
		v.unwatched(named(s.info) + ": " + err.Error())
	case !waits:
		v.unwatched(named(s.info) + " " + ranEarly)
	}
}

// ranEarly says of a target that a part of what it asked is not known. Chrome pauses no shared
// worker at its start: its script may run before the events of its session are turned on.
const ranEarly = "ran before it could be watched: its first requests may be missing"

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
	switch held := v.holds(e); {
	case held == nil:
	case v.DryRun: // a pause ends with the tab, and then the script would run
		_, _ = chromedp.Call(s.ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
		return
	default:
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
