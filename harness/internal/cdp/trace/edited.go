package trace

import (
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Edited is an answer that Chrome has paused and that it judges with edits.
type Edited struct {
	Paused *fetch.EventRequestPaused
	Edits  []engine.Edit
}

// AnswerOf is the answer that Chrome has paused.
func AnswerOf(e *fetch.EventRequestPaused) engine.Answer {
	a := engine.Answer{Status: int(e.ResponseStatusCode)}
	for _, h := range e.ResponseHeaders {
		a.Headers = append(a.Headers, engine.Header{Name: h.Name, Value: h.Value})
	}
	return a
}

// edited files an edit, which comes before Chrome tells of the answer.
func (a *Assembler) edited(e Edited) *question {
	c := a.chainOf(e.Paused.NetworkID)
	c.edits = append(c.edits, e)
	return c.owner()
}

// joinEdits assigns the edits, in order, to the hops whose answers were edited.
func (c *chain) joinEdits() {
	edits := c.edits
	for _, hop := range c.hops {
		if len(edits) > 0 && edits[0].Paused.Request.URL == hop.URL {
			hop.edited, edits = &edits[0], edits[1:]
		}
	}
}

// ofNetwork says whether Chrome sends extra info for the hop. Of an answer that was replaced
// as a whole Chrome says that it has none, which is wrong.
func (r *Request) ofNetwork() bool {
	return r.extra == nil || *r.extra || r.emptied() || r.replaced()
}

// replaced says whether an edit took the place of a whole answer of the network.
func (r *Request) replaced() bool {
	if r.edited == nil {
		return false
	}
	was := AnswerOf(r.edited.Paused)
	return was.Edited(r.edited.Edits, r.Preflight).Status != was.Status && r.Response != nil && !fromCache(r.Response)
}

// edit applies the edits to a translated answer. The lines of the wire are more exact than
// the lines that Chrome paused with.
func (r *Request) edit(e *engine.Request) {
	if r.edited == nil {
		return
	}
	was := AnswerOf(r.edited.Paused)
	if r.Received != nil {
		was.Headers = e.ResponseHeaders
	}
	now := was.Edited(r.edited.Edits, r.Preflight)
	e.Server, e.Status, e.ResponseHeaders = &was, now.Status, now.Headers
}

// fromCache says whether a cache answered in place of the network.
func fromCache(p *network.Response) bool {
	return p.FromDiskCache || p.FromServiceWorker || p.FromPrefetchCache
}
