package servers

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// Recorder gives a server that listens on a port a name of the fixture network,
// with TLS where the name has it, and records what arrives there.
//
//	rec, err := net.Record("https://api.test", "127.0.0.1:3000")
//	defer rec.Close()
//
// It is a tee: requests are forwarded byte for byte, over one connection for each
// connection that the client opens, and answers come back unchanged. So the
// server sees the Host that the browser sent. The head of each request is an
// Arrival of the Network before the server gets it, also when the server turns
// out to be down.
//
// A name with a Recorder speaks HTTP/1.1 only, and no Case answers there.
type Recorder struct {
	recorders *recorders
	origin    string
	name      string // the host without port
	backend   string

	mu     sync.Mutex
	err    error
	closed bool
	pairs  map[*pair]struct{}
}

// Record puts a Recorder in front of an origin of the network, for the server at
// the address (host and port). Each origin has at most one.
func (n *Network) Record(origin, backend string) (*Recorder, error) {
	at, err := n.parseOrigin(origin)
	if err != nil {
		return nil, err
	}
	if _, port, err := net.SplitHostPort(backend); err != nil {
		return nil, fmt.Errorf("recorder for %s: %w", at, err)
	} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return nil, fmt.Errorf("recorder for %s: port %s: want a number up to 65535", at, port)
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, fmt.Errorf("recorder for %s: %w", at, err)
	}
	r := &Recorder{
		recorders: &n.recorders, origin: at, name: canonicalName(u.Hostname()), backend: backend,
		pairs: map[*pair]struct{}{},
	}
	if !n.recorders.add(r) {
		return nil, fmt.Errorf("%s has a recorder already", at)
	}
	return r, nil
}

// Origin returns the origin of the Recorder.
func (r *Recorder) Origin() string { return r.origin }

// Err returns the last error of reaching the server, or nil. The browser saw a
// closed connection then, which is a network error and not a CORS error.
//
// https://fetch.spec.whatwg.org/#concept-network-error
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close removes the Recorder and closes its connections. It may be called twice.
func (r *Recorder) Close() error {
	r.recorders.remove(r)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for p := range r.pairs {
		p.close()
	}
	return nil
}

// serve forwards a connection, whose first request head has been read, to the
// server.
func (r *Recorder) serve(c *conn, raw []byte, h head) {
	r.record(c, raw, &h)
	var d net.Dialer
	backend, err := d.DialContext(c.network.ctx, "tcp", r.backend)
	if err != nil {
		r.mu.Lock()
		r.err = fmt.Errorf("recorder for %s: %w", r.origin, err)
		r.mu.Unlock()
		return
	}
	p := &pair{recorder: r, client: c, backend: backend, answered: make(chan bool, 1)}
	defer p.close()
	if !r.enlist(p) {
		return
	}
	defer r.dismiss(p)
	answers := make(chan struct{})
	go func() {
		defer close(answers)
		p.copyAnswers()
	}()
	switch err := p.forward(raw, h); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the client has sent all; the server may still answer
		if tcp, ok := backend.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
		p.await(answers)
	case p.refused: // the server reads no more; its answer must reach the client
		p.await(answers)
		c.linger()
	}
	p.close()
	<-answers
}

// enlist adds a pair to the recorder, unless the recorder or the network is
// closed.
func (r *Recorder) enlist(p *pair) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.pairs[p] = struct{}{}
	return true
}

func (r *Recorder) dismiss(p *pair) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pairs, p)
}

// record logs the arrival of a request.
func (r *Recorder) record(c *conn, raw []byte, h *head) {
	u, _, err := requestURL(c.secure, h.host, h.target)
	if err != nil {
		u = r.origin + "/" + strings.TrimPrefix(h.target, "/")
	}
	c.network.arrived(&harness.Arrival{
		Time: time.Now(), Method: h.method, URL: u, Headers: h.header, Protocol: h.protocol,
	}, len(raw))
}

// pair is a client's connection with its connection to the server.
type pair struct {
	recorder  *Recorder
	client    *conn
	backend   net.Conn
	upgrading atomic.Bool
	answered  chan bool // whether the server agreed to an Upgrade
	refused   bool      // the server no longer takes what the client sends
}

