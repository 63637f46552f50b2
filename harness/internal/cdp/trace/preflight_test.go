package trace

import (
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
)

// It decides whether a request of a dry run is sent.
func TestIsPreflight(t *testing.T) {
	for _, test := range []struct {
		method, header string
		want           bool
	}{
		{"OPTIONS", "Access-Control-Request-Method", true},
		{"OPTIONS", "access-control-request-method", true},
		{"OPTIONS", "Access-Control-Request-Headers", false},
		{"OPTIONS", "Origin", false},
		{"DELETE", "Access-Control-Request-Method", false},
		{"options", "Access-Control-Request-Method", false},
		{"", "Access-Control-Request-Method", false},
	} {
		paused := &fetch.EventRequestPaused{Request: &network.Request{Method: test.method, Headers: network.Headers{"Accept": "*/*", test.header: "PUT"}}}
		if got := IsPreflight(paused); got != test.want {
			t.Errorf("%s with %s: %v", test.method, test.header, got)
		}
	}
	if IsPreflight(&fetch.EventRequestPaused{Request: &network.Request{Method: "OPTIONS"}}) {
		t.Error("without a header")
	}
}
