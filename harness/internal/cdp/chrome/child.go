package chrome

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// children are the targets that Chrome announces while a page is opened, such as
// a worker, or a frame in a process of its own.
type children struct {
	mu      sync.Mutex
	seen    []*target.Info
	changed chan struct{} // closed at the next announcement; nil when the search is over
}

func newChildren() *children { return &children{changed: make(chan struct{})} }

// announce adds a target.
func (c *children) announce(info *target.Info) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed == nil {
		return
	}
	c.seen = append(c.seen, info)
	close(c.changed)
	c.changed = make(chan struct{})
}

// find waits for a wanted target.
func (c *children) find(ctx context.Context, wanted func(*target.Info) bool) (target.ID, error) {
	for {
		c.mu.Lock()
		changed := c.changed
		for _, info := range c.seen {
			if wanted(info) {
				c.mu.Unlock()
				return info.TargetID, nil
			}
		}
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// close forgets all targets.
func (c *children) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen, c.changed = nil, nil
}

// enter makes a child the place from which the page asks. Its events go where
// the tab's events go.
func (p *Page) enter(id target.ID) (context.Context, error) {
	ctx, err := p.observe(id, p.listen)
	if err != nil {
		return nil, err
	}
	p.asker, p.context = ctx, 0
	_ = p.trustFixture(ctx) // a worker has no such command, and the trust of its page
	if err := chromedp.Do(ctx, call(runtime.AddBinding, runtime.AddBindingParams{Name: binding})); err != nil {
		return nil, err
	}
	script, err := engine.PageScript()
	if err != nil {
		return nil, err
	}
	return ctx, p.evaluate(script)
}

// observe listens to the events of a child. Without the child there is no page to ask from.
func (p *Page) observe(id target.ID, listen func(any)) (context.Context, error) {
	ctx, leave := chromedp.NewContext(p.chrome.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel(), chromedp.WithListener(listen))
	context.AfterFunc(p.ctx, leave)
	if err := chromedp.Do(ctx,
		call(audits.Enable, cdp.Empty{}),
		call(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: p.cachesOff}),
	); err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() {
		p.orphaned.Store(p.ctx.Err() == nil)
		p.close()
	})
	return ctx, nil
}

// frame shows the document in a frame of the tab, and asks from there.
func (p *Page) frame(d document, o engine.PageOptions) error {
	script, err := o.ShowFrame(d.target)
	if err != nil {
		return err
	}
	show := func() error {
		_, err := p.Value(p.ctx, script)
		return err
	}
	if err := p.load(d, show); err != nil {
		return err
	}
	own, err := p.ownProcess()
	if err != nil {
		return err
	}
	if own != "" {
		p.wire, err = p.enter(own)
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.newest.frame == p.mainFrame() {
		return errors.New("the frame has no script")
	}
	p.context = p.newest.id
	return nil
}

// inherit lets the document make another one in a frame, and asks from there.
func (p *Page) inherit(o engine.PageOptions) error {
	script, err := o.MakeDocument(string(p.chrome.rooms.document))
	if err != nil {
		return err
	}
	before := p.latest()
	if _, err := p.Value(p.ctx, script); err != nil {
		return err
	}
	if made := p.latest(); made.frame != before.frame {
		return p.askIn(made)
	}
	own, err := p.ownProcess()
	if err == nil && own == "" {
		err = errors.New("the page made no document in a frame: its policies forbid it")
	}
	if err == nil {
		p.wire, err = p.enter(own)
	}
	return err
}

// askIn makes a frame in the asker's process the place from which the page asks. A frame in
// a process of its own does not hand the script of the page on.
func (p *Page) askIn(made frameContext) error {
	p.mu.Lock()
	p.context = made.id
	p.mu.Unlock()
	if p.asker == p.ctx {
		return nil
	}
	script, err := engine.PageScript()
	if err != nil {
		return err
	}
	return p.evaluate(script)
}

// latest is the context of a script that is the newest.
func (p *Page) latest() frameContext {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest
}

// ownProcess is the target of the frame, empty where the frame is in the process
// of the page around it.
func (p *Page) ownProcess() (target.ID, error) {
	infos, err := chromedp.Targets(p.ctx)
	if err != nil {
		return "", err
	}
	for _, info := range infos {
		if info.Type == "iframe" && info.ParentFrameID == p.mainFrame() {
			return info.TargetID, nil
		}
	}
	return "", nil
}

// mainFrame is the frame of the tab itself, which has the tab's name.
func (p *Page) mainFrame() cdp.FrameID {
	return cdp.FrameID(chromedp.FromContext(p.ctx).Target.TargetID)
}

// contextCreated notes the context of a script in a frame of the tab's process.
func (p *Page) contextCreated(e *runtime.EventExecutionContextCreated) {
	var about struct {
		Default bool        `json:"isDefault"`
		Frame   cdp.FrameID `json:"frameId"`
	}
	if json.Unmarshal(e.Context.AuxData, &about) != nil || !about.Default {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newest = frameContext{e.Context.ID, about.Frame}
}

// frameContext is a context of a script and the frame that it is in.
type frameContext struct {
	id    runtime.ExecutionContextID
	frame cdp.FrameID
}
