package bidi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// A question that comes after the proxy has died has an error of the proxy for its evidence: it is
// never taken for an answer of the server.
func TestProxyDies(t *testing.T) {
	if _, err := find(""); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") }))
	defer server.Close()
	b, err := Launch(ctx, engine.Options{LocalNetwork: "granted", HostRules: []string{"MAP *.test " + server.Listener.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	page, err := b.Open(ctx, engine.PageOptions{Origin: "http://app.test"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(url string) engine.Evidence {
		t.Helper()
		told, err := page.Ask(ctx, engine.Question{JSON: []byte(`{"url":"` + url + `","method":"GET"}`), URL: url, Request: true})
		if err != nil {
			t.Fatal(err)
		}
		return told
	}
	if told := ask("http://one.test/"); told.LastFailure() != nil || told.Requests[0].Status != 200 {
		t.Fatalf("with the proxy: %+v", told)
	}
	if err := b.(*Firefox).proxy.Close(); err != nil {
		t.Fatal(err)
	}
	failed := ask("http://two.test/").LastFailure()
	if failed == nil || failed.Code != "" || !strings.Contains(failed.NetError, "PROXY") {
		t.Errorf("without the proxy: %+v", failed)
	}
}
