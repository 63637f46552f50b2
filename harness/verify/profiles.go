package verify

import (
	"sync"

	"github.com/corsproof/corsproof/harness"
)

// profiles are where what caches keep stays apart: for each behaviour, repetition and
// attempt. The resources of a policy share one: caches know them by their URLs. The
// zero value is ready to use.
type profiles struct {
	mu    sync.Mutex
	open  map[string]*used
	clock int
}

// used is a profile with its users.
type used struct {
	profile *harness.Profile
	users   int
	last    int // use, by the clock
}

// maxProfiles bounds the profiles that stay open while nobody asks in them: each has
// pages of its own.
const maxProfiles = 8

// take returns the profile of a name, and the function that gives it back.
func (p *profiles) take(browser *harness.Browser, name string) (profile *harness.Profile, release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.open[name]
	if u == nil {
		if p.open == nil {
			p.open = map[string]*used{}
		}
		u = &used{profile: &harness.Profile{Browser: browser}}
		p.open[name] = u
	}
	u.users++
	p.clock++
	u.last = p.clock
	return u.profile, func() { p.release(u) }
}

// release gives a profile back, and closes the one that was not used for longest where
// there are too many.
func (p *profiles) release(u *used) {
	p.mu.Lock()
	u.users--
	var oldest *used
	var name string
	for n, other := range p.open {
		if other.users == 0 && (oldest == nil || other.last < oldest.last) {
			oldest, name = other, n
		}
	}
	if len(p.open) <= maxProfiles || oldest == nil {
		p.mu.Unlock()
		return
	}
	delete(p.open, name)
	p.mu.Unlock()
	_ = oldest.profile.Close() // Chrome may be gone
}

// close closes all of them.
func (p *profiles) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, u := range p.open {
		_ = u.profile.Close() // Chrome may be gone
		delete(p.open, name)
	}
}
