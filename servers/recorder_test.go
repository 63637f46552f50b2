package servers

import (
	"errors"
	"io"
	"net"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// record puts a recorder in front of a backend.
func record(t *testing.T, n *Network, origin, backend string) *Recorder {
	t.Helper()
	r, err := n.Record(origin, backend)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecorderForwardsEveryByte(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		n := start(t)
		requests := []string{
			"POST /a?q=%20 HTTP/1.1\r\nhOST: Api.test:8443\r\nX-Dup:1\r\nx-dup:  2 \r\nX-Dup: 1\r\nContent-Length: 5\r\n\r\nhe\x00\r\n",
			"PUT /b HTTP/1.1\r\nHost: api.test:8443\r\nTransfer-Encoding: chunked\r\n\r\n05;x=y\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
			"GET /c HTTP/1.1\nHost: api.test:8443\n\n",
			"\r\nHEAD /d HTTP/1.1\r\nHost: api.test:8443\r\n\r\n",
		}
		answers := []string{
			"HTTP/1.1 200 OK\nACCESS-control-allow-origin: *\nAccess-Control-Allow-Origin: *\nContent-Length: 1\n\n\x00",
			"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: 1\r\n\r\n",
			"nothing of HTTP\r\n",
			"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n",
		}
		var arrived []int64 // when the backend had read each
		b := newBackend(t, func(c *backendConn) {
			for i, r := range requests {
				if _, err := io.ReadFull(c.r, make([]byte, len(r))); err != nil {
					return
				}
				arrived = append(arrived, n.LastSeq())
				c.write(answers[i])
			}
			_, _ = io.Copy(io.Discard, c.r)
		})
		origin := scheme + "://api.test:8443"
		rec := record(t, n, origin, b.addr)
		if rec.Origin() != origin {
			t.Errorf("origin is %q", rec.Origin())
		}
		var c net.Conn = dial(t, n)
		if scheme == "https" {
			c = dialTLS(t, n, "api.test", "h2", "http/1.1")
		}
		for i, r := range requests {
			send(t, c, r)
			receive(t, c, answers[i])
		}
		_ = c.Close()
		until(t, "the pair is closed", func() bool {
			rec.mu.Lock()
			defer rec.mu.Unlock()
			return len(rec.pairs) == 0
		})
		if got, want := b.got(), strings.Join(requests, ""); got != want {
			t.Errorf("the backend got %q, want %q", got, want)
		}
		if want := []int64{1, 2, 3, 4}; !reflect.DeepEqual(arrived, want) {
			t.Errorf("when the backend had a request, there were %v arrivals, want %v", arrived, want)
		}
		seen := n.Arrivals(0, []string{origin + "/a?q=%20", origin + "/b", origin + "/c", origin + "/d"})
		if len(seen) != 4 || seen[3].Method != "HEAD" {
			t.Fatalf("arrivals are %+v", seen)
		}
		want := harness.Header{field("hOST", "Api.test:8443"), field("X-Dup", "1"), field("x-dup", "2"), field("X-Dup", "1"), field("Content-Length", "5")}
		if !reflect.DeepEqual(seen[0].Headers, want) {
			t.Errorf("headers are %q, want %q", seen[0].Headers, want)
		}
		if rec.Err() != nil {
			t.Error(rec.Err())
		}
	}
}

func TestRecorderLetsUpgradedConnectionsThrough(t *testing.T) {
	t.Parallel()
	n := start(t)
	b := newBackend(t, func(c *backendConn) {
		c.readHead()
		c.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") // first it refuses
		c.readHead()
		c.write("HTTP/1.1 101 Switching ")
		c.write("Protocols\r\n\r\nwelcome")
		_, _ = io.Copy(c, c.r) // then it is an echo
	})
	rec := record(t, n, "https://api.test", b.addr)
	c := dialTLS(t, n, "api.test")
	const upgrade = "GET /socket HTTP/1.1\r\nHost: api.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
	send(t, c, upgrade)
	receive(t, c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
	send(t, c, upgrade)
	receive(t, c, "HTTP/1.1 101 Switching Protocols\r\n\r\nwelcome")
	const noHTTP = "\x81\x05hello GET / HTTP/1.1\r\n\r\n\r\n\r\n"
	send(t, c, noHTTP)
	receive(t, c, noHTTP)
	if got := len(n.Arrivals(0, []string{"wss://api.test/socket"})); got != 2 || n.LastSeq() != 2 {
		t.Errorf("%d arrivals, and %d at the socket; want 2", n.LastSeq(), got)
	}
	_ = rec.Close()
	receiveAll(t, c, "") // Close ends open connections
}

func TestRecorderWithoutItsServer(t *testing.T) {
	t.Parallel()
	n := start(t)
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	rec := record(t, n, "http://api.test", addr)
	c := dial(t, n)
	send(t, c, "GET /x HTTP/1.1\r\nHost: api.test\r\n\r\n")
	receiveAll(t, c, "")
	if err := rec.Err(); !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), "http://api.test") {
		t.Errorf("error is %v", err)
	}
	if len(n.Arrivals(0, []string{"http://api.test/x"})) != 1 {
		t.Error("what arrived at the recorder is no arrival")
	}
}

