package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Watch joins the events of a page that nobody asks: each request is a question of its own.
// Request ids are unique in a tab with its frames and workers, whose events all come here.
// It is safe for concurrent use.
type Watch struct {
	assembler *Assembler
	begun     []*begun
	open      map[network.RequestID]document // requests in flight, with what asked
	left      map[*chain]bool                // requests whose document was left before they ended
	// changed has room for one: something was announced, or ended.
	changed chan struct{}
	main    cdp.FrameID
	mu      sync.Mutex // of begun, open and left; taken before the lock of the assembler
}

// document is a document in a frame; both are empty where a worker asks.
type document struct {
	frame  cdp.FrameID
	loader cdp.LoaderID
}

// begun is a request of the page, as it began.
type begun struct {
	number  int64
	request engine.VisitRequest // without Evidence
	blocked string              // the URL that an issue without a request is about
}

// NewWatch returns a Watch that has seen nothing.
func NewWatch() *Watch {
	return &Watch{assembler: NewAssembler(), open: map[network.RequestID]document{}, left: map[*chain]bool{}, changed: make(chan struct{}, 1)}
}

// Open says which frame is the tab's.
func (w *Watch) Open(main cdp.FrameID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.main = main
}

// Changed tells of each event of the network, several at once where nobody reads.
func (w *Watch) Changed() <-chan struct{} { return w.changed }

// Idle says whether no request is in flight. What may stay open as long as its page does
// not count: a WebSocket, an EventSource, and media that are being played.
func (w *Watch) Idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open) == 0
}

// Leave notes that a frame shows another document now. Chrome tells no end of what the last one
// asked.
func (w *Watch) Leave(frame cdp.FrameID, now cdp.LoaderID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.assembler.mu.Lock()
	defer w.assembler.mu.Unlock()
	for id, asked := range w.open {
		if asked.frame == frame && asked.loader != "" && asked.loader != now {
			delete(w.open, id)
			w.left[w.assembler.chains[id]] = true
		}
	}
}

// Has says whether the beginning of a request came.
func (w *Watch) Has(id network.RequestID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.assembler.mu.Lock()
	defer w.assembler.mu.Unlock()
	return w.assembler.chains[id] != nil
}

// Asks says who asks: of a request in a frame, or of one that loads the document of a frame.
// The frame is empty in a worker.
type Asks func(frame cdp.FrameID, document bool) engine.Asker

// Add takes the next event of the page, of a frame or of a worker.
func (w *Watch) Add(event any, asker Asks) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.assembler.mu.Lock()
	defer w.assembler.mu.Unlock()
	if w.follow(event) {
		select {
		case w.changed <- struct{}{}:
		default:
		}
	}
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.assembler.willBeSent(e, func(c *chain, _ *runtime.StackTrace, _ string) { w.begin(c, w.ofRequest(e, asker)) })
	case *network.EventWebSocketCreated:
		w.assembler.webSocketCreated(e, func(c *chain, _ *runtime.StackTrace, _ string) {
			w.begin(c, engine.VisitRequest{Asker: asker("", false), Kind: string(network.ResourceTypeWebSocket), URL: e.URL, Method: "GET", At: place(e.Initiator)})
		})
	case *log.EventEntryAdded:
		w.line(e.Entry)
	case *audits.EventIssueAdded:
		w.issue(e.Issue, asker)
	case *fetch.EventRequestPaused:
		w.assembler.paused(e)
	default:
		w.assembler.take(event)
	}
}

// follow notes what is in flight. It says whether the event is of the network.
func (w *Watch) follow(event any) bool {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		// Chrome tells the worker, and not the page, how the script of a worker ended.
		if w.open[e.RequestID] = (document{e.FrameID, e.LoaderID}); isWorkerScript(e) || e.Type == network.ResourceTypePing {
			delete(w.open, e.RequestID)
		}
	case *network.EventResponseReceived:
		switch e.Type {
		case network.ResourceTypeEventSource, network.ResourceTypeMedia, network.ResourceTypeDocument:
			delete(w.open, e.RequestID)
		}
	case *network.EventLoadingFinished:
		delete(w.open, e.RequestID)
	case *network.EventLoadingFailed:
		delete(w.open, e.RequestID)
	default:
		return false
	}
	return true
}

// begin makes a question of a new chain.
func (w *Watch) begin(c *chain, r engine.VisitRequest) {
	q := w.question(r, "")
	q.chain, c.question = c, q
}

// question is a new question. The locks are held.
func (w *Watch) question(r engine.VisitRequest, blocked string) *question {
	number := int64(len(w.begun) + 1)
	w.begun = append(w.begun, &begun{number, r, blocked})
	q := &question{number: number, Waiter: Waiter{URL: r.URL, WireUnseen: r.Asker.Worker == engine.SharedWorker}}
	w.assembler.questions[number] = q
	return q
}

// ofRequest is a request as the page made it.
func (w *Watch) ofRequest(e *network.EventRequestWillBeSent, asker Asks) engine.VisitRequest {
	r := engine.VisitRequest{
		Asker: asker(e.FrameID, e.Type == network.ResourceTypeDocument), Kind: string(e.Type), At: place(e.Initiator),
		URL: e.Request.URL, Method: e.Request.Method, Headers: fields(e.Request.Headers),
	}
	r.Navigation = e.Type == network.ResourceTypeDocument && e.FrameID == w.main
	if e.Request.IsLinkPreload {
		r.Kind = "Preload"
	}
	for _, part := range e.Request.PostDataEntries {
		r.Body += string(part.Bytes)
	}
	return r
}

