package servers

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/corsproof/corsproof/harness"
)

// OfferHTTP2 makes a host name negotiate HTTP/2, on all its ports:
//
//	net.OfferHTTP2("h2.test")
//
// Without it a name speaks HTTP/1.1 only, because only HTTP/1.1 can carry every
// byte of a [Reply]. Over HTTP/2 header names are lower case on the wire, and an
// Arrival has its headers sorted by name. A name with a [Recorder] keeps
// HTTP/1.1.
func (n *Network) OfferHTTP2(host string) {
	n.http2.mu.Lock()
	defer n.http2.mu.Unlock()
	if n.http2.names == nil {
		n.http2.names = map[string]bool{}
	}
	n.http2.names[canonicalName(host)] = true
}

// offersHTTP2 says whether a host name negotiates HTTP/2.
func (n *Network) offersHTTP2(host string) bool {
	host = canonicalName(host)
	n.http2.mu.Lock()
	offers := n.http2.names[host]
	n.http2.mu.Unlock()
	return offers && !n.recorders.has(host)
}

// canonicalName returns a host name as the maps of the network have it.
func canonicalName(host string) string {
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// http2Names are the names that negotiate HTTP/2, and the requests that are being
// answered.
type http2Names struct {
	mu        sync.Mutex
	names     map[string]bool
	answering map[*harness.Arrival]struct{}
}

// begin and end record which requests are being answered.
func (h *http2Names) begin(a *harness.Arrival) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.answering == nil {
		h.answering = map[*harness.Arrival]struct{}{}
	}
	h.answering[a] = struct{}{}
}

func (h *http2Names) end(a *harness.Arrival) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.answering, a)
}

// unanswered names the requests that are being answered.
func (h *http2Names) unanswered() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for a := range h.answering {
		names = append(names, a.Method+" "+a.URL)
	}
	return names
}

// enter counts a goroutine, unless the network is closed.
func (n *Network) enter() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.state != started {
		return false
	}
	n.running.Add(1)
	return true
}

// serveMultiplexed answers a request by HTTP/2 or HTTP/3.
func (n *Network) serveMultiplexed(w http.ResponseWriter, r *http.Request) {
	if !n.enter() {
		return
	}
	defer n.running.Done()
	url, origin, err := requestURL(true, r.Host, r.RequestURI)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	arrival := &harness.Arrival{Time: time.Now(), Method: r.Method, URL: url, Protocol: r.Proto}
	size, preflight := len(url), false
	for name, values := range r.Header {
		preflight = preflight || r.Method == http.MethodOptions && name == "Access-Control-Request-Method"
		for _, value := range values {
			arrival.Headers = append(arrival.Headers, harness.Field{Name: strings.ToLower(name), Value: value})
			size += len(name) + len(value)
		}
	}
	sort.SliceStable(arrival.Headers, func(i, j int) bool {
		return arrival.Headers[i].Name < arrival.Headers[j].Name
	})
	n.arrived(arrival, size)
	n.http2.begin(arrival)
	defer n.http2.end(arrival)
	_, err = io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	reply := n.answer(arrival, origin, preflight)
	if why := reply.beyondHTTP2(); why != "" {
		reply = problem(500, fmt.Sprintf("HTTP/%d cannot carry this Reply: %s", r.ProtoMajor, why))
	}
	n.log.answered(arrival, &reply)
	n.writeMultiplexed(w, r, &reply)
}

// writeMultiplexed writes a reply.
func (n *Network) writeMultiplexed(w http.ResponseWriter, r *http.Request, reply *Reply) {
	pause := func(d time.Duration, until <-chan struct{}) bool {
		timer := time.NewTimer(d)
		defer timer.Stop()
		for passed := timer.C; passed != nil || until != nil; {
			select {
			case <-passed:
				passed = nil
			case <-until:
				until = nil
			case <-r.Context().Done():
				return false
			case <-n.ctx.Done():
				return false
			}
		}
		return true
	}
	until := reply.Until
	if reply.Hang {
		until = make(chan struct{})
	}
	if !pause(reply.After, until) || reply.drops() {
		panic(http.ErrAbortHandler) // tells net/http to reset this stream
	}
	header := w.Header()
	header["Date"], header["Content-Type"] = nil, nil // keeps net/http from adding its own
	for _, line := range reply.Header {
		key := http.CanonicalHeaderKey(line.Name)
		header[key] = append(header[key], line.Value)
	}
	if reply.Close {
		header.Set("Connection", "close") // is not sent: net/http says GOAWAY instead
	}
	w.WriteHeader(reply.status())
	flush := http.NewResponseController(w).Flush
	if reply.NoLength {
		_ = flush() // otherwise net/http counts a short body
	}
	if !reply.hasBody(r.Method) {
		return
	}
	_, _ = io.WriteString(w, reply.Body)
	for _, chunk := range reply.Chunks {
		_ = flush()
		if !pause(chunk.After, chunk.Until) {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, chunk.Text)
	}
}

// beyondHTTP2 says which part of a reply HTTP/2 cannot carry, empty where it can
// carry all.
//
// https://www.rfc-editor.org/rfc/rfc9113#section-8.2
func (r *Reply) beyondHTTP2() string {
	switch {
	case r.Raw != "":
		return "Raw"
	case r.Reason != "":
		return "a reason phrase"
	case r.DropAfter != 0:
		return "DropAfter, which counts bytes of HTTP/1.1"
	case r.status() < 200 || r.status() > 999:
		return fmt.Sprintf("the status %d", r.status())
	}
	for _, line := range r.Header {
		switch name := strings.ToLower(line.Name); {
		case !httpguts.ValidHeaderFieldName(name):
			return fmt.Sprintf("the header name %q", line.Name)
		case line.Name != name && line.Name != http.CanonicalHeaderKey(name) && !usualSpelling[line.Name]:
			return fmt.Sprintf("the spelling of %s, which is %s on the wire", line.Name, name)
		case !httpguts.ValidHeaderFieldValue(line.Value) || strings.Trim(line.Value, " \t") != line.Value:
			return fmt.Sprintf("the value %q of %s", line.Value, line.Name)
		case name == "connection" || name == "keep-alive" || name == "transfer-encoding" || name == "upgrade":
			return line.Name + ", which belongs to HTTP/1.1"
		case name == "content-length" && line.Value != strconv.Itoa(r.size()):
			return "a wrong Content-Length"
		}
	}
	return ""
}

// usualSpelling are names whose usual spelling differs from net/http's. A reply
// with one of them means nothing special.
var usualSpelling = map[string]bool{
	"ETag": true, "WWW-Authenticate": true, "X-XSS-Protection": true,
	"Content-MD5": true, "X-Request-ID": true, "X-UA-Compatible": true,
}

// handoff is a listener that gets connections from another one: the connections
// that negotiated HTTP/2.
type handoff struct {
	addr  net.Addr
	conns chan net.Conn
	done  <-chan struct{}
}

// give hands a connection over, or closes it where the network is closing.
func (h *handoff) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		_ = c.Close()
	}
}

// Accept returns the next connection.
func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close does nothing: the network closes its connections.
func (h *handoff) Close() error { return nil }

// Addr returns the address of the network.
func (h *handoff) Addr() net.Addr { return h.addr }
