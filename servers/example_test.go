package servers_test

import (
	"context"
	"fmt"
	"log"

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
