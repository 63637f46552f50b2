package bidi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/process"
	"github.com/corsproof/corsproof/harness/internal/socks"
	"github.com/corsproof/corsproof/harness/internal/turns"
)

// name is the name of the browser.
const name = "Firefox"

// Firefox is a running browser.
type Firefox struct {
	options engine.Options
	version string // such as 153.7.0
	conn    *conn
	output  output
	proxy   *socks.Proxy // nil: no name leads to it
	profile string       // the folder
	owner   io.Closer    // holds the folder
	command *exec.Cmd
	exited  chan struct{} // closed when the process has ended
	silent  chan struct{} // closed when every process has ended that has its output
	tied    io.Closer     // ends Firefox when this process ends; nil: nothing to close

	// chrome is the context of the browser's own window.
	chrome string
	// urls has a turn for each URL: a line of the console names a URL, and no page.
	urls    turns.Turns[string]
	frames  sync.Mutex   // held while a page with a frame is loaded
	workers atomic.Int64 // that were started: each has a URL of its own

	mu    sync.Mutex
	pages map[string]*Page // by context: the tab's, and the frames' in it
	ours  map[*Page]bool
}

func newFirefox(o engine.Options) *Firefox {
	return &Firefox{options: o, pages: map[string]*Page{}, ours: map[*Page]bool{}}
}

// events are the events that a session subscribes to.
var events = []string{
	"network.beforeRequestSent", "network.responseStarted", "network.responseCompleted", "network.fetchError",
	"log.entryAdded", "script.message", "browsingContext.contextDestroyed",
}

// firstContact makes a session and refuses a Firefox that is too old, or that does not let us read
// its own console.
func (f *Firefox) firstContact(ctx context.Context) error {
	var session struct {
		Capabilities struct {
			Version string `json:"browserVersion"`
		} `json:"capabilities"`
	}
	if err := f.conn.call(ctx, "session.new", map[string]any{"capabilities": map[string]any{}}, &session); err != nil {
		return err
	}
	f.version = session.Capabilities.Version
	if err := newEnough(f.version); err != nil {
		return err
	}
	if err := f.conn.call(ctx, "session.subscribe", map[string]any{"events": events}, nil); err != nil {
		return err
	}
	if err := f.reachChrome(ctx); err != nil {
		return err
	}
	script, err := engine.PageScript()
	if err != nil {
		return err
	}
	preload := map[string]any{"functionDeclaration": "(report) => { self.corsproofReport = report; " + script + " }", "arguments": []any{channel(reportChannel)}}
	if err := f.conn.call(ctx, "script.addPreloadScript", preload, nil); err != nil {
		return err
	}
	return f.setCookies(ctx, "", f.options.Cookies)
}

// listen takes an event.
func (f *Firefox) listen(m message) {
	switch m.Method {
	case "script.message":
		f.spoke(m.Params)
	case "log.entryAdded":
		f.logged(m.Params)
	case "browsingContext.contextDestroyed":
		var e struct {
			Context string `json:"context"`
		}
		if json.Unmarshal(m.Params, &e) == nil {
			if p := f.pageOf(e.Context); p != nil && p.tab == e.Context {
				p.end(fmt.Errorf("%w: the page was closed", engine.ErrLost))
			}
		}
	default:
		f.networked(m)
	}
}

// pageOf is the page that a context belongs to, or nil.
func (f *Firefox) pageOf(context string) *Page {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pages[context]
}

// all are the open pages.
func (f *Firefox) all() []*Page {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []*Page
	for p := range f.ours {
		list = append(list, p)
	}
	return list
}

// Name is Firefox.
func (f *Firefox) Name() string { return name }

// Version is the version, such as 153.7.0.
func (f *Firefox) Version() string { return f.version }

// Flags are the flags that Firefox was started with, and its preferences in the same form.
func (f *Firefox) Flags() []string {
	list := slices.Clone(f.flags())
	address := ""
	if f.proxy != nil {
		address = "SOCKS"
	}
	for _, p := range preferencesOf(f.options, address) {
		if p.Name != "network.proxy.autoconfig_url" { // has ports, which differ each time
			list = append(list, fmt.Sprintf("%s=%v", p.Name, p.Value))
		}
	}
	return list
}

// Alive says whether the browser still runs.
func (f *Firefox) Alive() bool { return f.conn.ctx.Err() == nil }

// Answers says whether the browser's own process answers.
func (f *Firefox) Answers(ctx context.Context) bool {
	_, err := f.evaluate(ctx, f.chrome, "0")
	return err == nil
}

// Visit is not possible.
func (f *Firefox) Visit(context.Context, engine.Visit) (engine.Visited, error) {
	return engine.Visited{}, f.cannot("visit a page and watch it: ask Chrome")
}

// cannot says what this browser cannot do.
func (f *Firefox) cannot(what string) error {
	return &engine.CannotError{Browser: name + " " + f.version, What: what}
}

// Close ends the browser, and waits until its processes and its temporary folder are gone.
func (f *Firefox) Close() error {
	var list []process.Process
	if f.command != nil {
		list = process.Descendants(f.command.Process.Pid)
		_ = f.command.Process.Kill() // nothing in its profile is worth keeping
		<-f.exited
	}
	process.Kill(list)
	f.waitForAll()
	if f.conn != nil {
		f.conn.close()
	}
	for _, p := range f.all() {
		p.end(engine.ErrLost)
	}
	if f.tied != nil {
		_ = f.tied.Close()
	}
	var errs []error
	if f.proxy != nil {
		errs = append(errs, f.proxy.Close())
	}
	if f.profile != "" {
		errs = append(errs, os.RemoveAll(f.profile))
	}
	if f.owner != nil {
		_ = f.owner.Close() // its file is gone
	}
	return errors.Join(errs...)
}

// endLimit bounds the end of processes that were killed.
const endLimit = 5 * time.Second

// waitForAll waits until no process of Firefox is left that could write to the profile: each has
// the pipe that Firefox prints to.
func (f *Firefox) waitForAll() {
	if f.silent == nil {
		return
	}
	select {
	case <-f.silent:
	case <-time.After(endLimit): // then the next start removes what was left: see [process.Sweep]
	}
}
