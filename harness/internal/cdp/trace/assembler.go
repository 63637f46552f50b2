package trace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// Assembler joins the events of one page. It is safe for concurrent use.
type Assembler struct {
	mu        sync.Mutex
	questions map[int64]*question
	chains    map[network.RequestID]*chain

	// ended has the last request ids of finished questions, to notice evidence that
	// comes after a verdict: that would be a fault of the rules in missing.
	ended     map[network.RequestID]bool
	endedRing [512]network.RequestID
	endedNext int
	late      int

	// loose holds the newest CorsIssues that name no request. Chrome refuses some
	// questions before there is a request, and reports that in an issue and then in
	// a line of the console, which has the stack of the script that asked.
	loose []*audits.InspectorIssue

	// early holds the newest lines of the console without a known question. The line
	// about a redirect that the page may not follow comes before the redirect.
	early []*log.Entry
}

// maxUnclaimedNews bounds the issues and the lines of the console that wait for their
// question: a page may say things that no question asked for.
const maxUnclaimedNews = 64

// keep adds an item to a list of the newest.
func keep[T any](list []T, item T) []T {
	if len(list) == maxUnclaimedNews {
		list = slices.Delete(list, 0, 1)
	}
	return append(list, item)
}

// claimFirst removes the first wanted item from a list, and returns it.
func claimFirst[T any](list *[]T, wanted func(T) bool) (item T, ok bool) {
	i := slices.IndexFunc(*list, wanted)
	if i < 0 {
		return item, false
	}
	item = (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return item, true
}

// NewAssembler returns an Assembler that waits for nothing.
func NewAssembler() *Assembler {
	return &Assembler{
		questions: map[int64]*question{},
		chains:    map[network.RequestID]*chain{},
		ended:     map[network.RequestID]bool{},
	}
}

const sourcePrefix = "corsproof:"

// SourceURL names, by //# sourceURL, a script whose line n asks question first+n.
func SourceURL(first int64) string { return sourcePrefix + strconv.FormatInt(first, 10) }

// Expect makes room for the events of a question before it is asked.
func (a *Assembler) Expect(number int64, w Waiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.questions[number] = &question{Waiter: w, number: number}
}

// Fenced says that everything has come that Chrome had to send about a question
// before its Waiter's Fence was called.
func (a *Assembler) Fenced(number int64) {
	a.mu.Lock()
	q := a.questions[number]
	if q != nil {
		q.fences, q.fencing = q.fences+1, false
	}
	a.settle(q)
}

// Abandon ends a question and returns its incomplete Record, with the names of
// the missing evidence.
func (a *Assembler) Abandon(number int64) Record {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := a.questions[number]
	if q == nil {
		return Record{}
	}
	open := q.unsure() && q.fences < q.wanted()
	record := a.finish(q)
	if open && len(record.Missing) == 0 {
		record.Missing = []string{"the rest of Chrome's report of the failure"}
	}
	for _, c := range q.chains() {
		// Later events end a question that was given up: they are not late evidence.
		for _, id := range c.ids {
			delete(a.ended, id)
		}
	}
	return record
}

// Late counts the events that came for questions that had ended.
func (a *Assembler) Late() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.late
}

// Add takes the next event of the page, in the order of arrival. Events that it
// does not know are ignored.
func (a *Assembler) Add(event any) {
	if e, ok := event.(*runtime.EventBindingCalled); ok {
		for report := range strings.SplitSeq(e.Payload, "\n") {
			a.mu.Lock()
			a.settle(a.report(report))
		}
		return
	}
	a.mu.Lock()
	a.settle(a.take(event))
}

// settle finishes a question when nothing is missing. It is called with the lock
// held and releases it.
func (a *Assembler) settle(q *question) {
	if q == nil || len(q.missing()) > 0 {
		a.mu.Unlock()
		return
	}
	if q.unsure() && q.fences < q.wanted() {
		first := !q.fencing
		q.fencing = true
		a.mu.Unlock()
		if first {
			q.Fence()
		}
		return
	}
	record := a.finish(q)
	a.mu.Unlock()
	q.Done(record)
}

