package chrome

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// foreign is what a Chrome that somebody else started has in addition. Everything is done in
// browser contexts of our own, which share nothing with the rest of that Chrome, and which it
// disposes of when the connection ends. Pages that ask the fixture network have contexts apart:
// there, every connection goes through a proxy of ours, which leads to that network alone, and
// errors of certificates count for nothing.
type foreign struct {
	home cdp.BrowserContextID // has every page without a profile
	fixture
}

// Connect connects to the Chrome at an endpoint and makes sure that its verdicts can be relied
// on. The context bounds the start. Close ends the connection, and that Chrome stays.
func Connect(ctx context.Context, o engine.Options) (engine.Browser, error) {
	c, err := connect(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("connect to a Chrome that runs already: %w", err)
	}
	return c, nil
}

func connect(ctx context.Context, o engine.Options) (*Chrome, error) {
	socket, err := socketOf(ctx, o.Endpoint)
	if err != nil {
		return nil, err
	}
	rooms, err := newDocuments()
	if err != nil {
		return nil, err
	}
	c := &Chrome{options: o, rooms: rooms, output: &tail{}, foreign: &foreign{}}
	bare, header := authorization(socket)
	allocator, stopAllocator := remote.NewAllocator(context.Background(), bare, remote.NoModifyURL, remote.WithDialHTTPHeader(header))
	browserContext, stopBrowser := chromedp.NewContext(allocator, chromedp.WithNewBrowserContext(),
		chromedp.WithLogf(func(string, ...any) {}), chromedp.WithErrorf(func(string, ...any) {}))
	c.ctx = browserContext
	c.stop = sync.OnceFunc(func() {
		stopBrowser()
		stopAllocator()
	})
	c.firstTab.Lock() // it only holds the browser context open
	if err := c.greet(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// greet makes the first contact, prepares the browser context, and asks the canary.
func (c *Chrome) greet(ctx context.Context) error {
	abort := context.AfterFunc(ctx, c.stop)
	err := c.greetWhile(ctx)
	if !abort() {
		return context.Cause(ctx)
	}
	return err
}

func (c *Chrome) greetWhile(ctx context.Context) error {
	v, err := chromedp.CallBrowser(c.ctx, browser.GetVersion, cdp.Empty{})
	if err != nil {
		if chromedp.FromContext(c.ctx).Browser == nil {
			return unconnected(ctx, err)
		}
		return c.lost(err)
	}
	c.product = v.Product
	if err := newEnough(v.Product); err != nil {
		return err
	}
	if err := c.readForeignFlags(); err != nil {
		return err
	}
	if err := chromedp.Do(c.ctx); err != nil {
		return c.lost(err)
	}
	c.foreign.home = chromedp.FromContext(c.ctx).BrowserContextID
	if err := c.settle(c.ctx, c.foreign.home, nil); err != nil {
		return c.lost(err)
	}
	if err := c.reachFixture(c.ctx); err != nil {
		return c.lost(err)
	}
	return c.canary(ctx)
}

// settle prepares a browser context of a foreign Chrome: its cookies and its permissions.
func (c *Chrome) settle(ctx context.Context, id cdp.BrowserContextID, cookies []engine.SetCookie) error {
	return errors.Join(
		c.answerPrompts(ctx, id),
		c.allowCookies(ctx, id),
		c.prepare(ctx, id, cookies),
	)
}

// cookiePermissions are the permissions that let third parties use their cookies. The
// preference by which a Chrome of our own does so cannot be set here.
// https://privacycg.github.io/storage-access/#permissions-integration
var cookiePermissions = []string{"storage-access", "top-level-storage-access"}

// allowCookies lets requests across sites carry cookies, where that was asked for. With these
// permissions, Chrome 156 sends Origin with requests in no-cors mode, too, which it does not do
// otherwise: so they are not given without a wish.
// https://privacycg.github.io/storage-access-headers/
func (c *Chrome) allowCookies(ctx context.Context, id cdp.BrowserContextID) error {
	if !c.options.ThirdPartyCookies {
		return nil
	}
	for _, name := range cookiePermissions {
		if _, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			BrowserContextID: id, Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
		}); err != nil {
			return fmt.Errorf("allow cookies across sites: %w", err)
		}
	}
	return nil
}

// launched are the flags that every Chrome with an endpoint has, and that say nothing about its
// verdicts: pages of ours are in no profile of its folder.
var launched = []string{"user-data-dir", "remote-debugging-port", "remote-debugging-pipe", "remote-debugging-address", "remote-debugging-io-pipes", "remote-allow-origins"}

// readForeignFlags asks for the flags. Chrome tells them only where it was started with
// --enable-automation: elsewhere they are unknown, and the canary has to do.
func (c *Chrome) readForeignFlags() error {
	line, err := chromedp.CallBrowser(c.ctx, browser.GetBrowserCommandLine, cdp.Empty{})
	if err != nil {
		if strings.Contains(err.Error(), "enable-automation") {
			return nil
		}
		return c.lost(err)
	}
	var known []Flag
	for _, argument := range line.Arguments {
		name, value, _ := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		for _, one := range launched {
			if name == one {
				known = append(known, Flag{name, value, "it has an endpoint"})
			}
		}
	}
	c.flags, err = accept(line.Arguments, known)
	return err
}

// contextOf is the browser context that has a page; empty: Chrome's own.
func (c *Chrome) contextOf(o engine.PageOptions) cdp.BrowserContextID {
	switch {
	case c.foreign == nil:
		return cdp.BrowserContextID(o.Profile)
	case o.Fixture:
		return c.foreign.contextOf(o.Profile)
	case o.Profile == "":
		return c.foreign.home
	}
	return cdp.BrowserContextID(o.Profile)
}

// foreignProfile prepares a browser context as a profile, and another one for its pages that ask
// the fixture network.
func (c *Chrome) foreignProfile(ctx context.Context, id cdp.BrowserContextID, cookies []engine.SetCookie) (engine.ProfileID, error) {
	err := c.settle(ctx, id, cookies)
	if err == nil && c.foreign.leads != nil {
		err = c.fixtureContext(ctx, engine.ProfileID(id), cookies)
	}
	if err != nil {
		return "", errors.Join(err, c.CloseProfile(engine.ProfileID(id)))
	}
	return engine.ProfileID(id), nil
}

// foreignCannot is the error of what a foreign Chrome cannot do.
func (c *Chrome) foreignCannot(what string) error {
	return &engine.CannotError{Browser: "A Chrome that runs already", What: what}
}