// Write writes to the server.
func (p *pair) Write(b []byte) (int, error) {
	n, err := p.backend.Write(b)
	p.refused = err != nil
	return n, err
}

// await waits for the end of the answers, or of the client's connection.
func (p *pair) await(answers <-chan struct{}) {
	select {
	case <-answers:
	case <-p.client.closed:
	}
}

// close closes both connections.
func (p *pair) close() {
	_ = p.backend.Close()
	p.client.close(false)
}

// forward forwards requests, beginning with one whose head has been read, until
// the client leaves or the connection is no longer HTTP.
func (p *pair) forward(raw []byte, h head) error {
	c := p.client
	for {
		upgrade := h.upgrade && !h.chunked && h.length == 0
		if upgrade {
			p.upgrading.Store(true)
		}
		if _, err := p.Write(raw); err != nil {
			return err
		}
		if err := copyBody(p, c.r, &h, 0); err != nil {
			return err
		}
		if upgrade && <-p.answered {
			return p.forwardRest()
		}
		var err error
		raw, err = readHead(c.r, (*c.in)[:0])
		*c.in = raw
		if errors.Is(err, errHeadTooLarge) {
			err = nil // let the server refuse it
		} else if err != nil {
			_, _ = p.Write(raw)
			return err
		}
		if h, err = parseHead(raw); err != nil {
			if _, err := p.Write(raw); err != nil {
				return err
			}
			return p.forwardRest()
		}
		p.recorder.record(c, raw, &h)
	}
}

// forwardRest forwards what is not HTTP, or no longer HTTP.
func (p *pair) forwardRest() error {
	if _, err := io.Copy(p, p.client.r); err != nil {
		return err
	}
	return io.EOF
}

// copyAnswers copies the server's answers to the client until they end, and then
// ends the client's connection too.
func (p *pair) copyAnswers() {
	defer close(p.answered)
	buffer := make([]byte, 16<<10)
	var seen []byte // of the answer to an Upgrade
	for {
		n, err := p.backend.Read(buffer)
		if n > 0 {
			if _, err := p.client.stream.Write(buffer[:n]); err != nil {
				p.client.close(false)
				return
			}
		}
		if n > 0 && p.upgrading.Load() {
			seen = append(seen, buffer[:n]...)
			if len(seen) >= len("HTTP/1.1 101") {
				p.upgrading.Store(false)
				p.answered <- string(seen[len("HTTP/1.1 "):len("HTTP/1.1 101")]) == "101"
				seen = nil
			}
		}
		if err != nil {
			p.end(err)
			return
		}
	}
}

// end ends the client's connection as the server ended its own. After an orderly
// end, the client has a moment to end it too.
func (p *pair) end(err error) {
	if !errors.Is(err, io.EOF) {
		p.client.close(errors.Is(err, syscall.ECONNRESET))
		return
	}
	p.client.closeWrite()
	_ = p.client.tcp.SetReadDeadline(time.Now().Add(maxLingerTime))
}

// recorders are the recorders of a network.
type recorders struct {
	mu     sync.RWMutex
	origin map[string]*Recorder
	names  map[string]int // how many recorders a host name has
}

// at returns the recorder at an origin, or nil.
func (rs *recorders) at(origin string) *Recorder {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.origin[origin]
}

// has says whether a host name has a recorder.
func (rs *recorders) has(name string) bool {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.names[name] > 0
}

// add adds a recorder, unless its origin has one.
func (rs *recorders) add(r *Recorder) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.origin == nil {
		rs.origin, rs.names = map[string]*Recorder{}, map[string]int{}
	}
	if rs.origin[r.origin] != nil {
		return false
	}
	rs.origin[r.origin] = r
	rs.names[r.name]++
	return true
}

// remove removes a recorder.
func (rs *recorders) remove(r *Recorder) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.origin[r.origin] == r {
		delete(rs.origin, r.origin)
		if rs.names[r.name]--; rs.names[r.name] == 0 {
			delete(rs.names, r.name)
		}
	}
}
