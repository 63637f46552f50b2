package diagnose

import (
	"fmt"
	"net/url"
	"slices"

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
	if c.upstream == "" && c.d.Seen.Verdict == harness.Blocked && len(gateways(c.shown)) > 0 && (c.d.Layer == Framework || c.d.Layer == Middleware) {
		c.d.Notes = append(c.d.Notes, "A gateway shows in the answer, and it may be at fault in place of the server behind it: --upstream URL, or Doctor.Upstream, has the server behind it asked too.")
	}
	if c.upstream == "" || c.d.Seen.Verdict != harness.Blocked {
		return
	}
	r := c.d.Seen.Request
	r.URL = c.upstream
	serves := c.d.Sure == Unknown || slices.Contains([]Layer{Middleware, Framework, Gateway}, c.d.Layer)
	switch direct := c.make(behindGateway, r); {
	case serves && c.gatewayAdds(direct):
		c.d.Layer = Gateway
	case readable(direct) || direct != nil && direct.Verdict == harness.Opaque:
		if c.d.Sure == Unknown {
			c.d.Sure, c.d.Cause = Likely, "The gateway changes something on the way: the server behind it gives the page what it wants."
		}
		if serves { // the gateway is no page, and a cache or a login that it has is named as such
			c.d.Layer = Gateway
		}
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

// gatewayAdds says whether the gateway is the part that adds Access-Control-Allow-Origin: some
// answer through it has the header, and the server behind it sends none for the same request.
func (c *patient) gatewayAdds(direct *harness.Observation) bool {
	if lines(c.by) != "" {
		if direct == nil || deciding(*direct).Status == 0 || lines(deciding(*direct)) != "" {
			return false
		}
		c.d.Evidence = append(c.d.Evidence, "the gateway adds Access-Control-Allow-Origin: the server behind it, asked directly, does not send the header")
		return true
	}
	if !blocked(direct) {
		return false
	}
	for _, name := range []string{atRoot, nowhere, asSimple} {
		through := c.result(name)
		if !readable(through) || lines(deciding(*through)) == "" {
			continue
		}
		r := through.Request
		at, err := upstreamOf(web.OriginOf(c.upstream), r)
		if err != nil {
			return false
		}
		r.URL = at
		if behind := c.make(behindGateway+": "+name, r); blocked(behind) && deciding(*behind).Status != 0 && lines(deciding(*behind)) == "" {
			c.d.Evidence = append(c.d.Evidence, "the gateway adds Access-Control-Allow-Origin to other answers: "+name+" has it through the gateway, and has none where the server behind it is asked directly")
			return true
		}
	}
	return false
}
