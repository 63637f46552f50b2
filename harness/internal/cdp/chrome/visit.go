package chrome

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

// quietTime is how long no request may be in flight, and none may begin, before a page counts
// as quiet. It is no wait for something: a page has no sign that it is done.
const quietTime = 500 * time.Millisecond

// visit is a real page that is looked at, with its frames and workers.
type visit struct {
	chrome *Chrome
	engine.Visit
	ctx    context.Context // of the tab
	close  context.CancelCauseFunc
	watch  *trace.Watch
	frames *frames
	tab    *spot

	mu       sync.Mutex
	known    map[target.ID]bool // that were announced
	entered  []*spot            // whose events come
	inner    map[target.SessionID]*innerWorker
	held     map[target.ID]chan struct{} // shared workers whose script waits until the channel is closed
	starting int                         // spots that are not past their start
	told     engine.Visited
}

// Visit loads a real page: see [engine.Browser].
func (c *Chrome) Visit(ctx context.Context, o engine.Visit) (engine.Visited, error) {
	v := &visit{
		chrome: c, Visit: o, watch: trace.NewWatch(), frames: &frames{known: map[cdp.FrameID]frame{}, loads: map[cdp.FrameID]bool{}},
		tab: &spot{info: &target.Info{Type: "page"}, begun: func() {}}, known: map[target.ID]bool{}, inner: map[target.SessionID]*innerWorker{}, held: map[target.ID]chan struct{}{},
	}
	tab, closeTab := chromedp.NewContext(c.ctx, chromedp.WithExistingBrowserContext(cdp.BrowserContextID(o.Profile)), chromedp.WithListener(v.listenTab))
	defer closeTab()
	v.ctx, v.close = context.WithCancelCause(tab)
	v.tab.ctx = v.ctx
	defer context.AfterFunc(ctx, func() { v.close(context.Cause(ctx)) })()
	err := v.run()
	v.leave()
	if cause := context.Cause(v.ctx); cause != nil {
		err = cause
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.told.Requests = v.watch.Requests()
	return v.told, c.lost(err)
}

// run opens the tab, loads the page, runs the script, and waits for the end.
func (v *visit) run() error {
	if err := chromedp.Do(v.ctx); err != nil {
		return err
	}
	main := cdp.FrameID(chromedp.FromContext(v.ctx).Target.TargetID)
	v.frames.open(main)
	v.watch.Open(main)
	v.hear(chromedp.FromContext(v.ctx).Browser)
	if err := v.prepare(v.tab); err != nil {
		return err
	}
	if err := v.load(); err != nil {
		return err
	}
	if v.Script != "" {
		v.untilQuiet()
		if err := v.runScript(); err != nil {
			return err
		}
	}
	if v.told.Ended = engine.EndedQuiet; v.For > 0 {
		v.told.Ended = engine.EndedInTime
		v.look(v.For)
	} else if !v.untilQuiet() {
		v.told.Ended = engine.EndedAtLimit
	}
	return v.settle()
}

// load shows the page. A page that answers with a status is a page, whatever the status.
func (v *visit) load() error {
	ctx, cancel := context.WithTimeoutCause(v.ctx, v.Limit, errors.New("no document came in time"))
	defer cancel()
	result, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: v.URL})
	switch {
	case err != nil && v.ctx.Err() == nil && ctx.Err() != nil:
		return fmt.Errorf("%w within %s", context.Cause(ctx), v.Limit)
	case err != nil:
		return err
	case result.ErrorText != "":
		return &engine.LoadError{NetError: result.ErrorText}
	}
	return v.emptyError(ctx)
}

// untilQuiet waits until no request is in flight and none has begun for a while, and says
// whether that came within the limit. After that while each part of the page answers: a
// page that computes may ask afterwards.
func (v *visit) untilQuiet() bool {
	ctx, cancel := context.WithTimeout(v.ctx, v.Limit)
	defer cancel()
	for {
		if !v.still(ctx) {
			if ctx.Err() != nil {
				return false
			}
			continue
		}
		v.fence(ctx)
		select {
		case <-v.watch.Changed():
			continue // while the parts answered
		default:
		}
		if ctx.Err() == nil && v.settled() {
			return true
		}
	}
}

