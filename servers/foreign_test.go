package servers_test

import (
	"context"
	"io"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A server of a foreign network is asked like any server outside: no preflight is
// cached, and no arrivals are reported.
func TestForeign(t *testing.T) {
	var net servers.Network
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	chrome := harness.Browser{Network: servers.Foreign{Network: &net}}
	defer chrome.Close()
	url := net.Add(servers.Case{Reply: servers.Reply{Header: append(servers.Allow("*"), harness.Header{
		{Name: "Access-Control-Allow-Methods", Value: "PUT"}, {Name: "Access-Control-Max-Age", Value: "600"}}...)}}).URL("https://api.test")
	for range 2 {
		o, err := chrome.Fetch(context.Background(), harness.Request{From: "https://app.test", URL: url, Method: "PUT"})
		if err != nil || len(o.Preflights()) != 1 || o.Arrivals != nil {
			t.Errorf("%v\n%s", err, o)
		}
	}
}

func TestClientReachesEveryName(t *testing.T) {
	var net servers.Network
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	place := net.Add(servers.Case{Reply: servers.Reply{Body: "hello"}})
	for _, origin := range []string{"https://api.test", "http://api.test:8080", "https://x.localhost"} {
		response, err := net.Client().Get(place.URL(origin))
		if err != nil {
			t.Errorf("%s: %v", origin, err)
			continue
		}
		if body, _ := io.ReadAll(response.Body); string(body) != "hello" {
			t.Errorf("%s: %q", origin, body)
		}
		response.Body.Close()
	}
}
