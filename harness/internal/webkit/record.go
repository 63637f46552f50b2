package webkit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// record is what was observed of a question. The lock of its page guards it.
type record struct {
	number int64
	asks   asks
	target string // the URL as browsers write it, without the fragment
	origin string // of the page
	// preflights says whether a request for a URL may be preflighted; nil: none is.
	preflights func(url string) bool
	ended      chan struct{} // closed when the request has ended

	id       string // of the request; empty: there is none yet
	hops     []engine.Request
	over     bool
	failed   string // WebKit's own text
	canceled bool
	console  []engine.Message
	lines    []string // of the console that are about no other request, and not the script's own
	answer   []byte
	said     said
	withheld bool // it was stopped when WebKit was about to send it
}

// said is the script's report, as far as it matters here.
type said struct {
	Error   string `json:"error"`
	Refused bool   `json:"refused"`
	GaveUp  string `json:"gaveUp"`
}

// networkEvent is an event about a request.
type networkEvent struct {
	ID      string `json:"requestId"`
	Request struct {
		URL     string            `json:"url"`
		Method  string            `json:"method"`
		Headers map[string]string `json:"headers"`
	} `json:"request"`
	Redirect *response `json:"redirectResponse"`
	Response *response `json:"response"`
	Error    string    `json:"errorText"`
	Canceled bool      `json:"canceled"`
	Metrics  struct {
		Protocol string            `json:"protocol"`
		Headers  map[string]string `json:"requestHeaders"`
	} `json:"metrics"`
}

// response is the head of an answer.
type response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Source  string            `json:"source"`
}

// listen takes an event.
func (p *Page) listen(m message) {
	switch {
	case m.Method == "Network.requestIntercepted":
		var e networkEvent
		if json.Unmarshal(m.Params, &e) == nil {
			go p.intercepted(e.ID, e.Request.URL) // waits for WebKit
		}
	case strings.HasPrefix(m.Method, "Network."):
		var e networkEvent
		if json.Unmarshal(m.Params, &e) == nil {
			p.networked(m.Method, e)
		}
	case m.Method == "Console.messageAdded":
		p.logged(m.Params)
	case m.Method == "Page.frameNavigated", m.Method == "Page.loadEventFired":
		p.showed(m)
	}
}

// showed notes how far the page is loaded.
func (p *Page) showed(m message) {
	var e struct {
		Frame struct {
			URL string `json:"url"`
		} `json:"frame"`
	}
	_ = json.Unmarshal(m.Params, &e) // the other event has no frame
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case m.Method == "Page.frameNavigated":
		p.shown = !strings.HasPrefix(e.Frame.URL, "about:blank")
	case p.shown && p.loaded != nil:
		close(p.loaded)
		p.loaded = nil
	}
}

// networked takes an event about a request.
func (p *Page) networked(method string, e networkEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.asked
	if r == nil {
		p.late++
		return
	}
	if method == "Network.requestWillBeSent" {
		r.requested(e)
		return
	}
	if r.id == "" || e.ID != r.id || r.over {
		return
	}
	last := &r.hops[len(r.hops)-1]
	switch method {
	case "Network.responseReceived":
		take(last, e.Response)
	case "Network.loadingFinished":
		r.finished(e)
	case "Network.loadingFailed":
		r.over, r.failed = true, e.Error
		r.canceled = e.Canceled
	}
	if r.over {
		close(r.ended)
	}
}

// requested notes that a request begins, or goes on after a redirect.
func (r *record) requested(e networkEvent) {
	url := withoutFragment(e.Request.URL)
	switch {
	case r.id == e.ID:
		take(&r.hops[len(r.hops)-1], e.Redirect)
	case r.id == "" && url == r.target:
		r.id = e.ID
	default:
		return // of a page that is still loading
	}
	r.hops = append(r.hops, engine.Request{Method: e.Request.Method, URL: url, RequestHeaders: linesOf(e.Request.Headers), Unseen: true})
}

