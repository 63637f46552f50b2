package differential

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
)

// Question is a request and the answers of the servers on its way.
type Question struct {
	// Before are earlier requests of the same page for the same URL. They fill the
	// caches.
	Before []harness.Request `json:"before,omitempty"`
	// Request is the request. Its URL is a pattern: see [Hop].
	Request harness.Request `json:"request"`
	// Hops are the servers that a request or a redirect can lead to, starting
	// with the first that is asked.
	Hops []Hop `json:"hops"`
}

// Hop is a URL, and the answers there. In the URL of a request, and in each
// header value of an answer, {0} stands for the URL of the first hop, {1} for the
// URL of the second. {0@} is that URL with a user name, {0/} only its path, and
// {0:} the URL without its scheme.
//
// In a header value, {origin}, {method} and {headers} stand for the Origin,
// Access-Control-Request-Method and Access-Control-Request-Headers of the
// request: many servers send them back.
type Hop struct {
	Origin string `json:"origin"`
	// Path is appended to the path of the hop.
	Path      string `json:"path,omitempty"`
	Preflight Answer `json:"preflight"`
	Reply     Answer `json:"reply"`
}

// Answer is what a server sends.
type Answer struct {
	Status int            `json:"status,omitempty"` // zero is 200
	Header harness.Header `json:"header,omitempty"`
	Drop   bool           `json:"drop,omitempty"` // the connection is closed instead
}

// String is the question as JSON, in one line.
func (q Question) String() string {
	text, err := json.Marshal(q)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Read reads the output of String.
func Read(text string) (Question, error) {
	var q Question
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil {
		return q, fmt.Errorf("question: %w", err)
	}
	return q, nil
}

// requests are all its requests, in order.
func (q Question) requests() []harness.Request {
	return append(slices.Clone(q.Before), q.Request)
}

// placed is a question with URLs.
type placed struct {
	Question
	urls  []string // of the hops
	names *strings.Replacer
}

// place gives the hops URLs below a path that only this question uses.
func (q Question) place(path string) placed {
	p := placed{Question: q}
	var names []string
	for i, h := range q.Hops {
		local := fmt.Sprintf("%s/%d%s", path, i, h.Path)
		url := h.Origin + local
		scheme, rest, _ := strings.Cut(url, "://")
		p.urls = append(p.urls, url)
		names = append(names,
			fmt.Sprintf("{%d}", i), url,
			fmt.Sprintf("{%d@}", i), scheme+"://"+userinfo+rest,
			fmt.Sprintf("{%d/}", i), local,
			fmt.Sprintf("{%d:}", i), "//"+rest)
	}
	p.names = strings.NewReplacer(names...)
	return p
}

// userinfo is what {0@} adds. Chrome reports the URL with it, and sends the
// request without it.
const userinfo = "user:secret@"

// request is a request with its URL.
func (p placed) request(r harness.Request) harness.Request {
	r.URL, r.Controller.URL = p.names.Replace(r.URL), p.names.Replace(r.Controller.URL)
	return r
}

// said replaces the values of a request that an answer may repeat.
func said(header harness.Header) *strings.Replacer {
	value := func(name string) string { v, _ := header.Get(name); return v }
	return strings.NewReplacer(
		"{origin}", value("Origin"),
		"{method}", value("Access-Control-Request-Method"),
		"{headers}", value("Access-Control-Request-Headers"))
}

// answer is the answer to a request for a URL.
func (p placed) answer(url string, preflight bool, asked harness.Header) (Answer, error) {
	for i, h := range p.Hops {
		if withoutFragment(p.urls[i]) != withoutFragment(url) {
			continue
		}
		a := h.Reply
		if preflight {
			a = h.Preflight
		}
		repeat := said(asked)
		filled := Answer{Status: a.Status, Drop: a.Drop}
		for _, f := range a.Header {
			value := repeat.Replace(p.names.Replace(bytesOf(f.Value)))
			filled.Header = append(filled.Header, harness.Field{Name: f.Name, Value: value})
		}
		return filled, nil
	}
	return Answer{}, fmt.Errorf("nothing answers at %s", url)
}

// bytesOf are the bytes that the characters of a text stand for. A question is
// text, so that it can be printed.
// https://infra.spec.whatwg.org/#isomorphic-encode
func bytesOf(text string) string {
	bytes := make([]byte, 0, len(text))
	for _, c := range text {
		bytes = append(bytes, byte(c))
	}
	return string(bytes)
}

func withoutFragment(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

// dropped is Chrome's code for a connection that was closed before an answer.
// Chrome has another code for a connection that was closed at each new attempt.
const dropped = "net::ERR_EMPTY_RESPONSE"

// serve answers what arrives at a fixture server.
func (p placed) serve(a harness.Arrival) servers.Reply {
	_, asks := a.Headers.Get("Access-Control-Request-Method")
	answer, err := p.answer(a.URL, a.Method == "OPTIONS" && asks, a.Headers)
	switch {
	case err != nil:
		return servers.Reply{Status: 404}
	case answer.Drop:
		return servers.Reply{Drop: true}
	}
	return usable(p.Request.Via, servers.Reply{Status: answer.Status, Header: answer.Header, Body: body(answer.Status)})
}

// body is the body of a response. Its type is one that a browser does not refuse
// to a request in mode no-cors. https://github.com/annevk/orb
func body(status int) string {
	if status == 204 || status == 304 {
		return ""
	}
	return "ok"
}

// reply answers the oracle. It includes the header that the fixture network adds
// on the wire.
func (p placed) reply(e oracle.Exchange) oracle.Reply {
	answer, err := p.answer(e.URL, e.Kind == harness.Preflight, e.Header)
	switch {
	case err != nil:
		answer = Answer{Status: 404}
	case answer.Drop:
		return oracle.Reply{NetError: dropped}
	}
	text := ""
	if err == nil {
		text = body(answer.Status)
	}
	header := answer.Header
	if answer.Status != 204 && answer.Status != 304 {
		header = append(slices.Clone(header), harness.Field{Name: "Content-Length", Value: fmt.Sprint(len(text))})
	}
	return oracle.Reply{Status: answer.Status, Header: header}
}
