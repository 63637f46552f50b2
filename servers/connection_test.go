package servers

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

const empty200 = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

func TestConnectionIsKeptAndSniffed(t *testing.T) {
	t.Parallel()
	n := start(t)
	p := n.Add(Case{})
	for _, scheme := range []string{"http", "https"} {
		var c net.Conn
		if scheme == "http" {
			c = dial(t, n)
		} else {
			c = dialTLS(t, n, "api.test", "http/1.1")
		}
		url := p.URL(scheme + "://api.test")
		for range 3 {
			send(t, c, request("GET", url))
			receive(t, c, empty200)
		}
		if got := len(n.Arrivals(0, []string{url})); got != 3 {
			t.Errorf("%d arrivals at %s, want 3", got, url)
		}
	}
}

func TestRequestBodyIsReadAndDiscarded(t *testing.T) {
	t.Parallel()
	n := start(t)
	url := n.Add(Case{}).URL("http://api.test")
	c := dial(t, n)
	send(t, c, request("POST", url, "Content-Length: 5")+"hello")
	receive(t, c, empty200)
	send(t, c, request("POST", url, "Transfer-Encoding: chunked")+"5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n")
	receive(t, c, empty200)
	send(t, c, request("POST", url, "Content-Length: 200000")+strings.Repeat("x", 200_000))
	receive(t, c, empty200)
	send(t, c, request("POST", url, "Content-Length: 5", "Expect: 100-continue"))
	receive(t, c, "HTTP/1.1 100 Continue\r\n\r\n")
	send(t, c, "hello")
	receive(t, c, empty200)
	send(t, c, request("GET", url, "Connection: close"))
	receiveAll(t, c, empty200)
}

func TestConnectionRefusesWhatIsMalformed(t *testing.T) {
	t.Parallel()
	n := start(t)
	for name, c := range map[string]struct{ request, status string }{
		"no HTTP":       {"hello\r\n\r\n", "400 Bad Request"},
		"no Host":       {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
		"folded line":   {"GET / HTTP/1.1\r\nHost: api.test\r\n x\r\n\r\n", "400 Bad Request"},
		"bad chunk":     {"POST / HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400 Bad Request"},
		"long head":     {"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", maxHead) + "\r\n\r\n", "431 Request Header Fields Too Large"},
		"long body":     {"POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: 99999999\r\n\r\n" + strings.Repeat("x", 1<<20), "413 Request Entity Too Large"},
		"HTTP/2, plain": {"PRI * HTTP/2.0\r\n\r\n", "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, n)
			send(t, conn, c.request)
			_ = conn.(*net.TCPConn).CloseWrite()
			got, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 "+c.status+"\r\n") ||
				!strings.Contains(string(got), "\r\n\r\ncorsproof fixture network: ") {
				t.Errorf("received %q (%v), want a %s that says why", got, err, c.status)
			}
		})
	}
}

func TestResetIsAReset(t *testing.T) {
	t.Parallel()
	n := start(t)
	for _, r := range []Reply{{Reset: true}, {Reset: true, Drop: true}} {
		c := dial(t, n)
		send(t, c, request("GET", n.Add(Case{Reply: r}).URL("http://api.test")))
		if got, err := io.ReadAll(c); len(got) > 0 || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("received %q (%v), want a reset", got, err)
		}
	}
	c := dial(t, n)
	send(t, c, request("GET", n.Add(Case{Reply: Reply{Reset: true, DropAfter: 4}}).URL("http://api.test")))
	got, err := io.ReadAll(c)
	if len(got) > 4 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("received %q (%v), want a reset after at most 4 bytes", got, err)
	}
}

// crypto/tls reads an end without close_notify as an ordinary end, so this test
// counts the bytes below TLS.
func TestDropOverTLSSaysNoFarewell(t *testing.T) {
	t.Parallel()
	n := start(t)
	wire := func(r Reply) int {
		raw := &countingConn{Conn: dial(t, n)}
		c := tls.Client(raw, &tls.Config{ServerName: "api.test", RootCAs: pool(t, n)})
		send(t, c, request("GET", n.Add(Case{Reply: r}).URL("https://api.test")))
		receiveAll(t, c, empty200)
		return raw.read
	}
	dropped, farewell := wire(Reply{DropAfter: len(empty200)}), wire(Reply{Close: true})
	if alert := farewell - dropped; alert < 10 || alert > 40 {
		t.Errorf("a drop sends %d bytes, an orderly end %d; want the difference of one alert", dropped, farewell)
	}
}

// countingConn counts what is read.
type countingConn struct {
	net.Conn
	read int
}

func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read += n
	return n, err
}

