package harness

import (
	"slices"
	"strings"
	"sync"
)

// claims are the questions in flight on a Network, and the arrivals that belong to each.
// A URL does not identify a question: a redirect may lead one question to the URL of
// another, and two Browsers may share a Network. The request identifies the question, as
// the browser reports it: its method, URL, Origin, Sec-Fetch headers, and so on. An
// arrival belongs to one question at most.
type claims struct {
	mu    sync.Mutex
	open  map[*claim]struct{}
	taken map[int64]bool // by Seq
}

// claim is one question in flight.
type claim struct {
	all   *claims
	since int64 // the arrivals after this one may be its own
}

// begin opens the claim of a question on the arrivals from now on.
func (c *claims) begin(since int64) *claim {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open, c.taken = map[*claim]struct{}{}, map[int64]bool{}
	}
	q := &claim{c, since}
	c.open[q] = struct{}{}
	return q
}

// end closes the claim, and forgets arrivals that no question in flight may claim.
func (q *claim) end() {
	c := q.all
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, q)
	oldest := int64(-1)
	for other := range c.open {
		if oldest < 0 || other.since < oldest {
			oldest = other.since
		}
	}
	for seq := range c.taken {
		if oldest < 0 || seq <= oldest {
			delete(c.taken, seq)
		}
	}
}

// take returns the arrivals that belong to the question, in order, and writes the
// headers of each, with the order and the case of the wire, into its exchange.
// arrived are the arrivals at the URLs of its exchanges.
func (q *claim) take(origin string, exchanges []Exchange, arrived []Arrival) []Arrival {
	c := q.all
	c.mu.Lock()
	defer c.mu.Unlock()
	mine := map[int64]bool{}
	claim := func(seq int64) { mine[seq], c.taken[seq] = true, true }
	for i := range exchanges {
		e := &exchanges[i]
		for _, a := range arrived {
			if e.Sent && !c.taken[a.Seq] && e.is(a, origin) {
				claim(a.Seq)
				if a.Protocol != "HTTP/2.0" {
					e.RequestHeaders = a.Headers
				}
				break
			}
		}
	}
	// An arrival that is left may be a request that the browser sent again on another
	// connection, or a request that it did not report.
	alone := len(c.open) == 1
	for _, a := range arrived {
		if !c.taken[a.Seq] && slices.ContainsFunc(exchanges, func(e Exchange) bool { return e.may(a, origin, alone) }) {
			claim(a.Seq)
		}
	}
	own := []Arrival{}
	for _, a := range arrived {
		if mine[a.Seq] {
			own = append(own, a)
		}
	}
	return own
}

// is says whether an arrival is the request of the exchange.
func (e Exchange) is(a Arrival, origin string) bool {
	return a.Method == e.Method && a.URL == e.URL && e.may(a, origin, true)
}

// may says whether an arrival that the browser did not report may belong to the
// exchange: the exchange has to be unseen, or its question the only one in flight.
func (e Exchange) may(a Arrival, origin string, alone bool) bool {
	switch {
	case a.URL != e.URL:
		return false
	case len(e.RequestHeaders) > 0 && a.Method == e.Method:
		return sameRequest(e.RequestHeaders, a.Headers) && (alone || e.Unseen)
	case !e.Unseen && !alone:
		return false
	}
	from, asked := a.Headers.Get("Origin")
	return !asked || from == origin || from == OpaqueOrigin
}

// naming are the headers in which requests from two places differ. A browser that
// reports a request reports each of them that it sent, and no other.
var naming = []string{
	"origin", "referer", "cookie", "authorization", "content-type", "access-control-request-method", "access-control-request-headers",
	"sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user",
}

// sameRequest says whether the headers that the browser reported fit the headers that
// arrived: a header in both has the same value, and each of the [naming] headers is
// in both or is missing in both.
func sameRequest(told, arrived Header) bool {
	for _, f := range told {
		value, there := arrived.Get(f.Name)
		if there && !strings.HasPrefix(f.Name, ":") && !slices.Contains(told.Values(f.Name), value) && strings.Join(told.Values(f.Name), ", ") != value {
			return false
		}
	}
	for _, name := range naming {
		_, was := told.Get(name)
		if _, is := arrived.Get(name); was != is {
			return false
		}
	}
	return true
}