// The client sees how the server ended the connection.
func TestRecorderPassesEndsOn(t *testing.T) {
	t.Parallel()
	n := start(t)
	cut := newBackend(t, func(c *backendConn) { c.readHead(); c.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello") })
	reset := newBackend(t, func(c *backendConn) { c.readHead(); _ = c.Conn.(*net.TCPConn).SetLinger(0) })
	early := newBackend(t, func(c *backendConn) {
		c.readHead()
		c.write("HTTP/1.1 413 No\r\n\r\n")
		_ = c.Conn.(*net.TCPConn).CloseWrite()
		_, _ = io.CopyN(io.Discard, c.r, 1<<20)
	})
	slow := newBackend(t, func(c *backendConn) { _, _ = io.Copy(io.Discard, c.r); c.write("HTTP/1.1 200 OK\r\n\r\nall") })
	for origin, b := range map[string]*backend{"http://cut.test": cut, "http://reset.test": reset, "http://early.test": early, "http://slow.test": slow} {
		record(t, n, origin, b.addr)
	}
	c := dial(t, n)
	send(t, c, request("GET", "http://cut.test/"))
	receiveAll(t, c, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
	c = dial(t, n)
	send(t, c, request("GET", "http://reset.test/"))
	if got, err := io.ReadAll(c); len(got) > 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("received %q (%v), want a reset", got, err)
	}
	c = dial(t, n)
	send(t, c, request("POST", "http://early.test/", "Content-Length: 100000")+strings.Repeat("x", 50_000))
	receiveAll(t, c, "HTTP/1.1 413 No\r\n\r\n")
	c = dial(t, n)
	send(t, c, request("POST", "http://slow.test/", "Content-Length: 9")+"cut")
	_ = c.(*net.TCPConn).CloseWrite()
	receiveAll(t, c, "HTTP/1.1 200 OK\r\n\r\nall")
}

// A request that no server can parse is forwarded: the server refuses it.
func TestRecorderForwardsWhatItCannotParse(t *testing.T) {
	t.Parallel()
	n := start(t)
	b := newBackend(t, func(c *backendConn) {
		for range 2 {
			c.readHead()
			c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
		_, _ = io.Copy(io.Discard, c.r)
	})
	record(t, n, "http://api.test", b.addr)
	c := dial(t, n)
	first, second := request("GET", "http://api.test/"), "GET / HTTP/9\r\nbad line\r\n\r\n"
	send(t, c, first)
	receive(t, c, empty200)
	send(t, c, second)
	receive(t, c, empty200)
	_ = c.Close()
	until(t, "the backend has all", func() bool { return b.got() == first+second })
}

func TestRecordRefuses(t *testing.T) {
	t.Parallel()
	n := start(t)
	rec := record(t, n, "https://API.test:443", "127.0.0.1:1")
	for _, c := range [][2]string{
		{"https://api.test", "127.0.0.1:2"}, {"https://api.example", "127.0.0.1:2"}, {"https://api.test/x", "127.0.0.1:2"}, {"https://b.test", "127.0.0.1"},
	} {
		if _, err := n.Record(c[0], c[1]); err == nil {
			t.Errorf("Record(%q, %q) is no error", c[0], c[1])
		}
	}
	record(t, n, "http://api.test", "127.0.0.1:2") // another origin
	for range 2 {
		if err := rec.Close(); err != nil {
			t.Error(err)
		}
	}
	again := record(t, n, "https://api.test", "127.0.0.1:3")
	_ = rec.Close() // must not take away its successor
	if n.recorders.at("https://api.test") != again {
		t.Error("closing a recorder twice closed its successor")
	}
	if !n.recorders.has("api.test") {
		t.Error("the name is not known as recorded")
	}
}

// The network closes even if the answer never comes.
func TestCloseEndsRecordedConnections(t *testing.T) {
	t.Parallel()
	n := start(t)
	b := newBackend(t, func(c *backendConn) { _, _ = io.Copy(io.Discard, c.r) })
	record(t, n, "http://api.test", b.addr)
	waits, gone := dial(t, n), dial(t, n)
	send(t, waits, request("GET", "http://api.test/"))
	send(t, gone, request("GET", "http://api.test/"))
	until(t, "both arrived", func() bool { return n.LastSeq() == 2 })
	_ = gone.Close()
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if got, _ := io.ReadAll(waits); len(got) > 0 {
		t.Errorf("received %q", got)
	}
}