// The chunks come one by one: each only after its channel closed.
func TestTrickle(t *testing.T) {
	t.Parallel()
	n := start(t)
	head, one, two := make(chan struct{}), make(chan struct{}), make(chan struct{})
	p := n.Add(Case{Reply: Reply{Until: head, Body: "zero", Chunks: []Chunk{{Until: one, Text: "one"}, {Until: two, Text: "two"}}}})
	url := p.URL("http://api.test")
	c := dial(t, n)
	r := bufio.NewReader(c)
	send(t, c, request("GET", url))
	until(t, "the request arrived", func() bool { return len(n.Arrivals(0, []string{url})) == 1 })
	silent(t, c, r)
	close(head)
	receive(t, r, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nzero\r\n")
	silent(t, c, r)
	close(one)
	receive(t, r, "3\r\none\r\n")
	silent(t, c, r)
	close(two)
	receive(t, r, "3\r\ntwo\r\n0\r\n\r\n")
	send(t, c, request("GET", url)) // the connection can still be used
	receive(t, r, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nzero\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
}

// silent fails the test if anything comes within a short while.
func silent(t *testing.T, c net.Conn, r *bufio.Reader) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	var timeout net.Error
	if _, err := r.Peek(1); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Fatalf("something came that should have waited (%v)", err)
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
}

func TestAfter(t *testing.T) {
	t.Parallel()
	n := start(t)
	p := n.Add(Case{Reply: Reply{After: 30 * time.Millisecond, Chunks: []Chunk{{After: 30 * time.Millisecond, Text: "x"}}}})
	c := dial(t, n)
	before := time.Now()
	send(t, c, request("GET", p.URL("http://api.test")))
	receive(t, c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	if passed := time.Since(before); passed < 30*time.Millisecond {
		t.Errorf("the head came after %v, want 30ms", passed)
	}
	receive(t, c, "1\r\nx\r\n0\r\n\r\n")
	if passed := time.Since(before); passed < 60*time.Millisecond {
		t.Errorf("the body came after %v, want 60ms", passed)
	}
}

// A client that sends its next request early has not left.
func TestNextRequestWaitsForTheAnswer(t *testing.T) {
	t.Parallel()
	n := start(t)
	hold := make(chan struct{})
	p := n.Add(Case{Reply: Reply{Until: hold}})
	c := dial(t, n)
	send(t, c, request("GET", p.URL("http://api.test"))+request("GET", p.URL("http://api.test")))
	until(t, "the request arrived", func() bool { return n.LastSeq() == 1 })
	close(hold)
	receive(t, c, empty200+empty200)
}

func TestHangEndsWithTheClient(t *testing.T) {
	t.Parallel()
	n := start(t)
	for name, r := range map[string]Reply{
		"hang":   {Hang: true},
		"after":  {After: time.Hour},
		"until":  {Until: make(chan struct{})},
		"chunks": {Chunks: []Chunk{{After: time.Hour}}},
	} {
		c := dial(t, n)
		before := n.LastSeq()
		send(t, c, request("GET", n.Add(Case{Reply: r}).URL("http://api.test")))
		until(t, "the request arrived", func() bool { return n.LastSeq() == before+1 })
		_ = c.Close()
		until(t, name+": the connection ended", func() bool {
			n.mu.Lock()
			defer n.mu.Unlock()
			return len(n.conns) == 0
		})
	}
}

func TestHangEndsWithTheNetwork(t *testing.T) {
	t.Parallel()
	n := start(t)
	c := dialTLS(t, n, "api.test")
	send(t, c, request("GET", n.Add(Case{Reply: Reply{Hang: true}}).URL("https://api.test")))
	until(t, "the request arrived", func() bool { return n.LastSeq() == 1 })
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	receiveAll(t, c, "")
}

// One of many cases on a kept connection, as in the project's benchmark.
func BenchmarkHTTP1(b *testing.B) {
	for _, scheme := range []string{"http", "https"} {
		b.Run(scheme, func(b *testing.B) {
			n := start(b)
			p := n.Add(Case{Reply: Reply{
				Header: append(Allow("https://app.test"), harness.Field{Name: "Content-Type", Value: "text/plain"}), Body: "hello",
			}})
			var c net.Conn = dial(b, n)
			if scheme == "https" {
				c = dialTLS(b, n, "api.test", "http/1.1")
			}
			_ = c.SetDeadline(time.Time{})
			ask := []byte(request("GET", p.URL(scheme+"://api.test"), "Connection: keep-alive", "Origin: https://app.test",
				"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
				"Accept: */*", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Accept-Encoding: gzip, deflate, br, zstd"))
			answer, _ := p.answer.Reply.appendTo(nil, http.MethodGet, false)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Write(ask); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c, answer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
