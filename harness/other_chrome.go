package harness

import (
	"errors"
	"maps"
	"slices"

	"github.com/corsproof/corsproof/harness/internal/cdp/chrome"
)

// role says which questions a Browser is for.
type role int

const (
	anyQuestion    role = iota // that the Chrome of the Browser can be asked
	withExtensions             // the pages belong to extensions; there are no pages of the web
	fullChrome                 // a full Chrome alone makes the request: see [Via.fullOnly]
)

// other is the Browser with another role, which has the settings of b and a Chrome of its own.
func (b *Browser) other(as role) (*Browser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	if b.others[as] == nil {
		if b.others == nil {
			b.others = map[role]*Browser{}
		}
		b.others[as] = &Browser{
			Kind: b.Kind, Path: b.Path, Endpoint: b.Endpoint, Network: b.Network, LocalNetwork: b.LocalNetwork, ThirdPartyCookies: b.ThirdPartyCookies, HTTP1: b.HTTP1,
			Visible: b.Visible, Windowless: b.Windowless, Cookies: b.Cookies, CA: b.CA, Resolve: b.Resolve, HTTP3: b.HTTP3, Flags: b.Flags, Timeout: b.Timeout, MaxPages: b.MaxPages,
			Trace: b.Trace, engine: b.engine, role: as,
		}
	}
	return b.others[as], nil
}

// started are the Browsers of [Browser.other].
func (b *Browser) started() []*Browser {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Values(b.others))
}

// closeOthers ends the other Chromes.
func (b *Browser) closeOthers() error {
	var faults []error
	for _, other := range b.started() {
		faults = append(faults, other.Close())
	}
	return errors.Join(faults...)
}

// otherBuild says whether a question is for the full Chrome, because b starts a headless
// shell that nobody has named. A question in a profile stays where the profile is.
func (b *Browser) otherBuild(r Request) bool {
	if b.role != anyQuestion || b.engine != nil || b.Kind != "" || b.Endpoint != "" || !r.fullOnly() {
		return false
	}
	o, err := b.options()
	return err == nil && chrome.HasBoth(o)
}

// fullOnly says whether a request of the question, or of the questions with it, is made by a
// full Chrome alone.
func (r Request) fullOnly() bool {
	only := func(q Request) bool { return q.Via.fullOnly() != "" }
	return only(r) || slices.ContainsFunc(r.Before, only) || slices.ContainsFunc(r.Beside, only)
}

// fullOnly names what the headless shell never does (measured with Chrome 156). It is empty
// for every other initiator.
func (v Via) fullOnly() string {
	switch v {
	case ViaManifest:
		return "fetch a manifest"
	case ViaFavicon:
		return "fetch the icon of a page"
	case ViaReport:
		return "send a report of the Reporting API"
	}
	return ""
}
