package trace

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
)

// Relayed is a request that Chrome has paused and never sends: it was sent in its place, and
// Chrome gets the answer. Chrome tells of nothing on the wire then, so this does.
type Relayed struct {
	Paused *fetch.EventRequestPaused
	Answer fetch.FulfillRequestParams
}

// relayed files what was on the wire, before Chrome judges the answer.
func (a *Assembler) relayed(e Relayed) *question {
	c := a.chainOf(e.Paused.NetworkID)
	c.relayed = append(c.relayed, e)
	return c.owner()
}

// joinRelayed assigns what was on the wire, in order, to the hops that were sent in Chrome's
// place.
func (c *chain) joinRelayed() {
	relayed := c.relayed
	for _, hop := range c.hops {
		if len(relayed) > 0 && sameURL(relayed[0].Paused.Request.URL, hop.URL) {
			hop.Sent, hop.Received, relayed = relayed[0].sent(), relayed[0].received(), relayed[1:]
		}
	}
}

// sameURL says whether two URLs are sent alike.
func sameURL(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}

func (e Relayed) sent() *network.EventRequestWillBeSentExtraInfo {
	return &network.EventRequestWillBeSentExtraInfo{RequestID: e.Paused.NetworkID, Headers: e.Paused.Request.Headers}
}

func (e Relayed) received() *network.EventResponseReceivedExtraInfo {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", e.Answer.ResponseCode, e.Answer.ResponsePhrase)
	for _, h := range e.Answer.ResponseHeaders {
		fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
	}
	return &network.EventResponseReceivedExtraInfo{RequestID: e.Paused.NetworkID, StatusCode: e.Answer.ResponseCode, HeadersText: b.String() + "\r\n"}
}
