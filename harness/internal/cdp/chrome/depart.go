package chrome

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
)

// Depart makes the page go: see [engine.Page].
func (p *Page) Depart(ctx context.Context, moment string, question json.RawMessage) (json.RawMessage, error) {
	over, err := p.takeAnswer(ctx)
	if err != nil {
		return nil, err
	}
	defer over()
	number := p.options.Once // the page is asked nothing else
	reported := make(chan trace.Record, 1)
	p.assembler.Expect(number, trace.Waiter{Done: func(r trace.Record) { reported <- r }, Fence: func() {}})
	if _, err := p.Value(ctx, fmt.Sprintf("corsproof.depart(%d,%s)", number, question)); err != nil {
		return nil, err
	}
	if moment == "navigated" {
		return p.navigateAway(ctx)
	}
	if err := p.leave(ctx, moment); err != nil {
		return nil, err
	}
	select {
	case r := <-reported:
		return r.Answer, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// navigateAway shows another page of the origin. Chrome does not tell what a page reports
// while it is navigated, so that the page leaves its report in its storage, for the next page.
func (p *Page) navigateAway(ctx context.Context) (json.RawMessage, error) {
	o := p.options
	d, err := p.chrome.documentOf(o.Origin, "/corsproof/next", o.OpaqueScheme, o.AddressSpace, "")
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, p.close)()
	if err := p.load(d, func() error { return p.navigate(d.target) }); err != nil {
		return nil, err
	}
	report, err := p.Value(ctx, fmt.Sprintf(`((key) => {
		const report = localStorage.getItem(key);
		localStorage.removeItem(key);
		return JSON.parse(report);
	})("corsproof-%d")`, o.Once))
	if err == nil && string(report) == "null" {
		err = errors.New("the page went, and left no report")
	}
	return report, err
}

// leave closes the page, or hides it.
func (p *Page) leave(ctx context.Context, moment string) error {
	joined, cancel := p.chrome.within(ctx)
	defer cancel()
	id := chromedp.FromContext(p.ctx).Target.TargetID
	if moment == "closed" {
		_, err := chromedp.CallBrowser(joined, target.CloseTarget, target.CloseTargetParams{TargetID: id})
		return err
	}
	window, err := chromedp.CallBrowser(joined, browser.GetWindowForTarget, browser.GetWindowForTargetParams{TargetID: id})
	if err != nil {
		return err
	}
	_, err = chromedp.CallBrowser(joined, browser.SetWindowBounds, browser.SetWindowBoundsParams{
		WindowID: window.WindowID, Bounds: &browser.Bounds{WindowState: browser.WindowStateMinimized},
	})
	return err
}
