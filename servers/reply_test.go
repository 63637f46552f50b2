package servers

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// field is short for a header line.
func field(name, value string) harness.Field { return harness.Field{Name: name, Value: value} }

func TestReplyToTheByte(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		reply  Reply
		want   string
		closes bool
	}{
		"zero":  {"GET", Reply{}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false},
		"body":  {"POST", Reply{Body: "hello"}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false},
		"204":   {"OPTIONS", Reply{Status: 204, Body: "x"}, "HTTP/1.1 204 No Content\r\n\r\n", false},
		"304":   {"GET", Reply{Status: 304, Body: "x"}, "HTTP/1.1 304 Not Modified\r\n\r\n", false},
		"head":  {"HEAD", Reply{Body: "hello"}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false},
		"1xx":   {"GET", Reply{Status: 103, Body: "x"}, "HTTP/1.1 103 Early Hints\r\n\r\n", true},
		"odd":   {"GET", Reply{Status: 299}, "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n", false},
		"1000":  {"GET", Reply{Status: 1000, Reason: "So what"}, "HTTP/1.1 1000 So what\r\nContent-Length: 0\r\n\r\n", false},
		"close": {"GET", Reply{Close: true}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
		"lines": {"GET", Reply{Header: harness.Header{
			field("access-control-ALLOW-origin", "*"), field("B", ""), field("Access-Control-Allow-Origin", "https://app.test"),
			field("A", "x\r\nInjected: 1"), field("access-control-ALLOW-origin", "*"), field("Odd name ", " \tspaced\x00 "),
		}}, "HTTP/1.1 200 OK\r\naccess-control-ALLOW-origin: *\r\nB: \r\nAccess-Control-Allow-Origin: https://app.test\r\n" +
			"A: x\r\nInjected: 1\r\naccess-control-ALLOW-origin: *\r\nOdd name :  \tspaced\x00 \r\nContent-Length: 0\r\n\r\n", false},
		"own length":   {"GET", Reply{Header: harness.Header{field("content-length", "5")}, Body: "hello"}, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", false},
		"wrong length": {"GET", Reply{Header: harness.Header{field("Content-Length", "50")}, Body: "hello"}, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", true},
		"two lengths":  {"GET", Reply{Header: harness.Header{field("Content-Length", "5"), field("Content-Length", "6")}, Body: "hello"}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", true},
		"head, length": {"HEAD", Reply{Header: harness.Header{field("Content-Length", "50")}}, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", false},
		"own coding":   {"GET", Reply{Header: harness.Header{field("Transfer-Encoding", "chunked")}, Body: "zz\r\n"}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", true},
		"no length":    {"GET", Reply{NoLength: true, Body: "hello"}, "HTTP/1.1 200 OK\r\n\r\nhello", true},
		"no len, 204":  {"GET", Reply{NoLength: true, Status: 204}, "HTTP/1.1 204 No Content\r\n\r\n", false},
		"chunks": {"GET", Reply{Body: "0123456789abcdef", Chunks: []Chunk{{Text: "hello"}, {Text: ""}, {Text: "!"}}},
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", false},
		"chunks, no body":   {"GET", Reply{Chunks: []Chunk{{Text: "hello"}}}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false},
		"chunks, head":      {"HEAD", Reply{Chunks: []Chunk{{Text: "hello"}}}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false},
		"chunks, length":    {"GET", Reply{Header: harness.Header{field("Content-Length", "5")}, Chunks: []Chunk{{Text: "he"}, {Text: "llo"}}}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false},
		"chunks, no length": {"GET", Reply{NoLength: true, Chunks: []Chunk{{Text: "he"}, {Text: "llo"}}}, "HTTP/1.1 200 OK\r\n\r\nhello", true},
		"bare LF":           {"GET", Reply{Raw: "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n\nhello"}, "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n\nhello", true},
		"no HTTP":           {"HEAD", Reply{Raw: "hello\x00", Status: 404, Body: "x"}, "hello\x00", true},
		"drop":              {"GET", Reply{Drop: true, Body: "x"}, "", true},
		"drop after 1":      {"GET", Reply{DropAfter: 1}, "H", true},
		"drop in body":      {"GET", Reply{DropAfter: 40, Body: "hello"}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", true},
		"drop at the end":   {"GET", Reply{DropAfter: 38}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
		"drop too late":     {"GET", Reply{DropAfter: 39}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false},
		"drop in chunks":    {"GET", Reply{DropAfter: 58, Chunks: []Chunk{{Text: "hello"}, {Text: "world"}}}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5", true},
		"drop in raw":       {"GET", Reply{DropAfter: 4, Raw: "hello"}, "hell", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := start(t)
			p := n.Add(Case{Reply: c.reply})
			conn := dial(t, n)
			send(t, conn, request(c.method, p.URL("http://api.test")))
			if c.closes {
				receiveAll(t, conn, c.want)
				return
			}
			send(t, conn, request("GET", "http://api.test/none", "Connection: close"))
			want := "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 67\r\n\r\n" +
				"corsproof fixture network: no case answers at http://api.test/none\n"
			receiveAll(t, conn, c.want+want)
		})
	}
}

func TestReplyIsOneWrite(t *testing.T) {
	t.Parallel()
	r := Reply{Header: Allow("*"), Body: strings.Repeat("x", 100_000)}
	b, _ := r.appendTo(nil, "GET", false)
	if want := "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 100000\r\n\r\n" + r.Body; string(b) != want {
		t.Errorf("the answer begins %.100q", b)
	}
}

// HTTP/1.0 has no chunks: the end of the connection is the end of the body.
func TestReplyToHTTP10(t *testing.T) {
	t.Parallel()
	n := start(t)
	p := n.Add(Case{Reply: Reply{Body: "a", Chunks: []Chunk{{Text: "b"}}}})
	c := dial(t, n)
	send(t, c, strings.Replace(request("GET", p.URL("http://api.test")), "HTTP/1.1", "HTTP/1.0", 1))
	receiveAll(t, c, "HTTP/1.1 200 OK\r\n\r\nab")
}
