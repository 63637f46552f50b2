package harness

import (
	"cmp"
	"net/http"
	"slices"
	"sync"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// claims are the questions in flight on a Network, and the arrivals that belong to
// each. A URL does not name a question: a redirect may lead one question to where
// another one asks, and two Browsers may share a Network. What names it is the request
// itself, as the browser tells it: its method, URL, Origin, Sec-Fetch headers, and so on.
// An arrival belongs to one question at most.
type claims struct {
	mu    sync.Mutex
	open  map[*claim]struct{}
	taken map[int64]bool // by Seq
}

// claim is one question in flight.
type claim struct {
	all   *claims
	since int64 // the arrivals after this one may be its own
	// shared says that another question, asked at the same time, may look the same: what
	// is left at its URL need not be the browser's own repetition.
	shared bool
}

// begin opens the claim of a question on what arrives from now on.
func (c *claims) begin(since int64, shared bool) *claim {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open, c.taken = map[*claim]struct{}{}, map[int64]bool{}
	}
	q := &claim{c, since, shared}
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
// headers of each, with the order and the case of the wire, into its exchange, and that
// it was sent where the browser does not tell. at
// returns what arrived at the URL of an exchange since the claim began.
func (q *claim) take(origin string, exchanges []Exchange, at func(url string) []Arrival) []Arrival {
	arrived := make([][]Arrival, len(exchanges)) // at the URL of each exchange
	for i, e := range exchanges {
		arrived[i] = at(e.URL)
	}
	c := q.all
	c.mu.Lock()
	defer c.mu.Unlock()
	own := []Arrival{}
	claim := func(a Arrival) {
		c.taken[a.Seq] = true
		own = append(own, a)
	}
	for i := range exchanges {
		e := &exchanges[i]
		told := slices.IndexFunc(arrived[i], func(a Arrival) bool { return e.Sent && !c.taken[a.Seq] && e.is(a, origin) })
		if told < 0 {
			continue
		}
		first := arrived[i][told]
		claim(first)
		if first.Protocol != "HTTP/2.0" {
			e.RequestHeaders = first.Headers
		}
		for _, a := range arrived[i][told+1:] {
			if !c.taken[a.Seq] && !q.shared && again(first) && e.is(a, origin) {
				claim(a)
			}
		}
	}
	// What is left may be a request that the browser did not tell of.
	alone := len(c.open) == 1 && !q.shared
	for i, e := range exchanges {
		for _, a := range arrived[i] {
			if !c.taken[a.Seq] && (alone || e.Unseen) && e.may(a, origin) {
				claim(a)
				exchanges[i].Sent = e.Sent || e.Unseen && a.Method == e.Method
			}
		}
	}
	slices.SortFunc(own, func(a, b Arrival) int { return cmp.Compare(a.Seq, b.Seq) })
	return own
}

// again says whether a browser may send a request again on its own after this answer,
// or for want of one: on another connection, or with a password.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func again(a Arrival) bool {
	switch a.Status {
	case 0, http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusMisdirectedRequest:
		return true
	}
	return false
}

// is says whether an arrival at its URL is the request of the exchange.
func (e Exchange) is(a Arrival, origin string) bool {
	return a.Method == e.Method && !e.mayHave(a) && e.may(a, origin)
}

// mayHave says whether an arrival is a preflight that the browser does not tell of,
// rather than the request of the exchange, whose method may be OPTIONS, too.
func (e Exchange) mayHave(a Arrival) bool {
	_, asks := a.Headers.Get(web.NameRequestMethod)
	return e.Unseen && e.Kind != Preflight && a.Method == http.MethodOptions && asks
}

// may says whether an arrival at its URL may belong to the exchange.
func (e Exchange) may(a Arrival, origin string) bool {
	if len(e.RequestHeaders) > 0 && a.Method == e.Method && !e.mayHave(a) {
		return sameRequest(e.RequestHeaders, a.Headers)
	}
	from, asked := a.Headers.Get("Origin")
	return !asked || from == origin || from == OpaqueOrigin
}

// naming are the headers by which requests from two places differ. A browser tells of
// them as they are on the wire, and they are ASCII.
var naming = []string{
	"Origin", "Referer", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest",
}

// sameRequest says whether the browser's request headers can be the request headers of
// the arrival.
func sameRequest(told, arrived Header) bool {
	for _, name := range naming {
		was, told := told.Get(name)
		is, there := arrived.Get(name)
		if told != there || was != is {
			return false
		}
	}
	return true
}
