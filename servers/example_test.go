package servers_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// The README has this code; specs/documents_test.go compares them.
func Example() {
	ctx := context.Background()
	var net servers.Network
	if err := net.Start(); err != nil {
		log.Fatal(err)
	}
	defer net.Close()
	chrome := harness.Browser{Network: &net}
	defer chrome.Close()
	place := net.Add(servers.Case{
		Preflight: &servers.Reply{Status: 204, Header: harness.Header{
			{Name: "Access-Control-Allow-Origin", Value: "https://app.test"},
			{Name: "Access-Control-Allow-Methods", Value: "PUT"},
		}},
		Reply: servers.Reply{Header: servers.Allow("https://app.test"), Body: "hello"},
	})
	seen, err := chrome.Fetch(ctx, harness.Request{From: "https://app.test", URL: place.URL("https://api.test"), Method: "PUT"})
	// seen.Arrivals: what the server received
	fmt.Println(seen.Verdict, err)
	for _, a := range seen.Arrivals {
		fmt.Println(a.Method, a.URL == place.URL("https://api.test"))
	}
	// Output:
	// readable <nil>
	// OPTIONS true
	// PUT true
}

// A server that listens on a port gets a name with TLS, and everything that arrives is recorded.
func ExampleNetwork_Record() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.test")
	}))
	defer api.Close()
	var net servers.Network
	if err := net.Start(); err != nil {
		log.Fatal(err)
	}
	defer net.Close()
	recorder, err := net.Record("https://api.test", api.Listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer recorder.Close()
	chrome := harness.Browser{Network: &net}
	defer chrome.Close()
	seen, err := chrome.Fetch(context.Background(), harness.Request{From: "https://app.test", URL: "https://api.test/me", Method: "DELETE"})
	fmt.Println(seen.Verdict, seen.Reason, err)
	for _, a := range seen.Arrivals {
		fmt.Println(a.Method, a.URL)
	}
	// Output:
	// blocked MethodDisallowedByPreflightResponse <nil>
	// OPTIONS https://api.test/me
}
