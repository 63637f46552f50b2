package chrome

import (
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// frames are the frames of a visited page, in whatever process. Their methods may be called
// from many goroutines.
type frames struct {
	mu    sync.Mutex
	main  cdp.FrameID // of the tab itself; empty: the tab is not open yet
	known map[cdp.FrameID]frame
	loads map[cdp.FrameID]bool // frames that load
}

// load notes whether a frame loads.
func (f *frames) load(id cdp.FrameID, is bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if is {
		f.loads[id] = true
	} else {
		delete(f.loads, id)
	}
}

// detach notes that a frame is gone. A frame that another process takes over is not.
func (f *frames) detach(e *page.EventFrameDetached) {
	if e.Reason != page.FrameDetachedReasonSwap {
		f.load(e.FrameID, false)
	}
}

// loading says whether a frame loads.
func (f *frames) loading() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.loads) > 0
}

// frame is a frame with its document.
type frame struct {
	parent      cdp.FrameID
	url, origin string
}

// tab is the frame of the tab itself.
func (f *frames) tab() cdp.FrameID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.main
}

// open says which frame is the tab's.
func (f *frames) open(main cdp.FrameID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.main = main
}

// attach notes a new frame.
func (f *frames) attach(id, parent cdp.FrameID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	is := f.known[id]
	is.parent = parent
	f.known[id] = is
}

// navigated notes the document of a frame.
func (f *frames) navigated(now *cdp.Frame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	is := f.known[now.ID]
	if now.ParentID != "" {
		is.parent = now.ParentID
	}
	is.url, is.origin = now.URL, now.SecurityOrigin
	if !strings.Contains(is.origin, "://") || is.origin == "://" {
		is.origin = ""
	}
	f.known[now.ID] = is
}

// asker is the document that asks in a frame. For the document of a frame, that is the
// document around the frame.
func (f *frames) asker(id cdp.FrameID, document bool) engine.Asker {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id == "" {
		id = f.main
	}
	at := id
	if document && id != f.main {
		at = f.known[id].parent
	}
	return engine.Asker{Frame: at != f.main, URL: f.known[at].url, Origin: f.origin(at), Top: f.origin(f.main)}
}

// origin is the origin of the document in a frame. A document without a URL of its own, such
// as about:srcdoc, has the origin of the document around it, unless its frame is sandboxed,
// which Chrome does not tell.
// https://html.spec.whatwg.org/multipage/document-sequences.html#determining-the-origin
func (f *frames) origin(id cdp.FrameID) string {
	for range 100 { // a chain of frames has an end
		is, ok := f.known[id]
		switch {
		case is.origin != "":
			return is.origin
		case !ok, is.parent == "":
			return ""
		}
		id = is.parent
	}
	return ""
}
