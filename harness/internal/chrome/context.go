package chrome

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// NewContext makes a browser context: a profile in memory that shares nothing.
func (c *Chrome) NewContext(ctx context.Context) (cdp.BrowserContextID, error) {
	result, err := chromedp.CallBrowser(c.ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{DisposeOnDetach: new(true)})
	if err != nil {
		return "", fmt.Errorf("make a profile: %w", c.lost(err))
	}
	return result.BrowserContextID, c.prepare(ctx, result.BrowserContextID)
}

// DisposeContext closes the pages of a browser context and forgets what it kept.
func (c *Chrome) DisposeContext(id cdp.BrowserContextID) error {
	_, err := chromedp.CallBrowser(c.ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: id})
	return err
}
