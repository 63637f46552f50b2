package chrome

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// localNetworkPermissions are the prompts of local network access, each with the address
// space that it is for; empty: both.
// https://wicg.github.io/local-network-access/#permission-prompt
var localNetworkPermissions = [][2]string{{"loopback-network", loopback}, {"local-network", local}, {"local-network-access", ""}}

// Chrome's own profile has the answers to the prompts as content settings: see
// [localNetworkSettings]. A profile in memory does not inherit them, and the headless shell
// has none: there the answers go by Browser.setPermission, past the permissions policies of
// page and frame. A page that such a policy bars gets another answer than the rest. Chrome
// tells pages apart by their origins alone, so that questions with different answers at one
// origin take turns.

// answersBySetPermission says whether the answers go by Browser.setPermission.
func (c *Chrome) answersBySetPermission(in cdp.BrowserContextID) bool { return in != "" || c.shell() }

// setPermission answers the prompts of a profile: for the pages of one origin or, without an
// origin, for all. barred are the address spaces that are denied whatever the setting is.
func (c *Chrome) setPermission(ctx context.Context, answer browser.SetPermissionParams, barred []string) error {
	joined, cancel := c.within(ctx)
	defer cancel()
	setting := answer.Setting
	for _, permission := range localNetworkPermissions {
		name, space := permission[0], permission[1]
		answer.Permission, answer.Setting = &browser.PermissionDescriptor{Name: name}, setting
		if slices.Contains(barred, space) || space == "" && len(barred) > 1 {
			answer.Setting = "denied"
		}
		if _, err := chromedp.CallBrowser(joined, browser.SetPermission, answer); err != nil {
			return fmt.Errorf("answer the prompt for %s: %w", name, c.lost(err))
		}
	}
	return nil
}

// answerPrompts answers the prompts of a profile for all pages.
func (c *Chrome) answerPrompts(ctx context.Context, in cdp.BrowserContextID) error {
	if !c.answersBySetPermission(in) {
		return nil
	}
	return c.setPermission(ctx, browser.SetPermissionParams{
		BrowserContextID: in, Setting: browser.PermissionSetting(c.options.LocalNetwork),
	}, nil)
}

// takeAnswer waits until the prompts of the page have the answer that its permissions policy
// wants, and keeps it so until the returned function is called.
func (p *Page) takeAnswer(ctx context.Context) (over func(), err error) {
	c, o := p.chrome, p.options
	in := c.contextOf(o)
	if !c.answersBySetPermission(in) || c.options.LocalNetwork != "granted" || o.Fixture { // nothing there is local network access
		return func() {}, nil
	}
	var barred []string
	if p.hasPolicy() {
		barred = p.barred
	}
	set := func(origin, outer string) func(context.Context) error {
		return func(ctx context.Context) error {
			return c.setPermission(ctx, browser.SetPermissionParams{
				BrowserContextID: in, Setting: "granted", Origin: outer, EmbeddedOrigin: origin,
			}, barred)
		}
	}
	all, own := place{in: in}, place{in: in, outer: outermost(o), origin: o.Origin}
	if o.Origin == engine.OpaqueOrigin || o.Origin == engine.DataPage { // no answer can be for it alone
		return c.answers.take(ctx, all, barred, set("", ""))
	}
	overAll, err := c.answers.take(ctx, all, nil, set("", ""))
	if err != nil {
		return nil, err
	}
	overOwn, err := c.answers.take(ctx, own, barred, set(own.origin, own.outer))
	if err != nil {
		overAll()
		return nil, err
	}
	return func() { overOwn(); overAll() }, nil
}

// barred asks the document which address spaces its permissions policy keeps it from.
const barred = `[["Loopback", "loopback-network"], ["Local", "local-network"]].filter(([, feature]) =>
	document.featurePolicy && !document.featurePolicy.allowsFeature(feature)).map(([space]) => space)`

// readPolicy notes which address spaces the permissions policy of the document keeps it
// from. It is called before a worker is started.
func (p *Page) readPolicy() error {
	value, err := p.Value(p.ctx, barred)
	if err != nil {
		return err
	}
	return json.Unmarshal(value, &p.barred)
}

// outermost is the origin of the page in the tab.
func outermost(o engine.PageOptions) string {
	if o.Within != "" {
		return o.Within
	}
	return o.Origin
}

// hasPolicy says whether a permissions policy holds where the page asks. A worker that
// several pages can share has none.
// https://w3c.github.io/webappsec-permissions-policy/#is-feature-enabled
func (p *Page) hasPolicy() bool {
	return p.options.Worker != engine.SharedWorker && p.options.Worker != engine.ServiceWorker
}

// Barred says whether the page's permissions policy keeps it from an address space.
func (p *Page) Barred(space string) bool { return p.hasPolicy() && slices.Contains(p.barred, space) }