// finish makes the Record of a question and forgets it. The lock is held.
func (a *Assembler) finish(q *question) Record {
	record := Record{Missing: q.missing(), Console: q.console, Issues: q.issues, Answer: q.answer}
	delete(a.questions, q.number)
	if q.mixed() || q.answer == nil && q.undocumented() {
		record.Answer = []byte("{}")
	}
	for _, c := range q.chains() {
		requests := c.requests()
		for _, r := range requests {
			r.Unseen, r.Controller = q.WireUnseen, c != q.chain
		}
		record.Requests = append(record.Requests, requests...)
		for _, id := range c.ids {
			a.forget(id)
		}
		if c.goesOn() {
			delete(a.ended, c.ids[0])
		}
	}
	return record
}

func (a *Assembler) forget(id network.RequestID) {
	delete(a.chains, id)
	delete(a.ended, a.endedRing[a.endedNext])
	a.endedRing[a.endedNext], a.ended[id] = id, true
	a.endedNext = (a.endedNext + 1) % len(a.endedRing)
}

// maxUnclaimed bounds the chains that no question asked for, such as the load of
// the page itself.
const maxUnclaimed = 256

// chainOf returns the chain of a request id. Events of an id may come before the event
// that names its question, so an unknown id gets a chain that waits for that event.
func (a *Assembler) chainOf(id network.RequestID) *chain {
	if c := a.chains[id]; c != nil {
		return c
	}
	if a.ended[id] {
		a.late++
		return &chain{}
	}
	if len(a.chains) > maxUnclaimed+4*len(a.questions) {
		for other, c := range a.chains {
			if c.owner() == nil {
				delete(a.chains, other)
			}
		}
	}
	c := &chain{ids: []network.RequestID{id}}
	a.chains[id] = c
	return c
}

// take files an event and returns the question that it is for, or nil.
func (a *Assembler) take(event any) *question {
	switch e := event.(type) {
	case OfController:
		return a.ofController(e.Event)
	case *network.EventRequestWillBeSent:
		return a.willBeSent(e, a.claim)
	case *network.EventRequestWillBeSentExtraInfo:
		c := a.chainOf(e.RequestID)
		c.sent = append(c.sent, e)
		return c.owner()
	case *network.EventResponseReceivedExtraInfo:
		c := a.chainOf(e.RequestID)
		c.received = append(c.received, e)
		return c.owner()
	case *network.EventResponseReceived:
		return a.update(e.RequestID, func(r *Request) { r.Response, r.extra = e.Response, &e.HasExtraInfo })
	case *network.EventLoadingFinished:
		return a.update(e.RequestID, func(r *Request) { r.Finished = true })
	case *network.EventLoadingFailed:
		// Chrome reports the end of a redirect that the renderer refused twice: first
		// why, then that it was aborted.
		return a.update(e.RequestID, func(r *Request) { r.Failed = cmp.Or(r.Failed, e) })
	case *network.EventRequestServedFromCache:
		return a.update(e.RequestID, func(r *Request) { r.FromMemory = true })
	case *fetch.EventRequestPaused:
		return a.paused(e)
	case Edited:
		return a.edited(e)
	case Relayed:
		return a.relayed(e)
	case *network.EventWebSocketCreated:
		return a.webSocketCreated(e, a.claim)
	case *network.EventWebSocketWillSendHandshakeRequest:
		return a.update(e.RequestID, func(r *Request) { r.Handshake = e.Request })
	case *network.EventWebSocketHandshakeResponseReceived:
		return a.update(e.RequestID, func(r *Request) { r.Accepted, r.Finished = e.Response, true })
	case *network.EventWebSocketFrameError:
		return a.update(e.RequestID, func(r *Request) { r.SocketError = e.ErrorMessage })
	case *network.EventWebSocketClosed:
		return a.update(e.RequestID, func(r *Request) { r.Finished = true })
	case *log.EventEntryAdded:
		return a.entry(e.Entry)
	case *audits.EventIssueAdded:
		return a.issue(e.Issue)
	}
	return nil
}

