package servers

import (
	"sync"

	"github.com/corsproof/corsproof/harness"
)

// The log keeps the newest arrivals, bounded in number and in bytes, since one
// request may carry a megabyte of headers.
const (
	maxArrivals     = 8192
	maxArrivalBytes = 64 << 20
)

// arrivals is the log of the newest arrivals, kept in a ring.
type arrivals struct {
	mu    sync.Mutex
	ring  []logged // made at the first arrival
	last  int64    // Seq of the newest
	first int64    // Seq of the oldest kept
	bytes int
}

// logged is one place of the ring.
type logged struct {
	arrival *harness.Arrival
	bytes   int
}

// answered notes the status of the answer, before the answer is written: whoever saw
// the answer finds it.
func (l *arrivals) answered(a *harness.Arrival, r *Reply) {
	if r.Hang || r.Raw != "" || r.drops() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a.Status = r.status()
}

// add numbers an arrival and keeps it. After that only [arrivals.answered] changes it.
func (l *arrivals) add(a *harness.Arrival, bytes int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ring == nil {
		l.ring = make([]logged, maxArrivals)
		l.first = 1
	}
	l.last++
	a.Seq = l.last
	l.bytes += bytes
	for l.first < l.last && (l.last-l.first >= maxArrivals || l.bytes > maxArrivalBytes) {
		oldest := &l.ring[l.first%maxArrivals]
		l.bytes -= oldest.bytes
		*oldest = logged{}
		l.first++
	}
	l.ring[l.last%maxArrivals] = logged{a, bytes}
}

// arrived logs an arrival and passes it to OnArrival.
func (n *Network) arrived(a *harness.Arrival, bytes int) {
	n.log.add(a, bytes)
	if n.OnArrival != nil {
		n.OnArrival(*a)
	}
}

// LastSeq is the sequence number of the last arrival so far, 0 before the first.
func (n *Network) LastSeq() int64 {
	n.log.mu.Lock()
	defer n.log.mu.Unlock()
	return n.log.last
}

// Arrivals returns what arrived at any of the URLs after the sequence number, in
// the order of arrival. URLs are compared without fragment.
//
// An arrival is logged before it is answered, so a client that has the answer
// finds the arrival. Only the newest 8,192 are kept, so ask soon.
func (n *Network) Arrivals(after int64, urls []string) []harness.Arrival {
	var few [4]string
	wanted := few[:0]
	for _, u := range urls {
		wanted = append(wanted, canonicalURL(u))
	}
	n.log.mu.Lock()
	defer n.log.mu.Unlock()
	var found []harness.Arrival
	for seq := max(after+1, n.log.first); seq <= n.log.last; seq++ {
		a := n.log.ring[seq%maxArrivals].arrival
		for _, u := range wanted {
			if a.URL == u {
				found = append(found, *a)
				break
			}
		}
	}
	return found
}
