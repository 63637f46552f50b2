package trace

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// chain is what one request id stands for: a request with its redirect hops, or
// a preflight.
type chain struct {
	hops       []*Request
	sent       []*network.EventRequestWillBeSentExtraInfo
	received   []*network.EventResponseReceivedExtraInfo
	preflights []*chain
	ids        []network.RequestID // of this chain and its preflights
	withheld   bool                // see [Request.Withheld]

	parent   *chain    // of a preflight: the request that it is for
	question *question // of a request: who asked, nil where nobody did
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

// join hands the extra infos out to the hops that have one, in order.
func (c *chain) join() {
	sent, received := c.sent, c.received
	for _, hop := range c.hops {
		if hop.extra != nil && !*hop.extra {
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

// goesOn says whether events are to be expected after the verdict, which change
// nothing: a frame tells the end of its document, a WebSocket that it was closed,
// and what nobody reads may end at any time.
func (c *chain) goesOn() bool {
	last := c.last()
	return last != nil && (last.document || last.unread || last.Handshake != nil)
}

// unsure says whether nothing tells if more is on its way. Chrome does not say
// whether a request that failed has extra info: one that was answered and then
// refused has, one that a cache answered has not, one that was sent before it
// failed has half of it. Only a fence tells.
func (c *chain) unsure() bool {
	open := func(r *Request) bool { return r != nil && r.Failed != nil && r.Received == nil }
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

// aboutPreflight says whether a code judges the answer to a preflight. They all
// have it in their name.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func aboutPreflight(code network.CorsError) bool {
	return strings.Contains(string(code), "Preflight")
}
