package harness

import (
	"context"
	"sync"

	"github.com/corsproof/corsproof/harness/internal/engine"
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

	mu    sync.Mutex
	owner engine.Browser // that has the profile
	id    engine.ProfileID
	pool  engine.Pool
	made  int // how often
}

// Fetch asks a question from a page in this profile. See [Browser.Fetch].
func (p *Profile) Fetch(ctx context.Context, r Request) (Observation, error) {
	return p.Browser.fetch(ctx, r, p)
}

// in returns the id of the profile in the running browser. In a browser that was
// started again, the profile is a new one, too.
func (p *Profile) in(ctx context.Context, b engine.Browser) (engine.ProfileID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.owner == b {
		return p.id, nil
	}
	id, err := b.NewProfile(ctx)
	if err != nil {
		return "", err
	}
	p.owner, p.id = b, id
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
	if p.owner == nil || !p.owner.Alive() {
		return nil
	}
	owner := p.owner
	p.owner = nil
	return owner.CloseProfile(p.id)
}