// place is where in the page's code a request began, as URL:line.
func place(i *network.Initiator) string {
	switch {
	case i == nil:
		return ""
	case i.Stack != nil:
		for _, frame := range i.Stack.CallFrames {
			if frame.URL != "" {
				return fmt.Sprintf("%s:%d", frame.URL, frame.LineNumber+1)
			}
		}
	}
	if i.URL == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", i.URL, int(i.LineNumber)+1)
}

// line files a line of the console. Where it names no request, it goes to the oldest request
// without such a line whose URL it quotes, the longest URL first.
func (w *Watch) line(e *log.Entry) {
	var found *question
	if e.NetworkRequestID != "" {
		if c := w.assembler.chains[e.NetworkRequestID]; c != nil {
			found = c.owner()
		}
	} else {
		longest := 0
		for _, b := range w.begun {
			q := w.assembler.questions[b.number]
			for _, url := range q.urls() {
				if len(url) > longest && strings.Contains(e.Text, url) && !slices.ContainsFunc(q.console, func(other *log.Entry) bool { return other.Text == e.Text }) {
					found, longest = q, len(url)
				}
			}
		}
	}
	if found != nil {
		found.console = append(found.console, e)
	}
}

// issue files an entry of DevTools' Issues panel. An issue without a request is about a
// request that Chrome refused before it began.
func (w *Watch) issue(i *audits.InspectorIssue, asker Asks) {
	if issueRequest(i.Details) != "" {
		w.assembler.issue(i)
		return
	}
	url, kind, at := refused(i.Details)
	if url == "" || slices.ContainsFunc(w.begun, func(b *begun) bool { return w.tells(b, i, url) }) {
		return
	}
	q := w.question(engine.VisitRequest{Asker: asker("", false), Kind: kind, URL: url, Method: "GET", At: at}, url)
	q.issues = append(q.issues, i)
}

// tells says whether a request has an issue already: Chrome sends an issue again for each
// client that it knows, and some that it refuses begin and fail.
func (w *Watch) tells(b *begun, i *audits.InspectorIssue, url string) bool {
	q := w.assembler.questions[b.number]
	if q == nil {
		return false
	}
	if q.chain != nil {
		last := q.chain.last()
		return last != nil && last.URL == url && last.Failed != nil && last.Failed.BlockedReason != ""
	}
	return b.blocked == url && slices.ContainsFunc(q.issues, func(other *audits.InspectorIssue) bool {
		return i.IssueID != "" && other.IssueID == i.IssueID
	})
}

// refused is what an issue without a request tells of the request that Chrome refused.
// https://fetch.spec.whatwg.org/#main-fetch
func refused(d *audits.InspectorIssueDetails) (url, kind, at string) {
	switch {
	case d == nil:
	case d.CorsIssueDetails != nil && !d.CorsIssueDetails.IsWarning && d.CorsIssueDetails.Request != nil:
		return d.CorsIssueDetails.Request.URL, string(network.ResourceTypeFetch), located(d.CorsIssueDetails.Location)
	case d.ContentSecurityPolicyIssueDetails != nil && !d.ContentSecurityPolicyIssueDetails.IsReportOnly:
		p := d.ContentSecurityPolicyIssueDetails
		return p.BlockedURL, kindOf(p.ViolatedDirective), located(p.SourceCodeLocation)
	case d.MixedContentIssueDetails != nil && d.MixedContentIssueDetails.ResolutionStatus == audits.MixedContentResolutionStatusMixedContentBlocked:
		return d.MixedContentIssueDetails.InsecureURL, string(d.MixedContentIssueDetails.ResourceType), ""
	}
	return "", "", ""
}

// kindOf is the kind of resource that a directive is about.
// https://w3c.github.io/webappsec-csp/#directives-fetch
func kindOf(directive string) string {
	kinds := map[string]network.ResourceType{
		"img-src": network.ResourceTypeImage, "font-src": network.ResourceTypeFont, "media-src": network.ResourceTypeMedia,
		"script-src": network.ResourceTypeScript, "style-src": network.ResourceTypeStylesheet, "manifest-src": network.ResourceTypeManifest,
		"frame-src": network.ResourceTypeDocument,
	}
	name, _, _ := strings.Cut(directive, " ")
	return string(cmp.Or(kinds[strings.TrimSuffix(name, "-elem")], network.ResourceTypeFetch))
}

// located is a place in the page's code, as URL:line.
func located(l *audits.SourceCodeLocation) string {
	if l == nil || l.URL == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", l.URL, l.LineNumber+1)
}

// securityOf is what Chrome tells with the first request that it sent.
func securityOf(r Record) *engine.Security {
	for _, hop := range r.Requests {
		if hop.Sent != nil && hop.Sent.ClientSecurityState != nil {
			state := hop.Sent.ClientSecurityState
			return &engine.Security{Secure: state.InitiatorIsSecureContext, Space: string(state.InitiatorIPAddressSpace)}
		}
	}
	return nil
}

// Requests ends the watch and returns the requests in the order in which they began, with the
// names of the evidence that did not come.
func (w *Watch) Requests() []engine.VisitRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.assembler.mu.Lock()
	defer w.assembler.mu.Unlock()
	list := make([]engine.VisitRequest, 0, len(w.begun))
	for _, b := range w.begun {
		q := w.assembler.questions[b.number]
		if q == nil {
			continue
		}
		q.answer = []byte("{}") // nobody asked, so no script reports
		r := b.request
		if q.chain != nil {
			r.Left = w.left[q.chain]
			if last := q.chain.last(); last != nil && last.Response != nil {
				last.unread = true // Chrome has let it through, and the page may read none of it
			}
		}
		record := w.assembler.finish(q)
		r.Evidence, r.Security = record.Evidence(), securityOf(record)
		list = append(list, r)
	}
	w.begun = nil
	return list
}
