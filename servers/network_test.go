package servers

import (
	"net"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

func TestStartAndClose(t *testing.T) {
	t.Parallel()
	var never Network
	if never.Addr() != "" || never.HostRules() != nil || never.KeyPins() != nil || never.CACertificate() != nil {
		t.Error("a network that was not started has an address")
	}
	for range 2 {
		if err := never.Close(); err != nil {
			t.Errorf("Close without Start: %v", err)
		}
	}
	if err := never.Start(); err == nil {
		t.Error("a closed network can be started")
	}
	n := start(t)
	if err := n.Start(); err == nil {
		t.Error("a network can be started twice")
	}
	host, _, err := net.SplitHostPort(n.Addr())
	if err != nil || host != "127.0.0.1" {
		t.Errorf("address is %q, want loopback", n.Addr())
	}
	want := []string{"MAP *.test " + n.Addr(), "MAP *.localhost " + n.Addr(), "MAP *.test. " + n.Addr(), "MAP *.localhost. " + n.Addr()}
	if got := n.HostRules(); !reflect.DeepEqual(got, want) {
		t.Errorf("host rules are %q, want %q", got, want)
	}
	for range 2 {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}
	if c, err := net.Dial("tcp", n.Addr()); err == nil {
		_ = c.Close()
		t.Error("a closed network listens")
	}
}

func TestCloseNamesTheAnswerThatHangs(t *testing.T) {
	t.Parallel()
	n := &Network{patience: 50 * time.Millisecond}
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	n.OfferHTTP2("h2.test")
	entered, leave := make(chan struct{}, 2), make(chan struct{})
	p := n.Add(Case{Answer: func(harness.Arrival) Reply { entered <- struct{}{}; <-leave; return Reply{} }})
	c := dialTLS(t, n, "api.test")
	send(t, c, request("DELETE", p.URL("https://api.test")))
	<-entered
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		if res, err := client(t, n).Get(p.URL("https://h2.test")); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-entered
	err := n.Close()
	if err == nil {
		t.Fatal("Close says nothing of an answer that hangs")
	}
	for _, want := range []string{"DELETE " + p.URL("https://api.test"), "GET " + p.URL("https://h2.test")} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not name %s", err, want)
		}
	}
	close(leave)
	n.running.Wait()
	<-asked
}

// This test is not parallel: it counts the goroutines of the whole process.
func TestCloseLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		n := &Network{}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		n.OfferHTTP2("h2.test")
		served := n.Add(Case{Reply: Reply{Body: "x"}})
		hangs := n.Add(Case{Reply: Reply{Hang: true}})
		_ = dial(t, n)                            // spare
		send(t, dial(t, n), "\x16")               // half a handshake
		send(t, dial(t, n), "GET / HTTP/1.1\r\n") // half a request
		kept := dialTLS(t, n, "api.test")
		send(t, kept, request("GET", served.URL("https://api.test")))
		receive(t, kept, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
		send(t, dial(t, n), request("GET", hangs.URL("http://api.test")))
		send(t, dialTLS(t, n, "api.test"), request("GET", hangs.URL("https://api.test")))
		h2 := client(t, n)
		if status, _ := ask(t, h2, "GET", served.URL("https://h2.test")); status != 200 {
			t.Errorf("h2.test answers %d", status)
		}
		left := make(chan struct{})
		go func() {
			defer close(left)
			if res, err := h2.Get(hangs.URL("https://h2.test")); err == nil {
				t.Errorf("a Hang answered %d", res.StatusCode)
			}
		}()
		until(t, "all requests arrived", func() bool { return n.LastSeq() == 5 })
		began := time.Now()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("Close took %v", took)
		}
		<-left
		h2.CloseIdleConnections()
	}
	until(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
}

func TestSpareConnectionsAreHarmless(t *testing.T) {
	t.Parallel()
	n := start(t)
	for range 50 {
		_ = dial(t, n)
	}
	gone := dial(t, n)
	_ = gone.Close()
	c := dial(t, n)
	send(t, c, request("GET", n.Add(Case{}).URL("http://api.test")))
	receive(t, c, empty200)
	if n.LastSeq() != 1 {
		t.Errorf("%d arrivals, want 1", n.LastSeq())
	}
}
