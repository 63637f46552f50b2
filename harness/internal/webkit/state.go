package webkit

import (
	"context"
	"encoding/json"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Depart is not possible.
func (p *Page) Depart(context.Context, string, json.RawMessage) (json.RawMessage, error) {
	return nil, p.webkit.cannot("watch a page that goes: ask Chrome")
}

// Secure says whether the page is a secure context.
func (p *Page) Secure() bool { return p.secure }

// Isolated says whether the page is cross-origin isolated.
func (p *Page) Isolated() bool { return p.isolated }

// Barred is false: WebKit keeps no page from an address space.
func (p *Page) Barred(string) bool { return false }

// In returns the browser that has the page.
func (p *Page) In() engine.Browser { return p.webkit }

// Fits is false: a page is a process, and another page is another process.
func (p *Page) Fits(engine.PageOptions) bool { return false }

// Alive says whether the page can still ask.
func (p *Page) Alive() bool { return p.ctx.Err() == nil }

// Retire says that the page takes no further questions.
func (p *Page) Retire() { p.retired.Store(true) }

// Retired says whether the page was retired.
func (p *Page) Retired() bool { return p.retired.Load() }

// Late counts the events that came for questions that had ended.
func (p *Page) Late() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.late
}

var _ engine.Page = (*Page)(nil)
