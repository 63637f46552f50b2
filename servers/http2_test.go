package servers

import (
	"crypto/tls"
	"io"
	"net/http"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

func TestHTTP2IsOfferedByNameOnly(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.OfferHTTP2("H2.test.")
	n.OfferHTTP2("recorded.test")
	if _, err := n.Record("https://recorded.test:8443", "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"h2.test": "h2", "api.test": "http/1.1", "recorded.test": "http/1.1"} {
		if got := dialTLS(t, n, name, "h2", "http/1.1").ConnectionState().NegotiatedProtocol; got != want {
			t.Errorf("%s negotiates %q, want %q", name, got, want)
		}
	}
	if got := dialTLS(t, n, "h2.test", "http/1.1").ConnectionState().NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("a client without HTTP/2 negotiates %q", got)
	}
	if got := dialTLS(t, n, "h2.test").ConnectionState().NegotiatedProtocol; got != "" {
		t.Errorf("a client without ALPN negotiates %q", got)
	}
}

func TestHTTP2Arrival(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.OfferHTTP2("h2.test")
	url := n.Add(Case{}).URL("https://h2.test:8443") + "?q"
	req, err := http.NewRequestWithContext(t.Context(), "PUT", url, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"X-B": {"2", "1"}, "Origin": {"https://app.test"}, "User-Agent": {""}, "X-A": {"3"}}
	res, err := client(t, n).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	seen := n.Arrivals(0, []string{url})
	if len(seen) != 1 {
		t.Fatalf("%d arrivals, want 1", len(seen))
	}
	a := seen[0]
	want := harness.Header{
		field("accept-encoding", "gzip"), field("content-length", "5"), field("origin", "https://app.test"),
		field("x-a", "3"), field("x-b", "2"), field("x-b", "1"),
	}
	if a.Method != "PUT" || a.Protocol != "HTTP/2.0" || a.URL != url || !reflect.DeepEqual(a.Headers, want) {
		t.Errorf("arrival is %+v, want headers %q", a, want)
	}
}

func TestHTTP2Reply(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.OfferHTTP2("h2.test")
	c := client(t, n)
	c.Transport.(*http.Transport).DisableCompression = true
	for name, test := range map[string]struct {
		reply  Reply
		status int
		header http.Header
		body   string
	}{
		"zero":       {Reply{}, 200, http.Header{"Content-Length": {"0"}}, ""},
		"body":       {Reply{Status: 403, Body: "<html>"}, 403, http.Header{"Content-Length": {"6"}}, "<html>"},
		"duplicates": {Reply{Header: harness.Header{field("access-control-allow-origin", "*"), field("Access-Control-Allow-Origin", ""), field("ETag", `"x"`)}}, 200, http.Header{"Access-Control-Allow-Origin": {"*", ""}, "Etag": {`"x"`}, "Content-Length": {"0"}}, ""},
		"own date":   {Reply{Header: harness.Header{field("Date", "today"), field("Content-Type", "a/b")}}, 200, http.Header{"Date": {"today"}, "Content-Type": {"a/b"}, "Content-Length": {"0"}}, ""},
		"no length":  {Reply{NoLength: true, Body: "hello"}, 200, http.Header{}, "hello"},
		"chunks":     {Reply{Body: "a", Chunks: []Chunk{{Text: "b"}, {After: time.Millisecond, Text: "c"}}}, 200, http.Header{}, "abc"},
		"204":        {Reply{Status: 204, Body: "x"}, 204, http.Header{}, ""},
		"close":      {Reply{Close: true}, 200, http.Header{"Content-Length": {"0"}}, ""},
	} {
		res, err := c.Get(n.Add(Case{Reply: test.reply}).URL("https://h2.test"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.Proto != "HTTP/2.0" || res.StatusCode != test.status || string(body) != test.body || !reflect.DeepEqual(res.Header, test.header) {
			t.Errorf("%s: answered %s %d %v %q (%v), want %d %v %q", name, res.Proto, res.StatusCode, res.Header, body, err, test.status, test.header, test.body)
		}
	}
}

func TestHTTP2RefusesWhatItCannotCarry(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.OfferHTTP2("h2.test")
	c := client(t, n)
	for _, r := range []Reply{
		{Raw: "HTTP/1.1 200 OK\n\n"},
		{Reason: "Fine"},
		{DropAfter: 3},
		{Status: 103},
		{Status: 1000},
		{Header: harness.Header{field("ACCESS-CONTROL-ALLOW-ORIGIN", "*")}},
		{Header: harness.Header{field("Bad name", "x")}},
		{Header: harness.Header{field("X", "a\nb")}},
		{Header: harness.Header{field("X", " a")}},
		{Header: harness.Header{field("Connection", "close")}},
		{Header: harness.Header{field("Transfer-Encoding", "chunked")}},
		{Header: harness.Header{field("Content-Length", "7")}, Body: "x"},
	} {
		status, body := ask(t, c, "GET", n.Add(Case{Reply: r}).URL("https://h2.test"))
		if status != 500 || !strings.HasPrefix(body, "corsproof fixture network: HTTP/2 cannot carry this Reply: ") {
			t.Errorf("%+v is answered %d %q", r, status, body)
		}
	}
}

func TestHTTP2Drop(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.OfferHTTP2("h2.test")
	c := client(t, n)
	res, err := c.Get(n.Add(Case{Reply: Reply{Drop: true}}).URL("https://h2.test"))
	if err == nil {
		_ = res.Body.Close()
		t.Errorf("a Drop answered %d", res.StatusCode)
	}
	if status, _ := ask(t, c, "GET", n.Add(Case{}).URL("https://h2.test")); status != 200 {
		t.Errorf("after a Drop the name answers %d", status)
	}
}

func TestBooksOnAnswersAreKept(t *testing.T) {
	t.Parallel()
	var names http2Names
	a, b := &harness.Arrival{Method: "GET", URL: "https://h2.test/a"}, &harness.Arrival{Method: "PUT", URL: "https://h2.test/b"}
	names.begin(a)
	names.begin(b)
	got := names.unanswered()
	sort.Strings(got)
	if want := []string{"GET https://h2.test/a", "PUT https://h2.test/b"}; !reflect.DeepEqual(got, want) {
		t.Errorf("unanswered are %q, want %q", got, want)
	}
	names.end(a)
	names.end(b)
	if got := names.unanswered(); got != nil {
		t.Errorf("unanswered are %q, want none", got)
	}
}

// A connection that is handed over after the close is closed.
func TestHandoffCloses(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.OfferHTTP2("h2.test")
	c := dialTLS(t, n, "h2.test", "h2")
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Log(err) // a reset is an end too
	}
	if _, err := n.h2conns.Accept(); err == nil {
		t.Error("a closed network takes connections")
	}
	n.h2conns.give(tls.Server(c, &tls.Config{MinVersion: tls.VersionTLS12}))
}