// report files a report of the page's script: the number of the question, a space,
// JSON.
func (a *Assembler) report(line string) *question {
	digits, report, _ := strings.Cut(line, " ")
	number, err := strconv.ParseInt(digits, 10, 64)
	q := a.questions[number]
	if err != nil || q == nil {
		return nil
	}
	q.answer = []byte(report)
	return q
}

// update changes the hop that a request is at.
func (a *Assembler) update(id network.RequestID, change func(*Request)) *question {
	c := a.chainOf(id)
	if last := c.last(); last != nil {
		change(last)
	}
	return c.owner()
}

// willBeSent files the announcement of a request, of a redirect hop or of a
// preflight.
func (a *Assembler) willBeSent(e *network.EventRequestWillBeSent, claim func(c *chain, stack *runtime.StackTrace, url string)) *question {
	c := a.chainOf(e.RequestID)
	if last := c.last(); last != nil {
		last.Finished = true
		a.foretold(c, e.Request.URL)
		if e.RedirectResponse != nil {
			last.Response, last.extra = e.RedirectResponse, &e.RedirectHasExtraInfo
		} else {
			last.unshown = true
		}
	}
	hop := &Request{URL: e.Request.URL, Method: e.Request.Method, document: e.Type == network.ResourceTypeDocument, worker: isWorkerScript(e)}
	c.hops = append(c.hops, hop)
	switch {
	case e.Initiator == nil:
	case e.Initiator.Type == network.InitiatorTypePreflight:
		hop.Preflight = true
		c.parent = a.chainOf(e.Initiator.RequestID)
		c.parent.preflights = append(c.parent.preflights, c)
		c.parent.ids = append(c.parent.ids, e.RequestID)
	case len(c.hops) == 1:
		claim(c, e.Initiator.Stack, e.Request.URL)
	}
	return c.owner()
}

// isWorkerScript says whether a request is for the script of a new worker, which is told
// to the page that makes it. Its document is the script itself, in no frame. A preflight
// looks the same, but for its initiator.
func isWorkerScript(e *network.EventRequestWillBeSent) bool {
	preflight := e.Initiator != nil && e.Initiator.Type == network.InitiatorTypePreflight
	return !preflight && e.LoaderID == "" && e.DocumentURL == e.Request.URL
}

// claim gives a chain to the question that it belongs to, if there is one.
func (a *Assembler) claim(c *chain, stack *runtime.StackTrace, url string) {
	q := a.questions[questionOf(stack)]
	if q == nil {
		for _, other := range a.questions {
			if (other.URL == url || other.Upgraded != "" && other.Upgraded == url) && other.chain == nil {
				q = other
			}
		}
	}
	if q != nil && q.chain == nil {
		q.chain, c.question = c, q
	}
}

// webSocketCreated files the handshake of a WebSocket, which is a request with
// events of its own.
func (a *Assembler) webSocketCreated(e *network.EventWebSocketCreated, claim func(c *chain, stack *runtime.StackTrace, url string)) *question {
	c := a.chainOf(e.RequestID)
	c.hops = append(c.hops, &Request{URL: e.URL, Method: "GET"})
	if e.Initiator != nil {
		claim(c, e.Initiator.Stack, e.URL)
	}
	return c.owner()
}

// questionOf reads the question from the stack of a script: the outermost frame
// is the line that asked. It returns 0 for a stack without a question.
func questionOf(stack *runtime.StackTrace) int64 {
	if stack == nil {
		return 0
	}
	for _, frame := range slices.Backward(stack.CallFrames) {
		digits, ok := strings.CutPrefix(frame.URL, sourcePrefix)
		if !ok {
			continue
		}
		if first, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return first + frame.LineNumber
		}
	}
	return 0
}
