package servers

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestReadHeadStopsAtTheEmptyLine(t *testing.T) {
	t.Parallel()
	long := "X: " + strings.Repeat("x", 20_000) + "\r\n"
	for _, c := range []struct{ in, want, rest string }{
		{"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "body"},
		{"GET / HTTP/1.1\nHost: a\n\nbody", "GET / HTTP/1.1\nHost: a\n\n", "body"},
		{"\r\n\nGET / HTTP/1.1\r\n\r\n", "\r\n\nGET / HTTP/1.1\r\n\r\n", ""},
		{"GET / HTTP/1.1\r\n" + long + "\r\n", "GET / HTTP/1.1\r\n" + long + "\r\n", ""},
	} {
		r := bufio.NewReaderSize(strings.NewReader(c.in), 16)
		got, err := readHead(r, nil)
		rest, _ := io.ReadAll(r)
		if err != nil || string(got) != c.want || string(rest) != c.rest {
			t.Errorf("readHead(%.60q) = %.60q, %v, leaving %q", c.in, got, err, rest)
		}
	}
	for in, want := range map[string]error{
		"":                              io.EOF,
		"GET / HTTP/1.1\r\nHost: a":     io.ErrUnexpectedEOF,
		"GET / HTTP/1.1\r\n":            io.ErrUnexpectedEOF,
		strings.Repeat("\n", maxHead+2): errHeadTooLarge,
		strings.Repeat("x", maxHead+2):  errHeadTooLarge,
	} {
		if _, err := readHead(bufio.NewReader(strings.NewReader(in)), nil); !errors.Is(err, want) {
			t.Errorf("readHead(%.30q) is the error %v, want %v", in, err, want)
		}
	}
}

func TestParseHead(t *testing.T) {
	t.Parallel()
	h, err := parseHead([]byte("\r\nOPTIONS /x HTTP/1.1\r\nhost: api.test\r\naccess-control-request-METHOD: PUT\r\nTransfer-encoding: Chunked\r\nconnection: keep-alive, Close\r\nExpect: 100-Continue\r\nUpgrade: x\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if h.method != "OPTIONS" || h.target != "/x" || h.protocol != "HTTP/1.1" || h.host != "api.test" ||
		!h.isPreflight() || !h.chunked || !h.close || !h.expectContinue || !h.upgrade || len(h.header) != 6 {
		t.Errorf("head is %+v", h)
	}
	for _, head := range []string{
		"GET / HTTP/1.1\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
		"OPTIONS / HTTP/1.1\r\nAccess-Control-Request-Headers: x\r\n\r\n",
		"options / HTTP/1.1\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
	} {
		if h, err := parseHead([]byte(head)); err != nil || h.isPreflight() {
			t.Errorf("%q is a preflight (%v)", head, err)
		}
	}
}

func TestParseHeadRefuses(t *testing.T) {
	t.Parallel()
	for _, head := range []string{
		"GET\r\n\r\n",
		"GET /\r\n\r\n",
		"GET  HTTP/1.1\r\n\r\n",
		"GET / HTTP/2.0\r\n\r\n",
		"GET / x HTTP/1.1\r\n\r\n",
		"G@T / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nno colon\r\n\r\n",
		"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
		"GET / HTTP/1.1\r\nName : x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
	} {
		if _, err := parseHead([]byte(head)); err == nil {
			t.Errorf("%q was taken", head)
		}
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := parseHead(raw)
		if err == nil && (h.method == "" || h.target == "") {
			t.Errorf("%q is taken without method or target", raw)
		}
		_, origin, _ := requestURL(true, h.host, h.target)
		_ = origin
	})
}
