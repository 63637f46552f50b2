package servers

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corsproof/corsproof/harness"
)

const (
	// maxBody bounds what is read of a request body.
	maxBody = 64 << 20
	// maxLinger bounds what is read from a client after the last answer to it.
	maxLinger     = 4 << 20
	maxLingerTime = time.Second
	// tlsHandshake is the first byte of a TLS connection.
	tlsHandshake = 0x16
)

var (
	readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}
	buffers = sync.Pool{New: func() any { b := make([]byte, 0, 2<<10); return &b }}
)

// conn is a connection that a client opened.
type conn struct {
	network   *Network
	tcp       net.Conn
	stream    net.Conn // tcp, or the TLS on it
	secure    bool
	r         *bufio.Reader
	in, out   *[]byte
	peeked    chan struct{} // closed when the client sent more, or left
	left      error         // why it left; read it only after peeked is closed
	answering atomic.Pointer[harness.Arrival]
	closing   sync.Once
	closed    chan struct{}
}

// newConn wraps a TCP connection.
func newConn(n *Network, tcp net.Conn) *conn {
	return &conn{network: n, tcp: tcp, closed: make(chan struct{})}
}

// close closes the TCP connection, and ends whatever reads or writes there.
func (c *conn) close(reset bool) {
	c.closing.Do(func() {
		if tcp, ok := c.tcp.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = c.tcp.Close()
		close(c.closed)
	})
}

// release returns the buffers to their pools, once nothing uses the connection.
func (c *conn) release() {
	c.join()
	if c.r != nil {
		c.r.Reset(nil)
		readers.Put(c.r)
	}
	for _, b := range []*[]byte{c.in, c.out} {
		if b != nil && cap(*b) <= 64<<10 {
			buffers.Put(b)
		}
	}
}

// serve serves the connection until it ends.
func (c *conn) serve() {
	var first [1]byte
	if _, err := io.ReadFull(c.tcp, first[:]); err != nil {
		return // a spare connection, never used
	}
	sniffed := &sniffedConn{Conn: c.tcp, owner: c, first: first[:]}
	c.stream = sniffed
	if first[0] == tlsHandshake {
		c.secure = true
		t := tls.Server(sniffed, c.network.tls)
		if t.Handshake() != nil {
			return
		}
		if t.ConnectionState().NegotiatedProtocol == "h2" {
			c.network.h2conns.give(t)
			<-c.closed
			return
		}
		c.stream = t
	}
	c.r = readers.Get().(*bufio.Reader)
	c.r.Reset(c.stream)
	c.in, c.out = buffers.Get().(*[]byte), buffers.Get().(*[]byte)
	for c.serveOne() {
	}
}

