package diagnose

import (
	"fmt"
	"net/url"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// upstreamOf is the URL of a question at the server behind the gateway.
func upstreamOf(upstream string, r harness.Request) (string, error) {
	if upstream == "" {
		return "", nil
	}
	behind, err := url.Parse(upstream)
	if err != nil || behind.Host == "" || behind.User != nil || behind.Scheme != "http" && behind.Scheme != "https" || behind.Path != "" && behind.Path != "/" || behind.RawQuery != "" {
		return "", fmt.Errorf("upstream %q: want a scheme and a host, such as http://127.0.0.1:8080: the path and the query come from the question", harness.Observation{Request: harness.Request{URL: upstream}}.Redacted().Request.URL)
	}
	u, err := web.ParseURL(r.URL, nil)
	if err != nil {
		return "", nil // the browser names the fault of the URL
	}
	return behind.Scheme + "://" + behind.Host + u.Path + u.Query, nil
}

// Validate says what is wrong with the fields of a Doctor. [Doctor.Run] says the same.
func (d Doctor) Validate() error {
	_, err := upstreamOf(d.Upstream, harness.Request{})
	return err
}

// askUpstream asks the server behind the gateway the same question, and names the one of the
// two that is at fault.
func (c *patient) askUpstream() {
	if c.upstream == "" || c.d.Seen.Verdict != harness.Blocked {
		return
	}
	r := c.d.Seen.Request
	r.URL = c.upstream
	switch direct := c.make(behindGateway, r); {
	case readable(direct) || direct != nil && direct.Verdict == harness.Opaque:
		if c.d.Sure == Unknown {
			c.d.Sure, c.d.Cause = Likely, "The gateway changes something on the way: the server behind it gives the page what it wants."
		}
		c.d.Layer = Gateway
		c.d.Evidence = append(c.d.Evidence, "the server behind the gateway, asked directly, is right: the same question is readable there")
	case blocked(direct) && direct.Reason == c.d.Seen.Reason:
		c.d.Evidence = append(c.d.Evidence, "the server behind the gateway, asked directly, has the same fault")
		c.d.RuledOut = append(c.d.RuledOut, "that the gateway is at fault: the server behind it is blocked for the same reason")
		if c.d.Layer == Gateway {
			c.d.Layer = Middleware
		}
	case blocked(direct):
		c.d.Evidence = append(c.d.Evidence, fmt.Sprintf("the server behind the gateway, asked directly, has another fault (%s)", direct.Reason))
	}
}
