package chrome

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// A target that waits takes commands only in the session in which it waits. Chrome makes that
// session, not chromedp, so chromedp has no name for it. The commands of this session therefore
// travel inside the session of the parent, as in older versions of the protocol: they go with
// Target.sendMessageToTarget and come with Target.receivedMessageFromTarget. Both are
// deprecated, and cdproto leaves them out. (Tried: a frame whose session ends waits for ever,
// and a service worker that waits answers nothing in another session.)

// sendMessage is Target.sendMessageToTarget.
var sendMessage = cdp.Command[message, cdp.Empty]{Method: "Target.sendMessageToTarget"}

// message is a message of a session inside of another one.
type message struct {
	SessionID target.SessionID `json:"sessionId"`
	Message   string           `json:"message"`
}

// received is the event that brings a message.
const received = "Target.receivedMessageFromTarget"

// say sends commands without parameters to a target, in this order. They need no answer: the
// target takes them in order.
func (v *visit) say(parent cdp.Session, id target.SessionID, commands ...string) error {
	for i, command := range commands {
		text, err := json.Marshal(map[string]any{"id": i + 1, "method": command})
		if err != nil {
			return err
		}
		if _, err := cdp.Call(v.ctx, parent, sendMessage, message{id, string(text)}); err != nil {
			return err
		}
	}
	return nil
}

// hear takes the events of the sessions inside of another one, until the visit ends.
func (v *visit) hear(parent cdp.Session) {
	messages, stop := parent.Subscribe(received)
	go func() {
		defer stop()
		for {
			select {
			case raw, ok := <-messages:
				if !ok {
					return
				}
				v.heard(raw)
			case <-v.ctx.Done():
				return
			}
		}
	}()
}

// heard takes a message of a session. An answer, and an event that cdproto does not know, are
// left out.
func (v *visit) heard(raw []byte) {
	var outer message
	var inner cdproto.Message
	if json.Unmarshal(raw, &outer) != nil || json.Unmarshal([]byte(outer.Message), &inner) != nil || inner.Method == "" {
		return
	}
	v.mu.Lock()
	w := v.inner[outer.SessionID]
	v.mu.Unlock()
	if w == nil {
		return
	}
	event, err := cdproto.UnmarshalMessage(&inner, chromedp.DefaultUnmarshalOptions)
	if err != nil {
		return
	}
	if id := requestOf(event); id != "" && string(id) != string(w.info.TargetID) && !v.watch.Has(id) {
		w.early()
	}
	v.listen(event, w.spot)
}

// requestOf names the request that an event is about, unless the event begins it or nothing of
// the page tells of it.
func requestOf(event any) network.RequestID {
	switch e := event.(type) {
	case *network.EventResponseReceived:
		return e.RequestID
	case *network.EventLoadingFinished:
		return e.RequestID
	case *network.EventLoadingFailed:
		return e.RequestID
	case *log.EventEntryAdded:
		return e.Entry.NetworkRequestID
	}
	return ""
}

// innerWorker is a shared worker or a service worker, whose session is inside of another one.
type innerWorker struct {
	*spot
	early func() // it asked before its events came here
}

// watchWorker makes the events of a shared worker or a service worker come here, and lets it
// run: it calls free.
func (v *visit) watchWorker(info *target.Info, parent cdp.Session, open func() (target.SessionID, error), free func()) {
	first := v.first(info.TargetID)
	w := &innerWorker{early: sync.OnceFunc(func() { v.unwatched(named(info) + " " + ranEarly) })}
	if first {
		w.spot = v.spotOf(info)
	}
	go func() { // it waits for Chrome
		defer free()
		id, err := open()
		if err == nil && first {
			v.mu.Lock()
			v.inner[id] = w
			v.mu.Unlock()
			err = v.say(parent, id, network.CommandEnable, log.CommandEnable, audits.CommandEnable)
		}
		if err == nil {
			err = v.say(parent, id, runtime.CommandRunIfWaitingForDebugger)
		}
		if !first || err == nil {
			return
		}
		w.begun()
		if v.ctx.Err() == nil && !errors.Is(err, chromedp.ErrTargetDetached) {
			v.unwatched(named(info) + ": " + err.Error())
		}
	}()
}

// gone notes that a target has ended.
func (v *visit) gone(id target.ID) {
	v.mu.Lock()
	list := slices.Collect(maps.Values(v.inner))
	v.mu.Unlock()
	for _, w := range list {
		if w.info.TargetID == id {
			w.begun()
		}
	}
}

// leave ends the sessions of the shared workers: Chrome keeps a target for as long as it has a
// session. The sessions of service workers end with the tab. No lock is held while Chrome is
// asked: the events that come before its answer need it.
func (v *visit) leave() {
	v.mu.Lock()
	sessions := maps.Clone(v.inner)
	v.mu.Unlock()
	ctx, cancel := context.WithTimeout(v.chrome.ctx, v.Limit)
	defer cancel()
	for id, w := range sessions {
		if w.info.Type == string(engine.SharedWorker) {
			_, _ = chromedp.CallBrowser(ctx, target.DetachFromTarget, target.DetachFromTargetParams{SessionID: id}) // it may be gone
		}
	}
}
