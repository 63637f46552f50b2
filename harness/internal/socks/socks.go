// Package socks is a SOCKS5 proxy that leads host names to addresses of our choice. A browser
// that takes no rules for host names, such as Firefox or a Chrome that somebody else started,
// reaches the fixture network through it, by clean names and on every port.
//
// It has what browsers use of https://www.rfc-editor.org/rfc/rfc1928: CONNECT, without a
// password.
package socks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Lead says where a connection to a host leads, as HOST:PORT. The host is a name, or an IP
// address without brackets. An empty answer refuses the connection. It is called from many
// goroutines.
type Lead func(host string, port uint16) string

// Proxy is a proxy that runs. Its methods may be called from many goroutines.
type Proxy struct {
	listener net.Listener
	lead     Lead
	guard    Guard
	ctx      context.Context // done when the proxy closes
	stop     context.CancelFunc

	mu      sync.Mutex
	conns   map[net.Conn]struct{} // nil once the proxy is closed
	running sync.WaitGroup
}

// Guard judges the connections of a Proxy. Its methods are called from many goroutines.
type Guard interface {
	// Hello is asked before the first message of TLS goes to a server at an address. An error
	// ends the connection.
	Hello(ctx context.Context, host string, port uint16, address string) error
	// Dialled is told how a connection to the server failed, with nil where it did not.
	Dialled(host string, port uint16, err error)
}

// Serve starts a proxy at an address, such as "127.0.0.1:0". A guard of nil lets every connection
// pass. Close ends the proxy.
func Serve(address string, lead Lead, guard Guard) (*Proxy, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("start a SOCKS proxy: %w", err)
	}
	p := &Proxy{listener: listener, lead: lead, guard: guard, conns: map[net.Conn]struct{}{}}
	p.ctx, p.stop = context.WithCancel(context.Background())
	p.running.Add(1)
	go p.accept()
	return p, nil
}

// Addr is the address of the proxy, such as "127.0.0.1:40001".
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Close ends the proxy and its connections, and waits until its goroutines have ended. It may
// be called twice.
func (p *Proxy) Close() error {
	p.stop()
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.running.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// accept takes connections until the listener closes.
func (p *Proxy) accept() {
	defer p.running.Done()
	for {
		c, err := p.listener.Accept()
		switch {
		case p.ctx.Err() != nil:
			if err == nil { // it came while the proxy closed
				_ = c.Close()
			}
			return
		case err != nil: // such as: too many open files
			select {
			case <-p.ctx.Done():
				return
			case <-time.After(5 * time.Millisecond):
				continue
			}
		}
		p.running.Go(func() {
			if p.keep(c) {
				defer p.forget(c)
				p.serve(c)
			}
		})
	}
}

// keep lists a connection that Close ends. It is false where the proxy is closed.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil {
		_ = c.Close()
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

// forget closes a connection.
func (p *Proxy) forget(c net.Conn) {
	_ = c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// serve serves one client: its wish, and then the bytes in both directions.
func (p *Proxy) serve(client net.Conn) {
	_ = client.SetDeadline(time.Now().Add(handshakeLimit))
	host, port, err := readWish(client)
	if err != nil {
		return
	}
	address := p.lead(host, port)
	if address == "" {
		_ = reply(client, notAllowed)
		return
	}
	var dialer net.Dialer
	ctx, cancel := context.WithTimeout(p.ctx, handshakeLimit)
	server, err := dialer.DialContext(ctx, "tcp", address)
	cancel()
	if p.guard != nil && p.ctx.Err() == nil {
		p.guard.Dialled(host, port, err)
	}
	if err != nil {
		_ = reply(client, refused)
		return
	}
	if !p.keep(server) {
		return
	}
	defer p.forget(server)
	if reply(client, succeeded) != nil {
		return
	}
	_ = client.SetDeadline(time.Time{})
	if p.guard != nil && !p.passed(client, server, host, port) {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		relay(server, client)
	}()
	relay(client, server)
	<-done
}

// handshake is the first byte of a client that speaks TLS.
// https://www.rfc-editor.org/rfc/rfc8446#section-5.1
const handshake = 22

// passed says whether the guard lets the client's first bytes pass, and hands them on.
func (p *Proxy) passed(client, server net.Conn, host string, port uint16) bool {
	first := make([]byte, 1)
	n, err := client.Read(first)
	if n == 0 || err != nil {
		return false
	}
	if first[0] == handshake {
		ctx, cancel := context.WithTimeout(p.ctx, handshakeLimit)
		defer cancel()
		if p.guard.Hello(ctx, host, port, server.RemoteAddr().String()) != nil {
			return false
		}
	}
	_, err = server.Write(first)
	return err == nil
}

// handshakeLimit bounds what comes before the first byte of the client's own.
const handshakeLimit = 30 * time.Second

// relay copies until the source ends, and ends the destination in the same way: a reset
// connection looks different to a browser from an ended one.
func relay(to, from net.Conn) {
	_, err := io.Copy(to, from)
	ended, ok := to.(*net.TCPConn)
	switch {
	case err == nil && ok:
		_ = ended.CloseWrite()
	case ok:
		_ = ended.SetLinger(0)
		fallthrough
	default:
		_ = to.Close()
		_ = from.Close()
	}
}
