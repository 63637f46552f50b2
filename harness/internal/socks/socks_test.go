package socks

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestByRules(t *testing.T) {
	lead := ByRules([]string{"MAP *.test 127.0.0.1:1", "MAP one.example 127.0.0.1:2", "EXCLUDE x.test"})
	for host, want := range map[string]string{
		"api.test": "127.0.0.1:1", "a.B.TEST": "127.0.0.1:1", "one.example": "127.0.0.1:2",
		"test": "", ".test": "", "two.example": "", "api.test.": "", "127.0.0.1": "",
	} {
		if got := lead(host, 443); got != want {
			t.Errorf("%q leads to %q, want %q", host, got, want)
		}
	}
}

// proxied returns a client that reaches everything through the proxy.
func proxied(p *Proxy) *http.Client {
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "socks5h", Host: p.Addr()})}}
}

func serve(t *testing.T, lead Lead) *Proxy {
	t.Helper()
	p, err := Serve("127.0.0.1:0", lead, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestServe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer server.Close()
	p := serve(t, ByRules([]string{"MAP *.test " + server.Listener.Addr().String()}))
	client := proxied(p)
	defer client.CloseIdleConnections()
	response, err := client.Get("http://api.test:8080/")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if string(body) != "api.test:8080" {
		t.Errorf("got %q", body)
	}
	for host, want := range map[string]string{"other.example": "not allowed", "[::1]:1": "not allowed", "127.0.0.1:1": "not allowed"} {
		if _, err := client.Get("http://" + host + "/"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", host, err, want)
		}
	}
}

func TestTargetDoesNotListen(t *testing.T) {
	p := serve(t, func(string, uint16) string { return "127.0.0.1:1" })
	if _, err := proxied(p).Get("http://api.test/"); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("got %v", err)
	}
}

// A reset of the server arrives as a reset.
func TestReset(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = c.Read(make([]byte, 1))
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}()
	p := serve(t, func(string, uint16) string { return listener.Addr().String() })
	if _, err := proxied(p).Get("http://api.test/"); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}
}

// Bytes that are not SOCKS 5 end the connection, and Close ends every open connection.
func TestNonsenseAndClose(t *testing.T) {
	for _, sent := range []string{"\x04\x01", "\x05\x01\x02", "\x05\x01\x00\x05\x02\x00\x01", "\x05\x01\x00\x05\x01\x00\x09", "GET / HTTP/1.1\r\n"} {
		p := serve(t, func(string, uint16) string { return "" })
		c, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(c, sent)
		if _, err := io.ReadAll(c); errors.Is(err, net.ErrClosed) || err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("%q: %v", sent, err)
		}
		_ = c.Close()
	}
	for range 500 { // the proxy may close while it takes the connection
		p := serve(t, func(string, uint16) string { return "" })
		c, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := c.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Fatalf("a connection is open after Close: %v", err)
		}
		_ = c.Close()
	}
}

// guard lets hosts pass that are in its list, and notes which were not reached.
type guard struct {
	mu        sync.Mutex
	trusts    string
	asked     []string
	unreached []string
}

func (g *guard) Hello(_ context.Context, host string, _ uint16, _ string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, host)
	if host != g.trusts {
		return errors.New("not trusted")
	}
	return nil
}

func (g *guard) Dialled(host string, _ uint16, err error) {
	if err == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unreached = append(g.unreached, host)
}

// A guard judges connections that begin with TLS, and no others.
func TestGuard(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	dead := httptest.NewServer(nil)
	dead.Close()
	g := &guard{trusts: "good.test"}
	p, err := Serve("127.0.0.1:0", ByRules([]string{
		"MAP plain.test " + plain.Listener.Addr().String(), "MAP dead.test " + dead.Listener.Addr().String(), "MAP *.test " + secure.Listener.Addr().String(),
	}), g)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	client := proxied(p)
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the guard judges
	defer client.CloseIdleConnections()
	for url, passes := range map[string]bool{"https://good.test/": true, "https://bad.test/": false, "http://plain.test/": true, "http://dead.test/": false} {
		response, err := client.Get(url)
		if (err == nil) != passes {
			t.Errorf("%s: %v", url, err)
		}
		if err == nil {
			_ = response.Body.Close()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	slices.Sort(g.asked)
	if !slices.Equal(slices.Compact(g.asked), []string{"bad.test", "good.test"}) || !slices.Equal(g.unreached, []string{"dead.test"}) {
		t.Errorf("asked about %v, not reached %v", g.asked, g.unreached)
	}
}
