package webkit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Page is an open page that asks: one question at a time, because few lines of the console name
// their request.
type Page struct {
	webkit   *WebKit
	options  engine.PageOptions
	ctx      context.Context
	end      context.CancelCauseFunc
	turn     chan struct{} // holds the turn to ask
	opened   chan struct{} // closed when the opening is over, well or not
	secure   bool
	isolated bool
	retired  atomic.Bool

	conn    *conn
	folder  string
	owner   io.Closer // holds the folder
	command *exec.Cmd
	exited  chan struct{} // closed when the process has ended
	output  lastLines
	closing sync.Once

	mu       sync.Mutex
	document document      // the answer to the request for the page
	loaded   chan struct{} // closed when the document is there; nil: it is
	shown    bool          // the document is loading
	asked    *record       // nil: nothing is asked
	next     int64
	late     int
}

// Open opens a page. The context bounds the opening, not the life of the page.
func (w *WebKit) Open(ctx context.Context, o engine.PageOptions) (engine.Page, error) {
	if err := w.refusePage(o); err != nil {
		return nil, err
	}
	p := &Page{webkit: w, options: o, turn: make(chan struct{}, 1), opened: make(chan struct{})}
	p.ctx, p.end = context.WithCancelCause(context.Background())
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil, engine.ErrLost
	}
	w.pages[p] = true
	w.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(context.Cause(p.ctx)) })()
	err := p.open(ctx)
	close(p.opened)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		p.Close()
		if text := p.output.text(); text != "" {
			err = fmt.Errorf("%w; it printed: %s", err, text)
		}
		return nil, fmt.Errorf("open a page at %s: %w", o.Origin, err)
	}
	return p, nil
}

// Reuse closes the idle page and opens another one.
func (w *WebKit) Reuse(ctx context.Context, idle engine.Page, o engine.PageOptions) (engine.Page, error) {
	idle.Close()
	return w.Open(ctx, o)
}

// refusePage names what this browser has no page for.
func (w *WebKit) refusePage(o engine.PageOptions) error {
	var faults []error
	cannot := func(wanted bool, what string) {
		if wanted {
			faults = append(faults, w.cannot(what+": ask Chrome"))
		}
	}
	cannot(o.ExtensionKey != "", "open the page of an extension")
	cannot(o.Worker != "", "ask from a worker")
	cannot(o.Controlled, "ask from a page with a service worker")
	cannot(o.Within != "" || o.Document != "", "ask from a frame")
	cannot(o.Edits != "", "judge an edited answer")
	cannot(o.Once != 0, "watch a page that goes, or one that is used once")
	return errors.Join(faults...)
}

// open starts the process, loads the document and makes the page ready to ask.
func (p *Page) open(ctx context.Context) error {
	address, err := p.start(ctx)
	if err != nil {
		return err
	}
	if p.conn, err = dial(ctx, address, p.webkit.options.Trace, p.listen); err != nil {
		return err
	}
	context.AfterFunc(p.conn.ctx, func() { p.end(context.Cause(p.conn.ctx)) })
	if err := p.enable(ctx); err != nil {
		return err
	}
	if err := p.setCookies(ctx); err != nil {
		return err
	}
	if err := p.load(ctx); err != nil {
		return err
	}
	script, err := engine.PageScript()
	if err != nil {
		return err
	}
	if _, err := p.evaluate(ctx, hear+script); err != nil {
		return err
	}
	return p.verify(ctx)
}

// hear lets the script of a page report: each line has the number of a question and JSON. A report
// is the value of a promise that waits for it.
const hear = `
self.corsproofWaiting = new Map();
self.corsproofReport = (text) => {
	for (const line of text.split("\n")) {
		const at = line.indexOf(" ");
		corsproofWaiting.get(line.slice(0, at))?.(line.slice(at + 1));
		corsproofWaiting.delete(line.slice(0, at));
	}
};
`

// enable turns the events on.
func (p *Page) enable(ctx context.Context) error {
	for _, domain := range []string{"Network", "Console", "Page", "Runtime"} {
		if err := p.conn.call(ctx, domain+".enable", map[string]any{}, nil); err != nil {
			return err
		}
	}
	if err := p.conn.call(ctx, "Network.setInterceptionEnabled", map[string]any{"enabled": true}, nil); err != nil {
		return err
	}
	if p.options.CachesOff {
		return p.conn.call(ctx, "Network.setResourceCachingDisabled", map[string]any{"disabled": true}, nil)
	}
	return nil
}

// verify makes sure that the page is as the options want it.
func (p *Page) verify(ctx context.Context) error {
	value, err := p.Value(ctx, engine.AskSelf)
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

// evaluate runs a script in the page and returns its value; a promise is waited for.
func (p *Page) evaluate(ctx context.Context, expression string) (json.RawMessage, error) {
	var got evaluated
	if err := p.conn.call(ctx, "Runtime.evaluate", map[string]any{"expression": expression}, &got); err != nil {
		return nil, p.lost(err)
	}
	if !got.WasThrown && got.Result.Class == "Promise" {
		wait := map[string]any{"promiseObjectId": got.Result.ID, "returnByValue": true}
		got = evaluated{}
		if err := p.conn.call(ctx, "Runtime.awaitPromise", wait, &got); err != nil {
			return nil, p.lost(err)
		}
	}
	if got.WasThrown {
		return nil, errors.New(cmp.Or(got.Result.Description, string(got.Result.Value)))
	}
	return got.Result.Value, nil
}

// evaluated is the result of a script.
type evaluated struct {
	Result struct {
		ID          string          `json:"objectId"`
		Class       string          `json:"className"`
		Description string          `json:"description"`
		Value       json.RawMessage `json:"value"`
	} `json:"result"`
	WasThrown bool `json:"wasThrown"`
}

// Value runs an expression in the page and returns its value as JSON: see [engine.Page].
func (p *Page) Value(ctx context.Context, expression string) (json.RawMessage, error) {
	value, err := p.evaluate(ctx, "(async () => JSON.stringify(await ("+expression+")) ?? 'null')()")
	if err != nil {
		return nil, err
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return nil, err
	}
	return json.RawMessage(text), nil
}

// lost says that the page is gone, where that is why something failed.
func (p *Page) lost(err error) error {
	if err != nil && p.ctx.Err() != nil && !errors.Is(err, engine.ErrLost) {
		return context.Cause(p.ctx)
	}
	return err
}
