package harness

import (
	"context"
	"errors"
	"sync"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Profile is a browser context of its own: it shares no cookie, no cache and no
// storage with the rest of the Browser. It is for questions about stored state.
//
//	profile := harness.Profile{Browser: &chrome}
//	defer profile.Close()
//	seen, err := profile.Fetch(ctx, request)
//
// A Browser's own questions share one profile; they are kept apart by their URLs.
type Profile struct {
	// Browser is where the profile is made, at the first Fetch.
	Browser *Browser

	// Cookies are the cookies that this profile holds from the start, in addition to the
	// cookies of the Browser. Set them before the first Fetch.
	Cookies []SetCookie

	mu     sync.Mutex
	owner  engine.Browser // has the profile
	id     engine.ProfileID
	pool   engine.Pool
	kept   bool // a question was asked in it and may have stored something
	caches bool // stay on: see Request.Before
	// asked are the URLs of the fixture network that were asked for at an endpoint.
	asked map[string]bool
}

// Fetch asks a question from a page in this profile. See [Browser.Fetch].
//
// When Chrome was lost after an earlier question, the error is [ErrProfileLost]: a
// fresh profile would answer as if nothing had been asked before.
func (p *Profile) Fetch(ctx context.Context, r Request) (Observation, error) {
	o, err := p.Browser.fetch(ctx, r, p)
	if !errors.Is(err, ErrLost) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.kept = p.owner != nil
	}
	return o, err
}

// ErrProfileLost says that a Profile was lost with its browser, and with it all
// that earlier questions had stored: Close it, and begin again.
var ErrProfileLost = errors.New("the profile was lost with its browser, with the cookies and caches of earlier questions")

// in returns the id of the profile in the running browser. The profile is lost where
// that is not the browser of the earlier questions.
func (p *Profile) in(ctx context.Context, b engine.Browser) (engine.ProfileID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.owner == b:
		return p.id, nil
	case p.kept:
		return "", ErrProfileLost
	}
	cookies, err := heldCookies(p.Cookies)
	if err != nil {
		return "", err
	}
	id, err := b.NewProfile(ctx, cookies)
	if err != nil {
		return "", err
	}
	p.owner, p.id = b, id
	return id, nil
}

// keepCaches leaves the browser's caches on for all further questions.
func (p *Profile) keepCaches() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.caches = true
}

// keepsCaches says whether the browser's caches stay on.
func (p *Profile) keepsCaches() bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.caches
}

// Close closes the pages of the profile and forgets what it kept. The Browser
// stays open, and the next Fetch makes a fresh profile.
func (p *Profile) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Browser.lateBefore.Add(int64(p.pool.Close()))
	owner := p.owner
	p.owner, p.kept = nil, false
	if owner == nil || !owner.Alive() {
		return nil
	}
	return owner.CloseProfile(p.id)
}
