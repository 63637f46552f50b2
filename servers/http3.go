package servers

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/quic-go/quic-go/http3"
)

// OfferHTTP3 makes a host name speak HTTP/3, on all its ports, beside what it speaks over
// TCP:
//
//	err := net.OfferHTTP3("h3.test")
//	chrome := harness.Browser{Network: &net, HTTP3: []string{"h3.test:443"}}
//
// The network is started before that. A browser comes by HTTP/3 only where it was told to:
// the servers announce nothing. What holds for [Network.OfferHTTP2] about the bytes of a
// [Reply] holds here, too.
func (n *Network) OfferHTTP3(host string) error {
	if !servedName(host) {
		return fmt.Errorf("host %q: want one that ends in .test or .localhost", host)
	}
	if err := n.listenQUIC(); err != nil {
		return fmt.Errorf("fixture network: HTTP/3: %w", err)
	}
	n.http3.mu.Lock()
	defer n.http3.mu.Unlock()
	if n.http3.names == nil {
		n.http3.names = map[string]bool{}
	}
	n.http3.names[canonicalName(host)] = true
	return nil
}

// http3Names are the names that speak HTTP/3, and their listener.
type http3Names struct {
	mu     sync.Mutex
	names  map[string]bool
	packet net.PacketConn
}

// has says whether a host name speaks HTTP/3.
func (h *http3Names) has(host string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.names[canonicalName(host)]
}

// listenQUIC listens at the port of the network, unless it does already: the host rules of
// a browser lead a name to one port, by TCP and by UDP.
func (n *Network) listenQUIC() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.http3.mu.Lock()
	defer n.http3.mu.Unlock()
	switch {
	case n.state != started:
		return errors.New("the network is not started")
	case n.http3.packet != nil:
		return nil
	}
	packet, err := net.ListenPacket("udp4", n.listener.Addr().String())
	if err != nil {
		return err
	}
	n.http3.packet = packet
	server := &http3.Server{Handler: http.HandlerFunc(n.serveMultiplexed), TLSConfig: http3.ConfigureTLSConfig(n.quicConfig())}
	context.AfterFunc(n.ctx, func() {
		_ = server.Close() // ends its connections
		_ = packet.Close()
	})
	n.running.Add(1)
	go func() {
		defer n.running.Done()
		_ = server.Serve(packetConn{packet}) // until Close
	}()
	return nil
}

// errNoHTTP3 ends the handshake of a name that speaks no HTTP/3.
var errNoHTTP3 = errors.New("the name speaks no HTTP/3")

// quicConfig is the TLS configuration of HTTP/3.
func (n *Network) quicConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if !n.http3.has(hello.ServerName) {
				return nil, errNoHTTP3
			}
			return n.authority.certificate(hello)
		},
	}
}

// packetConn keeps package quic from the size of the buffers: on loopback the system's are
// large enough, and the package would write to standard error.
type packetConn struct{ net.PacketConn }

// SetReadBuffer does nothing.
func (packetConn) SetReadBuffer(int) error { return nil }

// SetWriteBuffer does nothing.
func (packetConn) SetWriteBuffer(int) error { return nil }
