package chrome

import (
	"context"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
)

// server answers what a page asks, in the place of the network. Chrome judges such an answer as
// any other, the answer to a preflight too. Its methods are called from many goroutines.
type server interface {
	// patterns are the URLs that it answers.
	patterns() []*fetch.RequestPattern
	// answer answers a request. An error is for a request that gets no answer.
	answer(context.Context, *fetch.EventRequestPaused) (fetch.FulfillRequestParams, error)
}

// serve answers a request of the page. What Chrome answers to the command does not matter: the
// page may be gone.
func (p *Page) serve(e *fetch.EventRequestPaused) {
	answer, err := p.server.answer(p.ctx, e)
	if err != nil {
		_, _ = chromedp.Call(p.asker, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonConnectionFailed})
		return
	}
	if p.relay != nil {
		p.assembler.Add(trace.Relayed{Paused: e, Answer: answer})
	}
	answer.RequestID = e.RequestID
	_, _ = chromedp.Call(p.asker, fetch.FulfillRequest, answer)
}
