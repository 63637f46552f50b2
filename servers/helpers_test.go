package servers

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// start returns a network that runs until the test ends.
func start(t testing.TB) *Network {
	t.Helper()
	n := &Network{}
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// dial opens a plain connection. No read or write on it waits longer than 20
// seconds.
func dial(t testing.TB, n *Network) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", n.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// pool returns a pool with the network's CA only.
func pool(t testing.TB, n *Network) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(n.CACertificate()) {
		t.Fatal("CACertificate is no certificate in PEM")
	}
	return pool
}

// dialTLS opens a TLS connection to a name.
func dialTLS(t testing.TB, n *Network, name string, protocols ...string) *tls.Conn {
	t.Helper()
	c := tls.Client(dial(t, n), &tls.Config{ServerName: name, RootCAs: pool(t, n), NextProtos: protocols})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	return c
}

// send writes the text to a connection.
func send(t testing.TB, c io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// receive reads as many bytes as want has, and compares.
func receive(t testing.TB, c io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(c, got)
	if err != nil || string(got) != want {
		t.Fatalf("received %q (%v), want %q", got[:n], err, want)
	}
}

// receiveAll reads until the other side ends the connection, and compares.
func receiveAll(t testing.TB, c io.Reader, want string) {
	t.Helper()
	got, err := io.ReadAll(c)
	if err != nil || string(got) != want {
		t.Fatalf("received %q (%v), want %q", got, err, want)
	}
}

// request is a request for the path of a URL of the network.
func request(method, url string, lines ...string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	head := method + " /" + path + " HTTP/1.1\r\nHost: " + host + "\r\n"
	for _, line := range lines {
		head += line + "\r\n"
	}
	return head + "\r\n"
}

// client returns an http.Client that reaches the network.
func client(t testing.TB, n *Network) *http.Client {
	t.Helper()
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, n.Addr())
		},
		TLSClientConfig:   &tls.Config{RootCAs: pool(t, n)},
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

// until waits for a condition that has no event of its own.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("timed out while waiting until %s", what)
		}
	}
}

// backend is a server on a port of its own; a test decides what it does with each
// connection.
type backend struct {
	addr string

	mu   sync.Mutex
	read strings.Builder // every byte that it received
}

// got returns every byte that the backend received.
func (b *backend) got() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read.String()
}

// backendConn is a connection to a backend.
type backendConn struct {
	net.Conn
	t testing.TB
	r *bufio.Reader
}

// newBackend starts a backend.
func newBackend(t testing.TB, serve func(*backendConn)) *backend {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{addr: listener.Addr().String()}
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			running.Add(1)
			go func() {
				defer running.Done()
				defer func() { _ = c.Close() }()
				serve(&backendConn{Conn: c, t: t, r: bufio.NewReader(io.TeeReader(c, b))})
			}()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		running.Wait()
	})
	return b
}

// Write records what was read.
func (b *backend) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read.Write(p)
}

// readHead reads through an empty line.
func (b *backendConn) readHead() {
	for {
		line, err := b.r.ReadString('\n')
		if err != nil || line == "\r\n" {
			return
		}
	}
}

// write writes an answer.
func (b *backendConn) write(text string) { _, _ = io.WriteString(b.Conn, text) }
