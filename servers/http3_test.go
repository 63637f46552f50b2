package servers

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"github.com/corsproof/corsproof/harness"
)

// client3 is a client that speaks HTTP/3 alone.
func client3(t *testing.T, n *Network) *http.Client {
	t.Helper()
	transport := &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: pool(t, n)}}
	transport.Dial = dialAt(n.Addr())
	t.Cleanup(func() { _ = transport.Close() })
	return &http.Client{Transport: transport}
}

func TestHTTP3(t *testing.T) {
	t.Parallel()
	n := start(t)
	for range 2 {
		if err := n.OfferHTTP3("H3.test"); err != nil {
			t.Fatal(err)
		}
	}
	c := client3(t, n)
	place := n.Add(Case{Reply: Reply{Status: 201, Header: harness.Header{{Name: "X-One", Value: "1"}, {Name: "x-one", Value: "2"}}, Body: "hello"}})
	response, err := c.Get(place.URL("https://h3.test:8443"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 201 || string(body) != "hello" || strings.Join(response.Header["X-One"], ",") != "1,2" || response.ProtoMajor != 3 || response.Header.Get("Date") != "" {
		t.Errorf("%v %q, %v", response, body, err)
	}
	arrivals := n.Arrivals(0, []string{place.URL("https://h3.test:8443")})
	if len(arrivals) != 1 || arrivals[0].Protocol != "HTTP/3.0" || arrivals[0].Status != 201 {
		t.Errorf("arrivals %+v", arrivals)
	}
	for name, reply := range map[string]Reply{"dropped": {Drop: true}, "beyond": {Raw: "HTTP/1.1 200 OK\r\n\r\n"}} {
		response, err := c.Get(n.Add(Case{Reply: reply}).URL("https://h3.test"))
		if err == nil {
			body, err = io.ReadAll(response.Body)
		}
		if name == "dropped" && err == nil || name == "beyond" && !strings.Contains(string(body), "HTTP/3 cannot carry this Reply: Raw") {
			t.Errorf("%s: %q, %v", name, body, err)
		}
	}
}

func TestOnlyNamesThatOfferHTTP3SpeakIt(t *testing.T) {
	t.Parallel()
	var never Network
	if err := never.OfferHTTP3("h3.test"); err == nil {
		t.Error("a network that was not started speaks HTTP/3")
	}
	n := start(t)
	if err := n.OfferHTTP3("example.com"); err == nil {
		t.Error("a name of others speaks HTTP/3")
	}
	if err := n.OfferHTTP3("h3.test"); err != nil {
		t.Fatal(err)
	}
	var refused *quic.TransportError
	if _, err := client3(t, n).Get(n.Add(Case{}).URL("https://h1.test")); !errors.As(err, &refused) {
		t.Errorf("h1.test: %v", err)
	}
}

// A request that hangs ends with the network.
func TestCloseEndsHTTP3(t *testing.T) {
	t.Parallel()
	n := start(t)
	if err := n.OfferHTTP3("h3.test"); err != nil {
		t.Fatal(err)
	}
	hangs := n.Add(Case{Reply: Reply{Hang: true}})
	c := client3(t, n)
	left := make(chan error, 1)
	go func() {
		_, err := c.Get(hangs.URL("https://h3.test"))
		left <- err
	}()
	until(t, "the request arrived", func() bool { return n.LastSeq() == 1 })
	began := time.Now()
	if err := n.Close(); err != nil || time.Since(began) > 2*time.Second {
		t.Errorf("Close: %v after %v", err, time.Since(began))
	}
	if err := <-left; err == nil {
		t.Error("a Hang was answered")
	}
}

// dialAt leads every connection to one address.
func dialAt(address string) func(context.Context, string, *tls.Config, *quic.Config) (*quic.Conn, error) {
	return func(ctx context.Context, _ string, t *tls.Config, q *quic.Config) (*quic.Conn, error) {
		return quic.DialAddr(ctx, address, t, q)
	}
}
