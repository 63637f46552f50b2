package chrome

import (
	"strings"

	"encoding/json"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// intercept makes Chrome pause what a page with such options wants to pause from now on:
// requests that are held back, and answers that are edited.
//
// Chrome pauses a request after its preflight has passed and before it is sent, so a pause
// means that it would be sent now. A paused request without an answer is never sent. It
// pauses an answer before it judges it, the answer to a preflight too.
func (p *Page) intercept() error {
	o := p.options
	var patterns []*fetch.RequestPattern
	if o.DryRun {
		patterns = append(patterns, &fetch.RequestPattern{URLPattern: "*"})
	}
	if o.Edits != "" {
		if err := json.Unmarshal([]byte(o.Edits), &p.edits); err != nil {
			return err
		}
		patterns = append(patterns, &fetch.RequestPattern{URLPattern: "*", RequestStage: fetch.RequestStageResponse})
	}
	if p.server != nil {
		patterns = append(patterns, p.server.patterns()...)
	}
	if patterns == nil {
		return nil
	}
	p.intercepting.Store(true)
	return chromedp.Do(p.asker, call(fetch.Enable, fetch.EnableParams{Patterns: patterns}))
}

// resume goes on with what Chrome has paused. What Chrome answers to the command does not
// matter: the page may be gone.
func (p *Page) resume(e *fetch.EventRequestPaused) {
	switch answered := e.ResponseStatusCode != 0; {
	case p.server != nil && !answered && e.ResponseErrorReason == "" && (!p.options.DryRun || trace.IsPreflight(e)):
		p.serve(e)
	case e.ResponseErrorReason != "", !answered && trace.IsPreflight(e):
		_, _ = chromedp.Call(p.asker, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
	case answered:
		p.edit(e)
	default:
		p.holdBack(e)
	}
}

// holdBack answers a request itself, with what the script may read.
func (p *Page) holdBack(e *fetch.EventRequestPaused) {
	p.assembler.Add(e)
	_, _ = chromedp.Call(p.asker, fetch.FulfillRequest, ourAnswer(e.RequestID, p.origin))
}

// ourAnswer is an answer that a page at an origin may read, in place of the server's.
func ourAnswer(id fetch.RequestID, origin string) fetch.FulfillRequestParams {
	return fetch.FulfillRequestParams{
		RequestID: id, ResponseCode: 204,
		ResponseHeaders: []*fetch.HeaderEntry{
			{Name: web.NameAllowOrigin, Value: origin},
			{Name: web.NameAllowCredentials, Value: "true"},
		},
	}
}

// replace is Fetch.fulfillRequest with an empty body. The generated parameters leave an empty
// body out, which stands for the server's body, and Chrome then keeps the redirect, too.
var replace = cdp.Command[replacement, cdp.Empty]{Method: fetch.CommandFulfillRequest}

type replacement struct {
	RequestID       fetch.RequestID      `json:"requestId"`
	ResponseCode    int64                `json:"responseCode"`
	ResponseHeaders []*fetch.HeaderEntry `json:"responseHeaders"`
	Body            string               `json:"body"`
}

// edit lets Chrome judge an edited answer in place of the server's.
func (p *Page) edit(e *fetch.EventRequestPaused) {
	preflight := trace.IsPreflight(e)
	p.assembler.Add(trace.Edited{Paused: e, Edits: p.edits})
	answer := trace.AnswerOf(e).Edited(p.edits, preflight)
	lines := make([]*fetch.HeaderEntry, 0, len(answer.Headers))
	for _, h := range answer.Headers {
		if !preflight || !strings.EqualFold(h.Name, web.NameMaxAge) {
			lines = append(lines, &fetch.HeaderEntry{Name: h.Name, Value: h.Value})
		}
	}
	if preflight { // it must not answer for the server later: https://fetch.spec.whatwg.org/#cors-preflight-cache
		lines = append(lines, &fetch.HeaderEntry{Name: web.NameMaxAge, Value: "0"})
	}
	if was := int(e.ResponseStatusCode); was != answer.Status && web.IsRedirectStatus(was) {
		// Chrome has decided to redirect, and another status does not change that: the
		// answer is replaced as a whole.
		_, _ = chromedp.Call(p.asker, replace, replacement{RequestID: e.RequestID, ResponseCode: int64(answer.Status), ResponseHeaders: lines})
		return
	}
	_, _ = chromedp.Call(p.asker, fetch.ContinueResponse, fetch.ContinueResponseParams{
		RequestID: e.RequestID, ResponseCode: int64(answer.Status), ResponseHeaders: lines,
	})
}
