package trace

import (
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// OfController is an event of the service worker that controls the page. A request of the
// service worker has no stack of a question, and may be for another URL: it belongs to the
// one question that the page is asked.
type OfController struct{ Event any }

// ofController files an event of the service worker.
func (a *Assembler) ofController(event any) *question {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		return a.willBeSent(e, a.delegate)
	case *log.EventEntryAdded:
		if q := a.controlled(); e.Entry.NetworkRequestID == "" && q != nil {
			q.console = append(q.console, e.Entry)
			return q
		}
	}
	return a.take(event)
}

// controlled is the question that the page is asked, or nil.
func (a *Assembler) controlled() *question {
	for _, q := range a.questions {
		if q.Controlled {
			return q
		}
	}
	return nil
}

// delegate gives a request of the service worker to the question that is asked.
func (a *Assembler) delegate(c *chain, _ *runtime.StackTrace, _ string) {
	if q := a.controlled(); q != nil {
		c.question, q.delegated = q, append(q.delegated, c)
	}
}

// chains are the requests of a question: the service worker's first, because they end
// before the request of the page that they answer.
func (q *question) chains() []*chain {
	if q.chain == nil {
		return q.delegated
	}
	return append(q.delegated[:len(q.delegated):len(q.delegated)], q.chain)
}