// still waits for the next event of the network, or for [quietTime] without one.
func (v *visit) still(ctx context.Context) bool {
	timer := time.NewTimer(quietTime)
	defer timer.Stop()
	select {
	case <-v.watch.Changed():
		return false
	case <-timer.C:
		return v.settled()
	case <-ctx.Done():
		return false
	}
}

// look lets the page run for a time.
func (v *visit) look(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-v.ctx.Done():
	}
}

// settled says whether no request is in flight, no frame loads, and each spot is past its start.
func (v *visit) settled() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.watch.Idle() && v.starting == 0 && !v.frames.loading()
}

// fences make sure that no more comes about a request that has ended: see [Page.fence].
const fences = 3

// settle waits for what Chrome still has to tell of requests that have ended. A page that no
// longer answers may have asked more.
func (v *visit) settle() error {
	ctx, cancel := context.WithTimeoutCause(v.ctx, v.Limit, fmt.Errorf("the page does not answer within %s", v.Limit))
	defer cancel()
	for range fences {
		v.fence(ctx)
	}
	_, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"})
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// fence waits for an answer of each part of the page, and of the network service.
func (v *visit) fence(ctx context.Context) {
	v.mu.Lock()
	parts := append([]*spot{v.tab}, v.entered...)
	v.mu.Unlock()
	for _, part := range parts {
		joined, cancel := context.WithCancel(part.ctx)
		stop := context.AfterFunc(ctx, cancel)
		_, _ = chromedp.Call(joined, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"}) // the part may be gone
		stop()
		cancel()
	}
	joined, cancel := context.WithCancel(v.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	_, _ = chromedp.Call(joined, network.GetCookies, network.GetCookiesParams{})
}

// runScript runs the script as if a user had clicked. A script may lead the page away, which
// ends the script.
func (v *visit) runScript() error {
	ctx, cancel := context.WithTimeoutCause(v.ctx, v.Limit, errors.New("the script did not end"))
	defer cancel()
	result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: v.Script, AwaitPromise: new(true), UserGesture: new(true), ReplMode: new(true),
	})
	switch {
	case v.ctx.Err() != nil:
		return context.Cause(v.ctx)
	case ctx.Err() != nil:
		return fmt.Errorf("%w within %s", context.Cause(ctx), v.Limit)
	case err != nil && ledAway(err):
		return nil
	case err != nil:
		return err
	case result.ExceptionDetails != nil && result.ExceptionDetails.Exception != nil:
		return &engine.ScriptError{Exception: firstLine(errors.New(result.ExceptionDetails.Exception.Description)).Error()}
	case result.ExceptionDetails != nil:
		return &engine.ScriptError{Exception: result.ExceptionDetails.Text}
	}
	return nil
}

// ledAway says whether a script ended because the page shows another document now.
func ledAway(err error) bool {
	failed, ok := errors.AsType[*cdproto.Error](err)
	return ok && (strings.Contains(failed.Message, "navigated") || strings.Contains(failed.Message, "context was destroyed") || strings.Contains(failed.Message, "Promise was collected"))
}

// listenTab takes an event of the tab itself.
func (v *visit) listenTab(event any) {
	switch e := event.(type) {
	case *inspector.EventTargetCrashed:
		v.close(crashError{"the page crashed"})
	case *page.EventJavascriptDialogOpening:
		v.mu.Lock()
		v.told.Dialogs = append(v.told.Dialogs, engine.Dialog{Kind: string(e.Type), Text: e.Message})
		v.mu.Unlock()
		go func() { // it waits for Chrome
			_, _ = chromedp.Call(v.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
		}()
	case *target.EventTargetCreated:
		v.created(e.TargetInfo)
	case *target.EventTargetDestroyed:
		if e.TargetID == target.ID(v.frames.tab()) {
			v.close(crashError{"the page ended"})
		}
		v.gone(e.TargetID)
	case *page.EventWindowOpen:
		v.mu.Lock()
		v.told.Windows = append(v.told.Windows, e.URL)
		v.mu.Unlock()
	}
	v.listen(event, v.tab)
}
