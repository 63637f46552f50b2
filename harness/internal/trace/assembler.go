package trace

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// Assembler joins the events of one page. It is safe for concurrent use.
type Assembler struct {
	mu        sync.Mutex
	questions map[int64]*question
	chains    map[network.RequestID]*chain

	// ended remembers the last request ids of finished questions, so that
	// evidence that comes after a verdict is noticed: it would be a fault of the
	// rules in missing.
	ended     map[network.RequestID]bool
	endedRing [512]network.RequestID
	endedNext int
	late      int

	// loose holds the last CorsIssue that names no request. Chrome refuses some
	// questions before there is one, and says so in an issue and then in a line
	// of the console, which has the stack of the script that asked.
	loose *audits.InspectorIssue
}

// question is what has come for one question.
type question struct {
	Waiter
	number  int64
	chain   *chain // nil while there is no request
	console []*log.Entry
	issues  []*audits.InspectorIssue
	answer  []byte
	fenced  bool
	fencing bool
}

// Waiter is who waits for a Record. Its functions are called once at most, on
// the goroutine that brought the last event, and must return at once.
type Waiter struct {
	// Done gets the complete Record.
	Done func(Record)
	// Fence is called when only this is open: is there extra info of a request
	// that failed on its way, or is there none? It has to see to it that
	// [Assembler.Fenced] is called once all of that must have come.
	Fence func()
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

// Fenced says that whatever Chrome had to send about a question by the time that
// its Waiter's Fence was called has come.
func (a *Assembler) Fenced(number int64) {
	a.mu.Lock()
	q := a.questions[number]
	if q != nil {
		q.fenced = true
	}
	a.settle(q)
}

// Abandon ends a question and returns what there is of its Record, with what is
// missing.
func (a *Assembler) Abandon(number int64) Record {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := a.questions[number]
	if q == nil {
		return Record{}
	}
	record := a.finish(q)
	if q.chain != nil {
		// What comes now is the end of what was given up, not late evidence.
		for _, id := range q.chain.ids {
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
	if q == nil || q.answer == nil || len(q.missing()) > 0 {
		a.mu.Unlock()
		return
	}
	if q.chain != nil && q.chain.unsure() && !q.fenced {
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

// missing names what the question lacks. A script that failed before there was a
// request lacks nothing.
func (q *question) missing() []string {
	var missing []string
	if q.answer == nil {
		missing = append(missing, "the script's answer")
	}
	if q.chain != nil {
		missing = append(missing, q.chain.missing()...)
	}
	return missing
}

// finish makes the Record of a question and forgets it. The lock is held.
func (a *Assembler) finish(q *question) Record {
	record := Record{Missing: q.missing(), Console: q.console, Issues: q.issues, Answer: q.answer}
	delete(a.questions, q.number)
	if q.chain != nil {
		record.Requests = q.chain.requests()
		for _, id := range q.chain.ids {
			a.forget(id)
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

// chainOf returns the chain of a request id. Events of one id may come before the
// one that says whose it is, so an unknown id gets a chain that waits for it.
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
	case *network.EventRequestWillBeSent:
		return a.willBeSent(e)
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
		return a.update(e.RequestID, func(r *Request) { r.Failed = e })
	case *network.EventRequestServedFromCache:
		return a.update(e.RequestID, func(r *Request) { r.FromMemory = true })
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
func (a *Assembler) willBeSent(e *network.EventRequestWillBeSent) *question {
	c := a.chainOf(e.RequestID)
	if last := c.last(); last != nil && e.RedirectResponse != nil {
		last.Response, last.extra, last.Finished = e.RedirectResponse, &e.RedirectHasExtraInfo, true
	}
	hop := &Request{URL: e.Request.URL, Method: e.Request.Method}
	c.hops = append(c.hops, hop)
	switch {
	case e.Initiator == nil:
	case e.Initiator.Type == network.InitiatorTypePreflight:
		hop.Preflight = true
		c.parent = a.chainOf(e.Initiator.RequestID)
		c.parent.preflights = append(c.parent.preflights, c)
		c.parent.ids = append(c.parent.ids, e.RequestID)
	case len(c.hops) == 1:
		if q := a.questions[questionOf(e.Initiator.Stack)]; q != nil && q.chain == nil {
			q.chain, c.question = c, q
		}
	}
	return c.owner()
}

// questionOf reads the question from the stack of a script: the outermost frame
// is the line that asked. It returns 0 where no question did.
func questionOf(stack *runtime.StackTrace) int64 {
	if stack == nil || len(stack.CallFrames) == 0 {
		return 0
	}
	frame := stack.CallFrames[len(stack.CallFrames)-1]
	digits, ok := strings.CutPrefix(frame.URL, sourcePrefix)
	if !ok {
		return 0
	}
	first, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return first + frame.LineNumber
}

// entry files a line of the console. Lines about CORS carry no request id; they
// quote the URL. That joins evidence: no verdict is read from the text.
func (a *Assembler) entry(e *log.Entry) *question {
	q := a.questions[questionOf(e.StackTrace)]
	switch {
	case e.NetworkRequestID != "":
		q = a.chainOf(e.NetworkRequestID).owner()
	case q == nil:
		q = a.quoted(e.Text)
	}
	if q == nil {
		return nil
	}
	q.console = append(q.console, e)
	if loose := a.loose; q.chain == nil && loose != nil && strings.Contains(e.Text, loose.Details.CorsIssueDetails.Request.URL) {
		q.issues = append(q.issues, loose)
		a.loose = nil
	}
	return q
}

// quoted finds the question that has the longest URL quoted in a text.
func (a *Assembler) quoted(text string) *question {
	var found *question
	longest := 0
	for _, q := range a.questions {
		if q.chain == nil {
			continue
		}
		for _, hop := range q.chain.hops {
			if len(hop.URL) > longest && strings.Contains(text, hop.URL) {
				found, longest = q, len(hop.URL)
			}
		}
	}
	return found
}

// issue files an entry of DevTools' Issues panel.
func (a *Assembler) issue(issue *audits.InspectorIssue) *question {
	id := issueRequest(issue.Details)
	if id == "" {
		if d := issue.Details; d != nil && d.CorsIssueDetails != nil && d.CorsIssueDetails.Request != nil {
			a.loose = issue
		}
		return nil
	}
	c := a.chains[id]
	if c == nil {
		return nil // an issue that comes after the verdict adds nothing to it
	}
	q := c.owner()
	// Chrome sends an issue again for each client that it knows.
	if q != nil && !slices.ContainsFunc(q.issues, func(other *audits.InspectorIssue) bool {
		return issue.IssueID != "" && other.IssueID == issue.IssueID
	}) {
		q.issues = append(q.issues, issue)
	}
	return q
}

// issueRequest returns the request that an issue is about, or "".
func issueRequest(d *audits.InspectorIssueDetails) network.RequestID {
	var affected *audits.AffectedRequest
	switch {
	case d == nil:
	case d.CorsIssueDetails != nil:
		affected = d.CorsIssueDetails.Request
	case d.BlockedByResponseIssueDetails != nil:
		affected = d.BlockedByResponseIssueDetails.Request
	case d.MixedContentIssueDetails != nil:
		affected = d.MixedContentIssueDetails.Request
	}
	if affected == nil {
		return ""
	}
	return affected.RequestID
}
