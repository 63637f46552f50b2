package bidi

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// record is what was observed of a question. Its page has the lock.
type record struct {
	number int64
	asks   asks
	target string // the URL as browsers write it, without the fragment
	done   chan struct{}
	fenced bool // a look for what comes late is over
	fences int
	// givenUp says that the script was told to give the request of a dry run up.
	givenUp bool
	dry     bool // nothing but preflights leaves the page

	requests []*request
	console  []engine.Message
	notes    []note
	answer   []byte
	said     said
}

// request is a request of a question, or a preflight, or a redirect hop.
type request struct {
	engine.Request
	id    string
	ended bool
	err   string // Firefox's own name of the error
}

// open is the request with the id whose answer is still to come.
func (r *record) open(id string) *request {
	for _, q := range slices.Backward(r.requests) {
		if q.id == id {
			return q
		}
	}
	return nil
}

// last is the last request that is no preflight.
func (r *record) last() *request {
	for _, q := range slices.Backward(r.requests) {
		if !q.Preflight {
			return q
		}
	}
	return nil
}

// wants says whether a request that nobody claims may be the request of this question. A policy of the
// page, or mixed content, may have upgraded its scheme.
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request
func (r *record) wants(url string) bool {
	if len(r.requests) > 0 {
		return false
	}
	rest, insecure := strings.CutPrefix(r.target, "http:")
	return sameURL(url, r.target) || insecure && sameURL(url, "https:"+rest)
}

// preflighted is the request that a preflight for a URL is for.
func (r *record) preflighted(url string) *request {
	last := r.last()
	if last == nil || last.URL != url || last.ended || last.Status != 0 {
		return nil
	}
	return last
}

// refused says whether the script did not get what it asked for.
func (r *record) refused() bool { return r.said.Error != "" }

// settled says whether all that was announced is there.
func (r *record) settled() bool {
	if r.answer == nil {
		return false
	}
	for _, q := range r.requests {
		if !q.ended && !r.withheld(q) {
			return false
		}
	}
	if r.said.Refused && r.refused() {
		return true // the call itself threw
	}
	if !r.refused() {
		return len(r.requests) > 0 || !r.asks.request
	}
	return r.fenced && len(r.missing()) == 0
}

// missing names the evidence that is still to come.
func (r *record) missing() []string {
	var list []string
	if r.answer == nil {
		list = append(list, "the script's report")
	}
	for _, q := range r.requests {
		if !q.ended && !r.withheld(q) {
			list = append(list, "the end of "+q.Method+" "+q.URL)
		}
	}
	switch {
	case r.answer == nil:
	case len(r.requests) == 0 && r.asks.request && !r.refused():
		list = append(list, "the request")
	case r.refused() && r.asks.judged() && r.unexplained():
		list = append(list, "the line of Firefox's console with the category of its decision")
	}
	return list
}

// unexplained says whether a request for another origin came to its end, was kept from the script,
// and nothing says why. The other causes that Firefox does not tell are known to the harness:
// a redirect that was refused, and a hash that differs.
func (r *record) unexplained() bool {
	last := r.last()
	if last == nil || last.err != "" || r.asks.Integrity != "" || r.asks.gaveUp(r.said) {
		return false
	}
	for _, n := range r.notes {
		if _, known := decisionOf(n); known {
			return false
		}
	}
	return !web.IsRedirectStatus(last.Status) && last.Status != 0
}

// evidence is the record in the terms of the engine.
func (r *record) evidence() engine.Evidence {
	e := engine.Evidence{Console: slices.Clone(r.console), Answer: r.answer, Missing: r.missing()}
	failure, preflights := r.failure()
	for _, q := range r.requests {
		is := q.Request
		is.Sent = q.sent()
		if r.withheld(q) {
			is.Withheld = true
			e.Requests = append(e.Requests, is)
			continue
		}
		if r.asks.Via == "websocket" {
			r.handshake(&is)
		}
		if q.err != "" && q.err != refusedError {
			is.NetError = netErrorOf(q.err)
		}
		e.Requests = append(e.Requests, is)
	}
	switch last := r.lastIndex(); {
	case failure == nil:
	case last < 0:
		e.Early = failure
	default:
		e.Requests[last].Failure = failure
		if preflights && last > 0 && e.Requests[last-1].Preflight {
			e.Requests[last-1].Failure = failure
			e.Requests[last].Sent = false
		}
	}
	return e
}

// refusedError is how each request ends that Firefox refused, whatever the reason.
const refusedError = "NS_ERROR_DOM_BAD_URI"

// withheld says whether a request of a dry run ended when Firefox was about to send it. After a
// preflight Firefox does not tell that: the request stays as it is until it is given up.
func (r *record) withheld(q *request) bool {
	if !r.dry || q.Preflight || q.Status != 0 {
		return false
	}
	return q.err == withheldError || r.answer != nil && r.passed() && (q.err == "" || q.err == "NS_BINDING_ABORTED")
}

// passed says whether the last request is preflighted and the preflight has passed.
func (r *record) passed() bool {
	at := r.lastIndex()
	return at > 0 && r.requests[at-1].Preflight && r.requests[at-1].ended && r.requests[at-1].err == ""
}

// handshake makes a request, as Firefox tells of it, the handshake of a WebSocket.
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (r *record) handshake(is *engine.Request) {
	is.URL = "ws" + strings.TrimPrefix(is.URL, "http")
	if r.refused() && is.Status != 0 && is.Status != 101 {
		is.NetError = "net::ERR_INVALID_RESPONSE"
	}
}

// lastIndex is the place of the last request that is no preflight, -1 where there is none.
func (r *record) lastIndex() int {
	for i, q := range slices.Backward(r.requests) {
		if !q.Preflight {
			return i
		}
	}
	return -1
}

// sent says whether the request left the browser, as far as Firefox tells.
func (q *request) sent() bool {
	switch {
	case q.FromCache != "", !strings.HasPrefix(q.URL, "http"):
		return false
	case q.Status != 0:
		return true
	}
	return sentErrors[q.err]
}

// sentErrors are the errors of a connection on which the request was sent.
var sentErrors = map[string]bool{
	"NS_ERROR_NET_RESET": true, "NS_ERROR_NET_EMPTY_RESPONSE": true, "NS_ERROR_NET_INTERRUPT": true, "NS_ERROR_NET_PARTIAL_TRANSFER": true,
	"NS_ERROR_NET_TIMEOUT": true, "NS_ERROR_INVALID_CONTENT_ENCODING": true, "NS_ERROR_PARSING_HTTP_STATUS_LINE": true,
}
