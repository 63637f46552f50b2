package verify

import (
	"sync"

	"github.com/corsproof/corsproof/harness"
)

// profiles are the browser profiles that keep caches apart: for each behaviour,
// repetition and attempt. The resources of a policy share a profile, because caches
// distinguish them by URL. The zero value is ready to use.
type profiles struct {
	mu    sync.Mutex
	open  map[string]*used
	clock int
}

// used is a profile and the number of its users.
type used struct {
	profile *harness.Profile
	users   int
	last    int // last use, by the clock
}

// maxProfiles bounds the profiles that stay open without a user: each has pages of its
// own.
const maxProfiles = 8

// take returns the profile of a name, and a function that gives the profile back.
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

// release gives a profile back. When too many are open, it closes the profile that was
// unused for longest.
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

// close closes all profiles.
func (p *profiles) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, u := range p.open {
		_ = u.profile.Close() // Chrome may be gone
		delete(p.open, name)
	}
}
