package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/wire"
)

// origins is a question on the wire with these lines of Origin.
func origins(url string, values ...string) harness.Request {
	r := harness.Request{URL: url}
	for _, value := range values {
		r.Headers = append(r.Headers, harness.Field{Name: "Origin", Value: value})
	}
	return r
}

// served serves a handler until the test ends.
func served(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections() // for bodies without an end
		server.Close()
	})
	return server.URL
}

// wireClient is the client of a run with a Browser.
func wireClient(t *testing.T, browser *harness.Browser) *http.Client {
	t.Helper()
	client, err := wire.NewClient(browser)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// ask asks on the wire, as a run does.
func ask(t *testing.T, ctx context.Context, r harness.Request) (harness.Observation, error) {
	t.Helper()
	return onTheWire(ctx, wireClient(t, &harness.Browser{}), r, nil)
}

func TestWireSendsWhatItIsTold(t *testing.T) {
	var got []string
	url := served(t, func(w http.ResponseWriter, r *http.Request) { got = r.Header["Origin"] })
	for _, want := range [][]string{
		{"https://app.acme.com"},
		{"https://app.acme.com", "https://evil.test"},
		{"https://app.acme.com@evil.test"},
		{"https://app.acme.com%00.evil.test"},
		{"https://app.acme.com .evil.test"},
		{""},
	} {
		seen, err := ask(t, t.Context(), origins(url, want...))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q arrived as %q (%v)", want, got, err)
		}
		if e := seen.Exchanges[0]; !e.Sent || e.Status != 200 || e.Protocol != "http/1.1" || e.Method != "GET" {
			t.Errorf("%q: %+v", want, e)
		}
	}
}

func TestWireVerdict(t *testing.T) {
	for _, test := range []struct {
		origins []string
		allowed []string
		want    harness.Verdict
		reason  harness.Reason
	}{
		{[]string{"https://a.test"}, nil, harness.Blocked, harness.MissingAllowOriginHeader},
		{[]string{"https://a.test"}, []string{"https://b.test"}, harness.Blocked, harness.AllowOriginMismatch},
		{[]string{"https://a.test"}, []string{"https://a.test"}, harness.Readable, ""},
		{[]string{"https://a.test"}, []string{"*"}, harness.Readable, ""},
		{[]string{"https://a.test"}, []string{"*", "*"}, harness.Blocked, harness.MultipleAllowOriginValues},
		{[]string{"https://a.test", "https://b.test"}, []string{"https://a.test"}, harness.Blocked, harness.AllowOriginMismatch},
		{[]string{"https://a.test", "https://b.test"}, []string{"https://a.test, https://b.test"}, harness.Blocked, harness.MultipleAllowOriginValues},
		{[]string{"https://a.test", "https://b.test"}, []string{"https://a.test", "https://b.test"}, harness.Blocked, harness.MultipleAllowOriginValues},
		{[]string{""}, []string{""}, harness.Readable, ""}, // the server sends the origin back
	} {
		url := served(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Access-Control-Allow-Origin"] = test.allowed
		})
		seen, err := ask(t, t.Context(), origins(url, test.origins...))
		if err != nil || seen.Verdict != test.want || seen.Reason != test.reason {
			t.Errorf("%q with %q: %s %s (%v)", test.origins, test.allowed, seen.Verdict, seen.Reason, err)
		}
	}
}

func TestWireFollowsNoRedirect(t *testing.T) {
	var asked []string
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		if asked = append(asked, r.URL.Path); r.URL.Path == "/" {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}
	})
	client := wireClient(t, &harness.Browser{})
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("asked") }
	seen, err := onTheWire(t.Context(), client, origins(url+"/", "https://a.test"), nil)
	if location, _ := seen.Exchanges[0].ResponseHeaders.Get("Location"); err != nil || location != "/elsewhere" || !slices.Equal(asked, []string{"/"}) {
		t.Errorf("asked %v, Location %q (%v)", asked, location, err)
	}
	if client.CheckRedirect == nil {
		t.Error("the client was changed")
	}
}

