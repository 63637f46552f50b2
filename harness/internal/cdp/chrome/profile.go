package chrome

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// NewProfile makes a browser context: a profile in memory that shares nothing.
func (c *Chrome) NewProfile(ctx context.Context, cookies []engine.SetCookie) (engine.ProfileID, error) {
	joined, cancel := c.within(ctx)
	defer cancel()
	result, err := chromedp.CallBrowser(joined, target.CreateBrowserContext, target.CreateBrowserContextParams{DisposeOnDetach: new(true)})
	if err != nil {
		return "", fmt.Errorf("make a profile: %w", c.lost(err))
	}
	if c.foreign != nil {
		return c.foreignProfile(joined, result.BrowserContextID, cookies)
	}
	err = errors.Join(
		c.answerPrompts(joined, result.BrowserContextID),
		c.prepare(joined, result.BrowserContextID, cookies),
	)
	if err != nil {
		return "", errors.Join(err, c.CloseProfile(engine.ProfileID(result.BrowserContextID)))
	}
	return engine.ProfileID(result.BrowserContextID), nil
}

// disposeLimit bounds the end of a profile.
const disposeLimit = 10 * time.Second

// CloseProfile closes the pages of a profile and forgets what it kept.
func (c *Chrome) CloseProfile(id engine.ProfileID) error {
	ctx, cancel := context.WithTimeout(c.ctx, disposeLimit)
	defer cancel()
	var contexts []cdp.BrowserContextID
	if c.foreign != nil {
		if own := c.foreign.take(id); own != "" {
			contexts = append(contexts, own)
		}
	}
	if id != "" {
		contexts = append(contexts, cdp.BrowserContextID(id))
	}
	var errs []error
	for _, one := range contexts {
		c.answers.forget(one)
		_, err := chromedp.CallBrowser(ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: one})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
