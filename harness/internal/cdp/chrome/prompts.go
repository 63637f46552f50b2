package chrome

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// localNetworkPermissions are the prompts of local network access.
// https://wicg.github.io/local-network-access/#permission-prompt
var localNetworkPermissions = []string{"loopback-network", "local-network", "local-network-access"}

// answerPrompts answers the prompts of a profile. Chrome's own profile has the answer as
// a content setting, which a browser context does not inherit: see
// [localNetworkSettings].
func (c *Chrome) answerPrompts(ctx context.Context, answer browser.SetPermissionParams) error {
	for _, name := range localNetworkPermissions {
		answer.Permission = &browser.PermissionDescriptor{Name: name}
		if _, err := chromedp.CallBrowser(ctx, browser.SetPermission, answer); err != nil {
			return fmt.Errorf("answer the prompt for %s: %w", name, err)
		}
	}
	return nil
}

// barred asks the document which address spaces its permissions policy keeps it from.
const barred = `[["Loopback", "loopback-network"], ["Local", "local-network"]].filter(([, feature]) =>
	document.featurePolicy && !document.featurePolicy.allowsFeature(feature)).map(([space]) => space)`

// readPolicy notes which address spaces the permissions policy of the document keeps it
// from. It is called before a worker is started.
func (p *Page) readPolicy(o engine.PageOptions) error {
	value, err := p.Value(p.ctx, barred)
	if err != nil {
		return err
	}
	in := p.chrome.contextOf(o)
	if err := json.Unmarshal(value, &p.barred); err != nil || in == "" || p.chrome.options.LocalNetwork != "granted" {
		return err
	}
	if opaquePage := p.options.Origin == opaqueOrigin || p.options.Origin == dataPage; p.chrome.foreign != nil && (opaquePage || o.Fixture) {
		return nil // package harness gives no verdict that depends on it
	}
	return p.chrome.answers.of(o, len(p.barred) > 0, func() error {
		if p.options.Origin == opaqueOrigin || p.options.Origin == dataPage {
			return &engine.CannotError{Browser: "Chrome", What: "deny a prompt to an opaque origin in a profile: ask without Profile"}
		}
		return p.chrome.answerPrompts(p.ctx, browser.SetPermissionParams{
			BrowserContextID: in, Setting: "denied",
			Origin: outermost(o), EmbeddedOrigin: o.Origin,
		})
	})
}

// outermost is the origin of the page in the tab.
func outermost(o engine.PageOptions) string {
	if o.Within != "" {
		return o.Within
	}
	return o.Origin
}

// Barred says whether the page's permissions policy keeps it from an address space. A
// worker that several pages can share has no such policy.
// https://w3c.github.io/webappsec-permissions-policy/#is-feature-enabled
func (p *Page) Barred(space string) bool {
	return p.options.Worker != engine.SharedWorker && p.options.Worker != engine.ServiceWorker && slices.Contains(p.barred, space)
}

// answers are the pages of profiles, and whether a permissions policy keeps each from
// the local network. In a profile the answer to a prompt goes past the policy, so such a
// page gets another answer than the rest. Chrome tells pages apart by their origins
// alone.
type answers struct {
	mu    sync.Mutex
	given map[engine.PageOptions]bool
}

// of sees to the answer for a page, and denies one that is barred.
func (a *answers) of(o engine.PageOptions, barred bool, deny func() error) error {
	page := engine.PageOptions{Profile: o.Profile, Origin: o.Origin, Within: o.Within}
	a.mu.Lock()
	defer a.mu.Unlock()
	was, known := a.given[page]
	switch {
	case known && was != barred:
		return &engine.CannotError{Browser: "Chrome", What: "show a page at " + o.Origin +
			" with and without a permissions policy that forbids the local network, in one profile: use two profiles"}
	case known:
		return nil
	case a.given == nil:
		a.given = map[engine.PageOptions]bool{}
	}
	a.given[page] = barred
	if !barred {
		return nil
	}
	return deny()
}

// forget forgets a profile.
func (a *answers) forget(id engine.ProfileID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for page := range a.given {
		if page.Profile == id {
			delete(a.given, page)
		}
	}
}