func TestWireWithoutAnAnswer(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	seen, err := ask(t, t.Context(), origins(gone.URL, "https://a.test"))
	if whyNot(err) != "connection refused" || seen.Verdict != "" || seen.Exchanges[0].Sent {
		t.Errorf("%v; sent: %v; %s", err, seen.Exchanges[0].Sent, seen.Verdict)
	}

	dropped := served(t, func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	seen, err = ask(t, t.Context(), origins(dropped, "https://a.test"))
	if err == nil || seen.Verdict != "" || !seen.Exchanges[0].Sent {
		t.Errorf("dropped: %v; sent: %v; %s", err, seen.Exchanges[0].Sent, seen.Verdict)
	}
}

// A question that used all its time must be recognizable: it is not asked again.
func TestWireKnowsThatItsTimeIsOver(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("nothing within 50ms"))
	defer cancel()
	_, err := ask(t, ctx, origins(url, "https://a.test"))
	if !errors.Is(err, context.DeadlineExceeded) || whyNot(err) != "nothing within 50ms" {
		t.Errorf("%v", err)
	}
}

// The head decides. The client waits neither for a missing body nor for an endless one.
func TestWireDoesNotWaitForTheBody(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"never comes": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"never ends": func(w http.ResponseWriter, r *http.Request) {
			for text := make([]byte, 1<<16); ; {
				if _, err := w.Write(text); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := served(t, handler)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if seen, err := ask(t, ctx, origins(url, "https://a.test")); err != nil || seen.Verdict != harness.Blocked || ctx.Err() != nil {
				t.Errorf("%s (%v)", seen.Verdict, err)
			}
		})
	}
}

func TestWireBoundsTheHead(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("x", 2*wire.MaxHead))
	})
	if seen, err := ask(t, t.Context(), origins(url, "https://a.test")); err == nil || len(whyNot(err)) > maxValue || seen.Verdict != "" {
		t.Errorf("%s (%.200v)", seen.Verdict, err)
	}
}

func TestWireOfAnExpiredCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report the client that left
	certificate, authority := expired(t)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	client := wireClient(t, &harness.Browser{CA: []*x509.Certificate{authority}})
	seen, err := onTheWire(t.Context(), client, origins(server.URL, "https://a.test"), nil)
	if err == nil || !strings.Contains(whyNot(err), "certificate has expired") || seen.Verdict != "" || seen.Exchanges[0].Sent {
		t.Errorf("%s (%v)", seen.Verdict, err)
	}
}

// expired returns a certificate for loopback that expired yesterday, and its authority.
func expired(t *testing.T) (tls.Certificate, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(0, 0, -1),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, parsed
}

// The wire reaches what the browser reaches, and says what helps where it does not.
func TestWireReachesWhatTheBrowserReaches(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	port := strings.TrimPrefix(server.URL, "https://127.0.0.1")
	url := "https://example.com" + port + "/"
	trust, leads := []*x509.Certificate{server.Certificate()}, []string{"example.com" + port + ":127.0.0.1"}
	for name, test := range map[string]struct {
		browser *harness.Browser
		url     string
		missing string
	}{
		"both":       {&harness.Browser{CA: trust, Resolve: leads}, url, ""},
		"no trust":   {&harness.Browser{Resolve: leads}, url, "; --ca FILE, or Browser.CA, names the authority"},
		"no address": {&harness.Browser{}, "https://nobody.invalid/", "; --resolve HOST:PORT:ADDRESS, or Browser.Resolve, says where"},
		"wrong name": {&harness.Browser{CA: trust, Resolve: []string{"example.org" + port + ":127.0.0.1"}}, "https://example.org" + port + "/", "not example.org"},
	} {
		seen, err := onTheWire(t.Context(), wireClient(t, test.browser), origins(test.url, "https://a.test"), nil)
		if test.missing == "" && (err != nil || seen.Verdict != harness.Readable) || test.missing != "" && (err == nil || !strings.Contains(whyNot(err), test.missing)) {
			t.Errorf("%s: %s, %v; want %q", name, seen.Verdict, err, test.missing)
		}
	}
	if _, err := wire.NewClient(&harness.Browser{Resolve: []string{"example.com"}}); err == nil || !strings.Contains(err.Error(), "example.com") {
		t.Errorf("a Resolve that is not valid: %v", err)
	}
}

func TestWireSpeaksHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", fmt.Sprint(len(r.Header["Origin"])))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	seen, err := onTheWire(t.Context(), server.Client(), origins(server.URL, "https://a.test", "https://b.test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := seen.Exchanges[0]
	if seen.Request.URL != server.URL || e.URL != server.URL || e.Method != "GET" || e.Kind != harness.ActualRequest || len(e.RequestHeaders) != 2 {
		t.Errorf("asked %s, seen %+v", seen.Request.URL, e)
	}
	if lines, _ := e.ResponseHeaders.Get("Access-Control-Allow-Origin"); e.Protocol != "h2" || lines != "2" || !e.Sent {
		t.Errorf("%s lines by %s, sent: %v", lines, e.Protocol, e.Sent)
	}
}