// serveOne serves one request and says whether another may follow.
func (c *conn) serveOne() bool {
	c.join()
	raw, err := readHead(c.r, (*c.in)[:0])
	*c.in = raw
	if errors.Is(err, errHeadTooLarge) {
		return c.refuse(431, err)
	}
	if err != nil {
		return false
	}
	h, err := parseHead(raw)
	if err != nil {
		return c.refuse(400, err)
	}
	url, origin, err := requestURL(c.secure, h.host, h.target)
	if err != nil {
		return c.refuse(400, err)
	}
	if r := c.network.recorders.at(url[:origin]); r != nil {
		r.serve(c, raw, h)
		return false
	}
	arrival := &harness.Arrival{Time: time.Now(), Method: h.method, URL: url, Headers: h.header, Protocol: h.protocol}
	c.network.arrived(arrival, len(raw))
	c.answering.Store(arrival)
	defer c.answering.Store(nil)
	if h.expectContinue && (h.chunked || h.length > 0) {
		if _, err := io.WriteString(c.stream, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return false
		}
	}
	var gone net.Error
	switch err := copyBody(io.Discard, c.r, &h, maxBody); {
	case err == nil:
	case errors.Is(err, errBodyTooLarge):
		return c.refuse(413, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.As(err, &gone):
		return false
	default:
		return c.refuse(400, err)
	}
	reply := c.network.answer(arrival, origin, h.isPreflight())
	c.network.log.answered(arrival, &reply)
	return c.write(&reply, &h) && !h.close
}

// refuse answers a request that cannot be served, and ends the connection.
func (c *conn) refuse(status int, err error) bool {
	r := problem(status, err.Error())
	r.Close = true
	b, _ := r.appendTo((*c.out)[:0], "GET", false)
	*c.out = b
	if _, err := c.stream.Write(b); err != nil {
		return false
	}
	c.linger()
	return false
}

// linger ends the connection of a client that may still be sending. Closing with
// unread bytes makes TCP send a reset, and the client would lose the answer.
func (c *conn) linger() {
	c.closeWrite()
	_ = c.tcp.SetReadDeadline(time.Now().Add(maxLingerTime))
	_, _ = io.CopyN(io.Discard, c.stream, maxLinger)
}

// closeWrite tells the client that nothing more comes.
func (c *conn) closeWrite() {
	if t, ok := c.stream.(*tls.Conn); ok {
		_ = t.CloseWrite()
	}
	if tcp, ok := c.tcp.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// write writes a reply and says whether the connection can be used again.
func (c *conn) write(r *Reply, h *head) bool {
	switch {
	case r.Hang:
		c.pause(0, make(chan struct{}))
		return false
	case (r.After > 0 || r.Until != nil) && !c.pause(r.After, r.Until):
		return false
	case r.drops():
		c.close(r.Reset)
		return false
	}
	b, f := r.appendTo((*c.out)[:0], h.method, h.protocol == "HTTP/1.0")
	left := r.DropAfter
	for i := -1; ; {
		last := i+1 == len(r.Chunks) || !f.body
		if last && f.chunked {
			b = append(b, "0\r\n\r\n"...)
		}
		*c.out = b
		cut := r.DropAfter > 0 && len(b) >= left
		if cut {
			b = b[:left]
		}
		left -= len(b)
		if len(b) > 0 {
			if _, err := c.stream.Write(b); err != nil {
				return false
			}
		}
		switch {
		case cut:
			c.close(r.Reset)
			return false
		case last:
			if f.close {
				_ = c.stream.Close() // over TLS, this sends close_notify
			}
			return !f.close
		}
		i++
		chunk := &r.Chunks[i]
		if !c.pause(chunk.After, chunk.Until) {
			return false
		}
		b = f.appendPart((*c.out)[:0], chunk.Text)
	}
}

// pause waits for a time to pass and for a channel to close, unless it is nil. It
// is false where the client left before, or the network closed.
func (c *conn) pause(d time.Duration, until <-chan struct{}) bool {
	if d <= 0 && until == nil {
		return true
	}
	c.watch()
	timer := time.NewTimer(d)
	defer timer.Stop()
	passed, peeked := timer.C, c.peeked
	for passed != nil || until != nil {
		select {
		case <-passed:
			passed = nil
		case <-until:
			until = nil
		case <-peeked:
			if c.left != nil {
				return false
			}
			peeked = nil // it sent its next request, which can wait
		case <-c.network.ctx.Done():
			return false
		}
	}
	return true
}

// watch waits for the client to leave. Nobody else may read before [conn.join].
func (c *conn) watch() {
	if c.peeked != nil {
		return
	}
	peeked := make(chan struct{})
	c.peeked = peeked
	go func() {
		defer close(peeked)
		_, c.left = c.r.Peek(1)
	}()
}

// join ends the watch: it waits until the client sends its next request or
// leaves.
func (c *conn) join() {
	if c.peeked != nil {
		<-c.peeked
		c.peeked = nil
	}
}

// sniffedConn is a TCP connection whose first byte was read already.
type sniffedConn struct {
	net.Conn
	owner *conn
	first []byte
}

// Read returns the first byte again, then what follows.
func (s *sniffedConn) Read(p []byte) (int, error) {
	if len(s.first) > 0 && len(p) > 0 {
		n := copy(p, s.first)
		s.first = nil
		return n, nil
	}
	return s.Conn.Read(p)
}

// Close closes the TCP connection and signals the goroutine that serves it.
func (s *sniffedConn) Close() error {
	s.owner.close(false)
	return nil
}
