package chrome

import (
	"testing"

	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

func TestProtocolOfARefusedResponse(t *testing.T) {
	c := &Chrome{options: engine.Options{HTTP3: []string{"h3.test:443", "h3.test:8443"}}}
	for url, want := range map[string]string{
		"https://h3.test/": "h3", "https://h3.test:8443/a?b": "h3", "https://h3.test:9443/": "h2", "https://h2.test/": "h2", "http://h3.test:443/": "h2",
	} {
		r := &trace.Request{URL: url, Sent: &network.EventRequestWillBeSentExtraInfo{Headers: network.Headers{":authority": "x"}}, Received: &network.EventResponseReceivedExtraInfo{StatusCode: 200}}
		if got := c.evidence(trace.Record{Requests: []*trace.Request{r}}).Requests[0].Protocol; got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}
