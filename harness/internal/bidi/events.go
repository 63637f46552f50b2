package bidi

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// networkEvent is an event about a request.
// https://w3c.github.io/webdriver-bidi/#module-network
type networkEvent struct {
	Context   string `json:"context"`
	Blocked   bool   `json:"isBlocked"`
	Redirects int    `json:"redirectCount"`
	Error     string `json:"errorText"`
	Request   struct {
		ID      string       `json:"request"`
		URL     string       `json:"url"`
		Method  string       `json:"method"`
		Headers []fieldValue `json:"headers"`
	} `json:"request"`
	Response *struct {
		Status    int          `json:"status"`
		Headers   []fieldValue `json:"headers"`
		Protocol  string       `json:"protocol"`
		FromCache bool         `json:"fromCache"`
	} `json:"response"`
}

// fieldValue is a header.
type fieldValue struct {
	Name  string `json:"name"`
	Value struct {
		Type  string `json:"type"` // string, or base64 where it is no UTF-8
		Value string `json:"value"`
	} `json:"value"`
}

// headersOf are header lines. A value is its bytes, as of the wire.
func headersOf(list []fieldValue) []engine.Header {
	lines := make([]engine.Header, 0, len(list))
	for _, h := range list {
		value := h.Value.Value
		if h.Value.Type == "base64" {
			if data, err := base64.StdEncoding.DecodeString(value); err == nil {
				value = string(data)
			}
		}
		lines = append(lines, engine.Header{Name: h.Name, Value: value})
	}
	return lines
}

// networked takes an event about a request.
func (f *Firefox) networked(m message) {
	var e networkEvent
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p := f.pageOf(e.Context)
	if p == nil {
		p = f.framing(e)
	}
	if p == nil {
		return
	}
	if m.Method == "network.beforeRequestSent" {
		if e.Blocked {
			go p.answer(e) // waits for Firefox
		}
		p.requested(e)
		return
	}
	p.responded(m.Method, e)
}

// framing is the page that shows a document in a frame. Firefox gives the request for
// the first document of a frame a context that it names nowhere else.
func (f *Firefox) framing(e networkEvent) *Page {
	url := withoutFragment(e.Request.URL)
	for _, p := range f.all() {
		p.mu.Lock()
		waits := e.Blocked && p.options.Within != "" && slices.ContainsFunc(p.documents, func(d document) bool { return d.url == url }) ||
			slices.ContainsFunc(p.inOrder(), func(r *record) bool { return r.asks.Via == "iframe" && (r.wants(url) || r.open(e.Request.ID) != nil) })
		p.mu.Unlock()
		if waits {
			return p
		}
	}
	return nil
}

// requested notes that a request begins.
func (p *Page) requested(e networkEvent) {
	q := &request{id: e.Request.ID}
	q.Method, q.URL = e.Request.Method, withoutFragment(e.Request.URL)
	q.RequestHeaders = headersOf(e.Request.Headers)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.inOrder() {
		if known := r.open(q.id); known != nil && known.Status == 0 && known.URL == q.URL && known.Method == q.Method {
			known.RequestHeaders, known.ended, known.err = q.RequestHeaders, false, "" // Firefox begins it once more
			return
		} else if known != nil {
			known.ended = true
			r.requests = append(r.requests, q)
			return
		}
	}
	if q.Method == "OPTIONS" && has(q.RequestHeaders, "Access-Control-Request-Method") {
		for _, r := range p.inOrder() {
			if of := r.preflighted(q.URL); of != nil {
				q.Preflight = true
				r.requests = slices.Insert(r.requests, slices.Index(r.requests, of), q)
				return
			}
		}
		return
	}
	for _, r := range p.inOrder() {
		if r.wants(q.URL) {
			r.requests = append(r.requests, q)
			return
		}
	}
}

// responded notes the head of an answer, or how a request ended.
func (p *Page) responded(method string, e networkEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.inOrder() {
		q := r.open(e.Request.ID)
		if q == nil {
			continue
		}
		q.take(method, e)
		p.look(r)
		return
	}
}

// take adds what an event tells of a request.
func (q *request) take(method string, e networkEvent) {
	if withoutFragment(e.Request.URL) != q.URL {
		return // of the hop before
	}
	if lines := headersOf(e.Request.Headers); len(lines) > 0 {
		q.RequestHeaders = lines
	}
	if e.Response != nil {
		q.Status, q.ResponseHeaders, q.Protocol = e.Response.Status, headersOf(e.Response.Headers), protocolOf(e.Response.Protocol)
		if e.Response.FromCache {
			q.FromCache = "memory"
		}
	}
	switch method {
	case "network.responseCompleted":
		q.ended = true
	case "network.fetchError":
		q.ended, q.err = true, e.Error
	}
}

// protocolOf is the ALPN name of a protocol.
func protocolOf(name string) string {
	if name == "http/1.1" || name == "h2" || name == "h3" || name == "http/1.0" {
		return name
	}
	return ""
}

func has(lines []engine.Header, name string) bool {
	return slices.ContainsFunc(lines, func(h engine.Header) bool { return strings.EqualFold(h.Name, name) })
}

func withoutFragment(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

// spoke takes what a script of ours said.
func (f *Firefox) spoke(params json.RawMessage) {
	var e struct {
		Channel string `json:"channel"`
		Data    struct {
			Value json.RawMessage `json:"value"`
		} `json:"data"`
		Source struct {
			Context string `json:"context"`
		} `json:"source"`
	}
	var text string
	if json.Unmarshal(params, &e) != nil || json.Unmarshal(e.Data.Value, &text) != nil {
		return
	}
	switch e.Channel {
	case consoleChannel:
		var n note
		if json.Unmarshal([]byte(text), &n) == nil {
			f.noted(n)
		}
	case reportChannel:
		if p := f.pageOf(e.Source.Context); p != nil {
			p.reported(text)
		}
	}
}

// noted gives a line of the console to the questions whose URLs it is about.
func (f *Firefox) noted(n note) {
	for _, p := range f.all() {
		p.noted(n)
	}
}

func (p *Page) noted(n note) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.inOrder() {
		about := n.about(r.target) || slices.ContainsFunc(r.requests, func(q *request) bool { return n.about(q.URL) })
		if !about {
			continue
		}
		r.notes = append(r.notes, n)
		r.console = append(r.console, engine.Message{Source: n.Category, Level: "error", Text: n.Text})
		p.look(r)
	}
}

// logged takes a line that the page's script wrote, or an exception in it. The other lines come
// with their categories: see [Firefox.noted].
func (f *Firefox) logged(params json.RawMessage) {
	var e struct {
		Type   string `json:"type"`
		Level  string `json:"level"`
		Text   string `json:"text"`
		Source struct {
			Context string `json:"context"`
		} `json:"source"`
	}
	if json.Unmarshal(params, &e) != nil || e.Type == "javascript" {
		return
	}
	p := f.pageOf(e.Source.Context)
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if list := p.inOrder(); len(list) == 1 {
		list[0].console = append(list[0].console, engine.Message{Source: e.Type, Level: e.Level, Text: e.Text})
	}
}
