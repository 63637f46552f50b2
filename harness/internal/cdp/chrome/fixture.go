package chrome

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/socks"
)

// fixture is how a Chrome that somebody else started reaches the fixture network: by a SOCKS
// proxy on this machine's loopback, or, where that Chrome cannot connect to the proxy, by the
// Fetch domain.
type fixture struct {
	leads socks.Lead // to the fixture network; nil: there is none
	proxy *socks.Proxy
	relay *relay // nil: by the proxy

	mu       sync.Mutex
	contexts map[engine.ProfileID]cdp.BrowserContextID
}

// contextOf is the browser context for the pages of a profile that ask the fixture network.
func (f *fixture) contextOf(id engine.ProfileID) cdp.BrowserContextID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.contexts[id]
}

// take removes the browser context of a profile, and returns it.
func (f *fixture) take(id engine.ProfileID) cdp.BrowserContextID {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer delete(f.contexts, id)
	return f.contexts[id]
}

// reachFixture finds out by asking how that Chrome reaches the fixture network.
func (c *Chrome) reachFixture(ctx context.Context) error {
	f := &c.foreign.fixture
	if len(c.options.HostRules) == 0 {
		return nil
	}
	f.leads, f.contexts = socks.ByRules(c.options.HostRules), map[engine.ProfileID]cdp.BrowserContextID{}
	met, host := make(chan struct{}), strings.ToLower(rand.Text())+".corsproof.test"
	meet := sync.OnceFunc(func() { close(met) })
	var err error
	f.proxy, err = socks.Serve("127.0.0.1:0", func(asked string, port uint16) string {
		if asked == host {
			meet()
			return ""
		}
		return f.leads(asked, port)
	}, nil)
	if err != nil {
		return err
	}
	if err := c.fixtureContext(ctx, "", nil); err != nil {
		return err
	}
	if err := c.tryProxy(ctx, "http://"+host+"/"); err != nil {
		return err
	}
	select {
	case <-met:
		return nil
	default:
	}
	f.relay = newRelay(f.leads)
	return errors.Join(f.proxy.Close(), c.CloseProfile(""), c.fixtureContext(ctx, "", nil))
}

// tryProxy makes a tab ask for a host of the fixture network. The proxy hears of it, or the
// browser cannot connect to the proxy.
func (c *Chrome) tryProxy(ctx context.Context, url string) error {
	tab, closeTab := chromedp.NewContext(ctx, chromedp.WithExistingBrowserContext(c.foreign.contextOf("")))
	defer closeTab()
	if err := chromedp.Do(tab); err != nil {
		return err
	}
	_, err := chromedp.Call(tab, page.Navigate, page.NavigateParams{URL: url})
	return err
}

// noProxy is a proxy that no Chrome connects to: the port is one that nobody listens at. By it,
// what the Fetch domain does not take fails, and goes nowhere else.
const noProxy = "socks5://127.0.0.1:9"

// fixtureContext makes the browser context for the pages of a profile that ask the fixture
// network.
func (c *Chrome) fixtureContext(ctx context.Context, id engine.ProfileID, cookies []engine.SetCookie) error {
	f := &c.foreign.fixture
	proxy := noProxy
	if f.relay == nil {
		proxy = "socks5://" + f.proxy.Addr()
	}
	made, err := chromedp.CallBrowser(ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{
		DisposeOnDetach: new(true), ProxyServer: proxy, ProxyBypassList: "<-loopback>", // names of the fixture network end in .localhost, too
	})
	if err != nil {
		return fmt.Errorf("make a browser context for the fixture network: %w", err)
	}
	f.mu.Lock()
	f.contexts[id] = made.BrowserContextID
	f.mu.Unlock()
	return c.settle(ctx, made.BrowserContextID, cookies)
}

// trustFixture makes a session accept the certificates of the fixture network. No other server
// can be reached from there.
func (p *Page) trustFixture(session context.Context) error {
	if !p.options.Fixture {
		return nil
	}
	_, err := chromedp.Call(session, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
	return err
}

// proxyErrors are the net errors of a browser that does not reach the fixture network: the proxy
// is gone, or refused a host that is not of that network.
var proxyErrors = []string{"net::ERR_PROXY_CONNECTION_FAILED", "net::ERR_SOCKS_CONNECTION_FAILED", "net::ERR_SOCKS_CONNECTION_HOST_UNREACHABLE", "net::ERR_TUNNEL_CONNECTION_FAILED"}

// unreached is the error of a question whose request did not reach the fixture network. A proxy
// that is gone ends the connection, so that the next question makes a new one.
func (p *Page) unreached(seen engine.Evidence) error {
	if !p.options.Fixture {
		return nil
	}
	for _, r := range seen.Requests {
		if p.relay == nil {
		} else if why := p.relay.why(r.URL); why != nil && r.NetError != "" {
			return p.chrome.foreignCannot("be given the answer of the server: " + why.Error() + "; run corsproof where that Chrome runs, or share its network")
		}
		for _, name := range proxyErrors {
			switch {
			case r.NetError != name:
			case p.chrome.foreign.leadsTo(r.URL) && p.chrome.foreign.relay == nil:
				p.chrome.stop()
				return crashError{"the way from the Chrome to the fixture network ended"}
			default:
				return p.chrome.foreignCannot("ask " + r.URL + " from a page that asks the fixture network")
			}
		}
	}
	return nil
}
