package diagnose

import (
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// network are the causes for which there is no verdict: no answer came that CORS could be
// about, whatever DevTools has in its column.
var network = []Cause{
	unreachable("nothing-listens", "Nothing listens at %s: the connection was refused. This is not CORS.", "Start the server, or correct the host and the port in the page's URL.", "net::ERR_CONNECTION_REFUSED"),
	unreachable("name-unknown", "The name of %s is not known. This is not CORS.", "Correct the host in the page's URL, or the entry in DNS.", "net::ERR_NAME_NOT_RESOLVED", "net::ERR_NAME_RESOLUTION_FAILED"),
	unreachable("certificate", "The browser does not trust the certificate of %s. This is not CORS.", "Give the server a certificate for this host that browsers trust, or add its authority to the browser.", "net::ERR_CERT_"),
	unreachable("no-tls", "The browser could not make a TLS connection to %s. This is not CORS.", "Ask with http:// if the server speaks no TLS on this port. If it does, enable TLS 1.2 or 1.3 there.", "net::ERR_SSL_"),
	unreachable("connection-closed", "%s closed the connection without an answer. This is not CORS.", "Look in the log of the server: a crash, or a method that it does not take, ends a connection like this.", "net::ERR_EMPTY_RESPONSE", "net::ERR_CONNECTION_RESET", "net::ERR_CONNECTION_CLOSED", "net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_CONTENT_LENGTH_MISMATCH"),
	unreachable("no-http", "What %s answered is no valid HTTP. This is not CORS.", "Correct the answer of the server.", "net::ERR_INVALID_HTTP_RESPONSE", "net::ERR_RESPONSE_HEADERS", "net::ERR_HTTP2_", "net::ERR_INVALID_CHUNKED_ENCODING"),
	unreachable("not-reached", "%s cannot be reached. This is not CORS.", "Look at the network between the browser and the server.", "net::ERR_ADDRESS_", "net::ERR_CONNECTION_TIMED_OUT", "net::ERR_TIMED_OUT", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_NETWORK_", "net::ERR_PROXY_", "net::ERR_TUNNEL_"),
}

// unreachable is a cause that a net error names. It is proved where a request without a
// browser gets no answer either.
func unreachable(id, cause, remedy string, errors ...string) Cause {
	return Cause{
		ID: id, NetErrors: errors, fits: always,
		judge: func(c *patient) judgement {
			place := silentURL(c)
			header := c.sendable()
			if misled(c) { // the login of one server is not for another one
				header = harness.Header{}
			}
			plans := []planned{c.wiredTo(place, rawAsCurl, http.MethodGet, header)}
			if e := unanswered(c); e != nil {
				plans = append(plans, c.wiredTo(place, rawPreflight, http.MethodOptions, c.preflightHeader(*e)))
			}
			c.rawly(plans...)
			for _, name := range []string{rawAsCurl, rawPreflight} {
				if e := c.made[name]; e != nil && e.Error != "" {
					return proved
				}
			}
			return open
		},
		cause: func(c *patient) string { return strings.Replace(cause, "%s", web.OriginOf(silentURL(c)), 1) },
		layer: func(c *patient) (Layer, []string) {
			told := []string{c.told("net error") + ", and no CORS error"}
			if misled(c) {
				told = append(told, "a redirect of "+web.OriginOf(c.d.Seen.Request.URL)+" leads there")
			}
			if unanswered(c) != nil {
				told = append(told, "OPTIONS got no answer")
			}
			for name, method := range map[string]string{rawAsCurl: "GET", rawPreflight: "OPTIONS"} {
				if e := c.made[name]; e != nil {
					told = append(told, "without a browser, "+method+" gets "+e.Outcome())
				}
			}
			slices.Sort(told[1:])
			return Network, told
		},
		remedy: func(c *patient) string {
			if misled(c) {
				return "Correct where " + web.OriginOf(c.d.Seen.Request.URL) + " redirects to, or make " + web.OriginOf(silentURL(c)) + " answer."
			}
			return remedy
		},
		untried: "there is no answer that could be edited.",
	}
}

// silentURL is the URL from which no answer came: the URL of the question, or where a redirect
// led.
func silentURL(c *patient) string {
	if last := len(c.d.Seen.Exchanges) - 1; last >= 0 && c.d.Seen.Exchanges[last].URL != "" {
		return c.d.Seen.Exchanges[last].URL
	}
	return c.d.Seen.Request.URL
}

// misled says whether a redirect led to another server.
func misled(c *patient) bool { return web.OriginOf(silentURL(c)) != web.OriginOf(c.d.Seen.Request.URL) }

// unanswered is the preflight that got no answer; nil where there is none.
func unanswered(c *patient) *harness.Exchange {
	for i, e := range c.d.Seen.Exchanges {
		if e.Kind == harness.Preflight && e.Status == 0 {
			return &c.d.Seen.Exchanges[i]
		}
	}
	return nil
}
