package harness

import (
	"context"
	"sync"

	"github.com/chromedp/cdproto/cdp"

	"github.com/corsproof/corsproof/harness/internal/cdp/chrome"
)

// Profile is a browser context of its own: it shares no cookie, no cache and no
// storage with the rest of the Browser. It is for questions about what is kept.
//
//	profile := harness.Profile{Browser: &chrome}
//	defer profile.Close()
//	seen, err := profile.Fetch(ctx, request)
//
// A Browser's own questions share one profile; they are kept apart by their URLs.
type Profile struct {
	// Browser is where the profile is made, at the first Fetch.
	Browser *Browser

	mu     sync.Mutex
	chrome *chrome.Chrome // that has the context
	id     cdp.BrowserContextID
	pool   chrome.Pool
	made   int // how often
}

// Fetch asks a question from a page in this profile. See [Browser.Fetch].
func (p *Profile) Fetch(ctx context.Context, r Request) (Observation, error) {
	return p.Browser.fetch(ctx, r, p)
}

// context returns the browser context of the profile in the running Chrome. When
// Chrome was started anew, the profile is a new one, too.
func (p *Profile) context(ctx context.Context, c *chrome.Chrome) (cdp.BrowserContextID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.chrome == c {
		return p.id, nil
	}
	id, err := c.NewContext(ctx)
	if err != nil {
		return "", err
	}
	p.chrome, p.id = c, id
	p.made++
	return id, nil
}

// Generation counts how often the profile was made: each time after the first, Chrome
// had been lost, and with it all that was kept.
func (p *Profile) Generation() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.made
}

// Close closes the pages of the profile and forgets what it kept. The Browser
// stays.
func (p *Profile) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Browser.lateBefore.Add(int64(p.pool.Close()))
	if p.chrome == nil || !p.chrome.Alive() {
		return nil
	}
	c := p.chrome
	p.chrome = nil
	return c.DisposeContext(p.id)
}
