package chrome

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// NewContext makes a browser context: a profile in memory that shares nothing.
func (c *Chrome) NewContext(ctx context.Context) (cdp.BrowserContextID, error) {
	joined, cancel := c.within(ctx)
	defer cancel()
	result, err := chromedp.CallBrowser(joined, target.CreateBrowserContext, target.CreateBrowserContextParams{DisposeOnDetach: new(true)})
	if err != nil {
		return "", fmt.Errorf("make a profile: %w", c.lost(err))
	}
	if err := c.prepare(joined, result.BrowserContextID); err != nil {
		return "", errors.Join(err, c.DisposeContext(result.BrowserContextID))
	}
	return result.BrowserContextID, nil
}

// disposeLimit bounds the end of a profile.
const disposeLimit = 10 * time.Second

// DisposeContext closes the pages of a browser context and forgets what it kept.
func (c *Chrome) DisposeContext(id cdp.BrowserContextID) error {
	ctx, cancel := context.WithTimeout(c.ctx, disposeLimit)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: id})
	return err
}