// finished notes that an answer is there whole.
func (r *record) finished(e networkEvent) {
	r.over = true
	last := &r.hops[len(r.hops)-1]
	last.Protocol = protocolOf(e.Metrics.Protocol)
	if len(e.Metrics.Headers) > 0 {
		last.RequestHeaders = linesOf(e.Metrics.Headers)
	}
}

// take adds the head of an answer.
func take(q *engine.Request, a *response) {
	if a == nil {
		return
	}
	q.Status, q.ResponseHeaders = a.Status, linesOf(a.Headers)
	switch a.Source {
	case "memory-cache":
		q.FromCache = "memory"
	case "disk-cache":
		q.FromCache = "disk"
	}
	q.Sent = q.FromCache == "" && strings.HasPrefix(q.URL, "http")
}

// linesOf are header lines, by name.
func linesOf(headers map[string]string) []engine.Header {
	lines := make([]engine.Header, 0, len(headers))
	for name, value := range headers {
		lines = append(lines, engine.Header{Name: name, Value: value})
	}
	slices.SortFunc(lines, func(a, b engine.Header) int { return strings.Compare(a.Name, b.Name) })
	return lines
}

// protocolOf is the ALPN name of a protocol.
func protocolOf(name string) string {
	if name == "http/1.1" || name == "h2" || name == "h3" || name == "http/1.0" {
		return name
	}
	return ""
}

// logged takes a line of the console.
func (p *Page) logged(params json.RawMessage) {
	var e struct {
		Message struct {
			Source string `json:"source"`
			Level  string `json:"level"`
			Text   string `json:"text"`
			// ID is the request that the line is about, where it names one.
			ID string `json:"networkRequestId"`
		} `json:"message"`
	}
	if json.Unmarshal(params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked != nil {
		line := engine.Message{Source: e.Message.Source, Level: e.Message.Level, Text: e.Message.Text}
		p.asked.console = append(p.asked.console, line)
		if e.Message.ID == "" && line.Source != "console-api" {
			p.asked.lines = append(p.asked.lines, line.Text)
		}
	}
}

// missing names the evidence that is still to come.
func (r *record) missing() []string {
	var list []string
	if r.answer == nil {
		list = append(list, "the script's report")
	}
	switch {
	case r.id != "" && !r.over:
		last := r.hops[len(r.hops)-1]
		list = append(list, "the end of "+last.Method+" "+last.URL)
	case r.id == "" && r.answer != nil && r.said.Error == "":
		list = append(list, "the request")
	}
	return list
}

// evidence is the record in the terms of the engine.
func (r *record) evidence(t *trust) engine.Evidence {
	e := engine.Evidence{Console: slices.Clone(r.console), Answer: r.answer, Missing: r.missing(), Requests: slices.Clone(r.hops)}
	failure := r.failure(t)
	switch last := len(e.Requests) - 1; {
	case failure == nil:
	case last < 0:
		e.Early = failure
	default:
		q := &e.Requests[last]
		if r.withheld {
			q.Withheld = true
			break
		}
		q.Failure = failure
		q.Sent = q.Sent || statusIn(r.failed) != 0 && !r.mayPreflight() && !strings.HasPrefix(failure.Code, "Preflight") // else the status may be of a preflight
		if failure.NetError != "" {
			q.NetError = failure.NetError
		}
	}
	return e
}

// mayPreflight says whether the last request may have been preflighted. WebKit does not tell.
func (r *record) mayPreflight() bool {
	return r.preflights != nil && len(r.hops) > 0 && r.preflights(r.hops[len(r.hops)-1].URL)
}

// lastServer is the host and the port of the last request.
func (r *record) lastServer() (host string, port uint16, known bool) {
	if len(r.hops) == 0 {
		return "", 0, false
	}
	u, err := web.ParseURL(r.hops[len(r.hops)-1].URL, nil)
	if err != nil {
		return "", 0, false
	}
	port, known = portOf(u)
	return strings.Trim(u.Host, "[]"), port, known
}
