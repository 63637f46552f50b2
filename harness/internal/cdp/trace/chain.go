package trace

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// chain has the events of one request id: of a request with its redirect hops,
// or of a preflight.
type chain struct {
	hops       []*Request
	sent       []*network.EventRequestWillBeSentExtraInfo
	received   []*network.EventResponseReceivedExtraInfo
	preflights []*chain
	ids        []network.RequestID // of this chain and its preflights
	withheld   bool                // see [Request.Withheld]
	edits      []Edited            // of its answers
	relayed    []Relayed           // hops that were sent in Chrome's place

	parent   *chain    // of a preflight: the request that it is for
	question *question // of a request: the question that asked for it, or nil
}

// owner returns the question that a chain belongs to, or nil.
func (c *chain) owner() *question {
	if c.parent != nil {
		return c.parent.question
	}
	return c.question
}

// last returns the hop that the chain is at, or nil.
func (c *chain) last() *Request {
	if len(c.hops) == 0 {
		return nil
	}
	return c.hops[len(c.hops)-1]
}

// join assigns the extra infos, in order, to the hops that have one.
func (c *chain) join() {
	c.joinEdits()
	defer c.joinRelayed()
	sent, received := c.sent, c.received
	for _, hop := range c.hops {
		if !hop.ofNetwork() {
			continue
		}
		if len(sent) > 0 {
			hop.Sent, sent = sent[0], sent[1:]
		}
		if len(received) > 0 {
			hop.Received, received = received[0], received[1:]
		}
	}
}

// requests lists the hops, each with its preflight before it.
func (c *chain) requests() []*Request {
	if last := c.last(); last != nil {
		last.Withheld = c.withheld
	}
	var all []*Request
	rest := c.preflights
	for _, hop := range c.hops {
		if len(rest) > 0 && rest[0].last() != nil && rest[0].last().URL == hop.URL {
			all, rest = append(all, rest[0].hops...), rest[1:]
		}
		all = append(all, hop)
	}
	for _, p := range rest {
		all = append(all, p.hops...)
	}
	return all
}

// missing names what was announced and has not come.
func (c *chain) missing(wireUnseen bool) []string {
	c.join()
	var missing []string
	disallowed := c.code() == network.CorsErrorPreflightDisallowedRedirect
	for _, p := range c.preflights {
		p.join()
		for _, hop := range p.hops {
			hop.disallowed = disallowed && hop.invalidRedirect()
			missing = append(missing, hop.missing()...)
			if last := c.last(); last != nil && hop.Failed != nil {
				last.unsent = true
			}
		}
	}
	for _, hop := range c.hops {
		hop.unsent = hop.unsent || wireUnseen
		missing = append(missing, hop.missing()...)
	}
	if code := c.code(); aboutPreflight(code) && len(c.preflights) == 0 && !wireUnseen {
		missing = append(missing, "the preflight that "+string(code)+" is about")
	}
	return missing
}

// goesOn says whether events may come after the verdict that do not change it:
// the end of a frame's document, the end of a WebSocket, or the end of a response
// that the script does not read.
func (c *chain) goesOn() bool {
	last := c.last()
	return last != nil && (last.document || last.worker || last.unread || last.Handshake != nil)
}

// unsure says whether more events may be on their way without an announcement.
// Chrome does not say whether a failed request has extra info: a request that
// was answered and then refused has it, a request that a cache answered does
// not, and a request that was sent before it failed has half of it. Of a response
// without its headers Chrome says that it has none, which is wrong. Only a fence
// decides this.
func (c *chain) unsure() bool {
	open := func(r *Request) bool { return r != nil && (r.Failed != nil || r.emptied()) && r.Received == nil }
	if open(c.last()) && !aboutPreflight(c.code()) { // such a request is never sent
		return true
	}
	return slices.ContainsFunc(c.preflights, func(p *chain) bool { return open(p.last()) })
}

// code is the CORS code that the chain ended in, empty where there is none.
func (c *chain) code() network.CorsError {
	last := c.last()
	if last == nil || last.Failed == nil || last.Failed.CorsErrorStatus == nil {
		return ""
	}
	return last.Failed.CorsErrorStatus.CorsError
}

// aboutPreflight says whether a code is about the response to a preflight. All
// such codes have Preflight in their names.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func aboutPreflight(code network.CorsError) bool {
	return strings.Contains(string(code), "Preflight")
}
