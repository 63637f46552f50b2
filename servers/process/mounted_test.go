package process

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/adapter"
)

// mounted is a library of this program.
func mounted(t *testing.T, served adapter.Served) Mounted {
	t.Helper()
	network := &servers.Network{}
	if err := network.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = network.Close() })
	return Mounted{Called: "mine", Network: network, Mount: func(contract.Policy, string) (adapter.Served, error) { return served, nil }}
}

// When a mounted library is closed, its connections are closed, too.
func TestMountedEnds(t *testing.T) {
	t.Parallel()
	address := make(chan net.Addr, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address <- r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	})
	m := mounted(t, adapter.Served{Handler: handler})
	served, err := m.Start(t.Context(), conform.Policies()[0], "m.example.test")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := m.Network.Client().Get("https://m.example.test/ok")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", (<-address).String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /ok HTTP/1.1\r\nHost: m\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-address
	if err := served.Close(); err != nil {
		t.Error(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the connection is open: %v", err)
	}
}

// A mounted library is held to the names of the contract, as a program is.
func TestMountedNamesFieldsOfThePolicy(t *testing.T) {
	t.Parallel()
	m := mounted(t, adapter.Served{Handler: http.NotFoundHandler(), Unsupported: []string{"method"}})
	served, err := m.Start(context.Background(), conform.Policies()[0], "m.example.test")
	if err == nil || !strings.Contains(err.Error(), `"unsupported" names "method"`) || served.Ready {
		t.Errorf("%+v, %v", served.Announcement, err)
	}
}
