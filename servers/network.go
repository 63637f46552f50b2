package servers

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// Network is the fixture network: any number of servers under names that end in
// .test or .localhost, with http and https, on any port.
//
//	var net servers.Network
//	if err := net.Start(); err != nil { ... }
//	defer net.Close()
//	chrome := harness.Browser{Network: &net}
//
// The zero value is ready to be started. Cases, names and recorders may be added
// and removed at any time, before Start too.
//
// There is one listener, on loopback. It tells TLS from plain HTTP by the first
// byte of a connection (22 begins a TLS handshake and no HTTP method), and one
// server from another by name. So one host rule leads every name and port there,
// and a new server needs no restart of the browser. With one listener for TLS and
// one for plain HTTP, the rule would have to list all ports.
type Network struct {
	harness.NetworkBase

	// OnArrival, unless nil, gets every arrival before it is answered. It is
	// called from many goroutines and must return at once. Set it before Start.
	OnArrival func(harness.Arrival)

	cases     cases
	log       arrivals
	recorders recorders
	http2     http2Names
	http3     http3Names

	mu        sync.Mutex
	state     state
	listener  net.Listener
	ctx       context.Context // done when the network closes
	stop      context.CancelFunc
	authority *authority
	tls       *tls.Config
	h2conns   *handoff
	conns     map[*conn]struct{}
	running   sync.WaitGroup // never grows once state is closed
	patience  time.Duration  // how long Close waits for answers; 0 means 5 s
}

// state is the stage in the life of a Network.
type state int

const (
	unstarted state = iota
	started
	closed
)

var _ harness.Network = (*Network)(nil)

// Start listens. A Network is started once.
func (n *Network) Start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch n.state {
	case started:
		return errors.New("fixture network is started already")
	case closed:
		return errors.New("fixture network is closed")
	}
	authority, err := newAuthority()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("fixture network: %w", err)
	}
	n.state = started
	n.listener, n.authority = listener, authority
	n.ctx, n.stop = context.WithCancel(context.Background())
	n.conns = map[*conn]struct{}{}
	n.tls = n.serverConfig()
	n.h2conns = &handoff{addr: listener.Addr(), conns: make(chan net.Conn), done: n.ctx.Done()}
	h2 := &http.Server{Handler: http.HandlerFunc(n.serveMultiplexed), ErrorLog: log.New(io.Discard, "", 0)}
	n.running.Add(2)
	go func() {
		defer n.running.Done()
		n.accept(listener)
	}()
	go func() {
		defer n.running.Done()
		_ = h2.Serve(n.h2conns) // until Close; that closes the connections too
	}()
	return nil
}

// accept takes connections until the listener closes.
func (n *Network) accept(listener net.Listener) {
	for {
		tcp, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of file descriptors, or the client has left already: wait a
			// moment and try again.
			select {
			case <-n.ctx.Done():
				return
			case <-time.After(5 * time.Millisecond):
				continue
			}
		}
		c := newConn(n, tcp)
		n.mu.Lock()
		if n.state == closed {
			n.mu.Unlock()
			_ = tcp.Close()
			return
		}
		n.conns[c] = struct{}{}
		n.running.Add(1)
		n.mu.Unlock()
		go func() {
			defer n.running.Done()
			defer n.forget(c)
			c.serve()
		}()
	}
}

// forget closes a connection and removes it from the network.
func (n *Network) forget(c *conn) {
	c.close(false)
	n.mu.Lock()
	delete(n.conns, c)
	n.mu.Unlock()
	c.release()
}

// Close closes the listener and all connections, ends every answer that waits,
// and returns when all its goroutines have ended. It may be called twice, and
// without a Start. Close waits up to five seconds for an Answer that does not
// return; then its error names the request.
func (n *Network) Close() error {
	n.mu.Lock()
	if n.state != started {
		n.state = closed
		n.mu.Unlock()
		return nil
	}
	n.state = closed
	n.stop()
	_ = n.listener.Close()
	for c := range n.conns {
		c.close(false)
	}
	patience := n.patience
	n.mu.Unlock()
	if patience == 0 {
		patience = 5 * time.Second
	}
	left := make(chan struct{})
	go func() {
		n.running.Wait()
		close(left)
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-left:
		return nil
	case <-timer.C:
		return fmt.Errorf("fixture network: still answering after %v: %s", patience, strings.Join(n.unanswered(), ", "))
	}
}

// unanswered names the requests that are being answered.
func (n *Network) unanswered() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []string
	for c := range n.conns {
		if a := c.answering.Load(); a != nil {
			names = append(names, a.Method+" "+a.URL)
		}
	}
	names = append(names, n.http2.unanswered()...)
	if names == nil {
		names = []string{"a connection without a request"}
	}
	sort.Strings(names)
	return names
}

// Addr returns the address of the listener, such as 127.0.0.1:40001, and an empty
// string before Start.
func (n *Network) Addr() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listener == nil {
		return ""
	}
	return n.listener.Addr().String()
}

// HostRules are the rules by which Chrome reaches the names, for its flag
// --host-resolver-rules. There are none before Start. A name with a dot at its
// end matches rules of its own, and works with http only: Chrome sends the dot in
// its TLS handshake, and crypto/tls refuses it.
func (n *Network) HostRules() []string {
	addr := n.Addr()
	if addr == "" {
		return nil
	}
	var rules []string
	for _, names := range []string{"*.test", "*.localhost", "*.test.", "*.localhost."} {
		rules = append(rules, "MAP "+names+" "+addr)
	}
	return rules
}

// KeyPins are the base64 SHA-256 hashes of the public keys to trust, for Chrome's
// flag --ignore-certificate-errors-spki-list. There is one, of the throw-away CA,
// which every connection sends in its chain, and none before Start. Chrome obeys
// that flag only together with --user-data-dir.
func (n *Network) KeyPins() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.authority == nil {
		return nil
	}
	return []string{n.authority.pin()}
}

// CACertificate returns the certificate of the throw-away CA in PEM, for clients
// other than browsers. Its key never leaves memory. Nil before Start.
func (n *Network) CACertificate() []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.authority == nil {
		return nil
	}
	return n.authority.pem()
}

// serverConfig returns the TLS configuration. It is called by Start.
func (n *Network) serverConfig() *tls.Config {
	plain := &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: n.authority.certificate,
	}
	both := plain.Clone()
	both.NextProtos = []string{"h2", "http/1.1"}
	config := plain.Clone()
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if n.offersHTTP2(hello.ServerName) {
			return both, nil
		}
		return plain, nil
	}
	return config
}
