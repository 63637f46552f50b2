package chrome

import (
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// withhold makes sure that only preflights leave the page from now on. Chrome pauses
// a request after its preflight has passed and before it is sent, so a pause means
// that it would be sent now. A paused request without an answer is never sent.
func (p *Page) withhold() error {
	p.withholding.Store(true)
	return chromedp.Do(p.asker, call(fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}}))
}

// holdBack lets a preflight go, and answers every other request itself, with what the
// script may read.
func (p *Page) holdBack(e *fetch.EventRequestPaused) {
	if trace.IsPreflight(e) {
		_, _ = chromedp.Call(p.asker, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID}) // the page may be gone
		return
	}
	_, _ = chromedp.Call(p.asker, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: e.RequestID, ResponseCode: 204,
		ResponseHeaders: []*fetch.HeaderEntry{
			{Name: web.NameAllowOrigin, Value: p.origin},
			{Name: web.NameAllowCredentials, Value: "true"},
		},
	})
}
