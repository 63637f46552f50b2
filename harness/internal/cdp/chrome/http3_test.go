package chrome

import (
	"testing"

	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/reach"
)

// Of a refused response, HTTP/3 is named only where no proxy can have asked by another protocol.
func TestProtocolOfARefusedResponse(t *testing.T) {
	options := engine.Options{HTTP3: []string{"h3.test:443", "h3.test:8443"}}
	resolved := options
	resolved.Addresses = []reach.Address{{Host: "h3.test", Port: 8443}}
	direct, perhaps, addressed := &Chrome{options: options, flags: []string{"--no-proxy-server"}}, &Chrome{options: options}, &Chrome{options: resolved}
	for _, test := range []struct {
		chrome    *Chrome
		url, want string
	}{
		{direct, "https://h3.test/", "h3"}, {direct, "https://h3.test:8443/a?b", "h3"}, {direct, "https://h3.test:9443/", "h2"},
		{direct, "https://h2.test/", "h2"}, {direct, "http://h3.test:443/", "h2"},
		{perhaps, "https://h3.test/", ""}, {perhaps, "https://h2.test/", "h2"},
		{addressed, "https://h3.test/", ""}, {addressed, "https://h3.test:8443/", "h3"},
	} {
		r := &trace.Request{URL: test.url, Sent: &network.EventRequestWillBeSentExtraInfo{Headers: network.Headers{":authority": "x"}}, Received: &network.EventResponseReceivedExtraInfo{StatusCode: 200}}
		if got := test.chrome.evidence(trace.Record{Requests: []*trace.Request{r}}).Requests[0].Protocol; got != test.want {
			t.Errorf("%s, flags %v, addresses %v: %q, want %q", test.url, test.chrome.flags, test.chrome.options.Addresses, got, test.want)
		}
	}
}
