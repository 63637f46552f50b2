package chrome

import (
	"context"
	"sync/atomic"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// tab is a tab of Chrome, which shows one page after the other.
type tab struct{ page atomic.Pointer[Page] }

// listen takes an event for the page that the tab shows.
func (t *tab) listen(event any) { t.page.Load().listen(event) }

// Fits says whether the tab of an idle page can show a page with these options next:
// only the document differs, or the same document withholds its requests from now on.
func (p *Page) Fits(o engine.PageOptions) bool {
	if p.server != nil {
		return false // what it pauses belongs to the page
	}
	if p.only(o) {
		return o.Worker == "" && !o.Controlled && p.Alive() && !p.crashed.Load() && !p.retired.Load()
	}
	was := p.options
	was.Origin, was.Path, was.OpaqueScheme, was.AddressSpace, was.Headers = o.Origin, o.Path, o.OpaqueScheme, o.AddressSpace, o.Headers
	was.ExtensionKey, was.Tab = o.ExtensionKey, o.Tab
	return was == o && !o.Controlled && o.Once == 0 && o.Worker == "" && o.Within == "" && o.Document == "" && !o.DryRun && o.Edits == "" && p.Alive() && !p.crashed.Load() && !p.retired.Load()
}

// only says whether the page differs from one with these options in that it does not hold
// back.
func (p *Page) only(o engine.PageOptions) bool {
	was := p.options
	was.DryRun = true
	return o.DryRun && !p.options.DryRun && was == o
}

// Reuse opens a page in the tab of an idle page, which costs less than half of a
// new tab. The idle page cannot be used after that.
func (c *Chrome) Reuse(ctx context.Context, idle engine.Page, o engine.PageOptions) (engine.Page, error) {
	old := idle.(*Page) // a browser gets its own pages back
	if old.only(o) {
		old.options = o
		if err := old.intercept(); err != nil {
			old.Close()
			return nil, c.lost(err)
		}
		return old, nil
	}
	p := c.newPage(o, old.tab)
	p.ctx, p.close, p.asker, p.wire, p.first = old.ctx, old.close, old.asker, old.wire, old.first
	return p.within(ctx, func() error {
		d, err := c.pageOf(o)
		if err != nil {
			return err
		}
		if err := p.show(d, o); err != nil {
			return err
		}
		return p.verify(o)
	})
}
