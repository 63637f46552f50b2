package diagnose

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/wire"
)

// The experiments without a browser.
const (
	rawAsPage    = "the same without a browser, with the page's Origin"
	rawAsCurl    = "the same without a browser and without Origin, as curl asks"
	rawPreflight = "the preflight without a browser"
	rawSigned    = "the preflight without a browser, with the page's Authorization"
	rawStranger  = "the preflight without a browser, with another Origin"
	rawOrigin    = "a GET without a browser, with Origin: "

	rawHandshake     = "the handshake without a browser, with the page's Origin"
	rawHandshakeHome = "the handshake without a browser, with the server's own Origin"
)

// wired plans a request without a browser: a GET or an OPTIONS. It is not followed where it
// is redirected, and carries no cookies.
func (c *patient) wired(name, method string, header harness.Header) planned {
	return c.wiredTo(c.d.Seen.Request.URL, name, method, header)
}

// wiredTo is wired for another URL.
func (c *patient) wiredTo(url, name, method string, header harness.Header) planned {
	r := simple(c.d.Seen.Request)
	r.URL, r.Method, r.Headers = url, method, header
	return planned{name, func() (attempt, []string) {
		var a attempt
		seen, notes, err := c.patiently(func() (harness.Observation, error) {
			e := harness.Exchange{Kind: harness.ActualRequest, Method: method, URL: url, RequestHeaders: header}
			e, err := wire.Send(c.ctx, c.client, e, "", func(body io.ReadCloser) { a.body = wire.Beginning(body) })
			return harness.Observation{Request: r, Wire: true, Page: c.d.Seen.Page, Exchanges: []harness.Exchange{e}}, err
		})
		a.Seen = seen
		if err != nil {
			a.Error = missingOf(wire.Unanswered(c.ctx, r, err))
		}
		return a, notes
	}}
}

// missingOf is what an error without a verdict says in a few words.
func missingOf(err error) string {
	if inconclusive, is := errors.AsType[*harness.InconclusiveError](err); is {
		return inconclusive.Missing
	}
	return err.Error()
}

// rawly makes experiments without a browser at the same time. It does nothing where there is
// no client, and where the question is no fetch.
func (c *patient) rawly(plans ...planned) {
	if c.client != nil && strings.HasPrefix(c.d.Seen.Request.URL, "http") {
		c.atOnce(plans...)
	}
}

// raw is the answer to an experiment without a browser; nil where there was none.
func (c *patient) raw(name string) *harness.Exchange {
	if seen := c.result(name); seen != nil && len(seen.Exchanges) > 0 {
		return &seen.Exchanges[0]
	}
	return nil
}

// likeCurl asks without a browser, with and without the page's Origin, and makes other
// experiments at the same time.
func (c *patient) likeCurl(others ...planned) {
	header := c.sendable()
	c.rawly(append(others, c.wired(rawAsPage, http.MethodGet, append(header, harness.Field{Name: web.NameOrigin, Value: originOf(c.d.Seen, c.by)})),
		c.wired(rawAsCurl, http.MethodGet, header))...)
}

// sendable are the headers of the question that a GET can have too.
func (c *patient) sendable() harness.Header {
	header := harness.Header{}
	for _, f := range c.d.Seen.Request.Headers {
		if !web.IsForbiddenRequestHeader(f.Name, f.Value) && !web.IsRequestBodyHeaderName(f.Name) {
			header = append(header, f)
		}
	}
	return header[:len(header):len(header)]
}

// preflightRawly sends the preflight without a browser: as the browser did, to see the body of
// the answer, and with the Authorization of the page, which a browser never sends with it.
func (c *patient) preflightRawly() {
	header := c.preflightHeader(c.by)
	plans := []planned{c.wired(rawPreflight, http.MethodOptions, header)}
	if token, set := c.d.Seen.Request.Headers.Get(web.NameAuthorization); set {
		plans = append(plans, c.wired(rawSigned, http.MethodOptions, append(header, harness.Field{Name: web.NameAuthorization, Value: token})))
	}
	if web.OriginOf(c.by.URL) == web.OriginOf(c.d.Seen.Request.URL) {
		c.rawly(plans...)
	}
}

// handshakes are the statuses of the handshake of a WebSocket without a browser, with the
// server's own origin and with the page's; 0 where there was no answer.
// https://www.rfc-editor.org/rfc/rfc6455#section-4.1
func (c *patient) handshakes() (home, page int) {
	u, err := url.Parse(c.d.Seen.Request.URL)
	if err != nil || c.client == nil {
		return 0, 0
	}
	u.Scheme = strings.Replace(u.Scheme, "ws", "http", 1)
	ask := func(name, origin string) planned {
		return c.wiredTo(u.String(), name, http.MethodGet, harness.Header{{Name: web.NameOrigin, Value: origin}, {Name: "Connection", Value: "Upgrade"},
			{Name: "Upgrade", Value: "websocket"}, {Name: "Sec-WebSocket-Version", Value: "13"}, {Name: "Sec-WebSocket-Key", Value: "Y29yc3Byb29mLWtleS0xNg=="}})
	}
	c.atOnce(ask(rawHandshake, c.d.Seen.Page.Origin), ask(rawHandshakeHome, u.Scheme+"://"+u.Host))
	if e := c.raw(rawHandshakeHome); e != nil {
		home = e.Status
	}
	if e := c.raw(rawHandshake); e != nil {
		page = e.Status
	}
	return home, page
}

// preflightAsStranger sends the preflight without a browser, for a page of another origin.
func (c *patient) preflightAsStranger() {
	header := without(c.preflightHeader(c.by), web.NameOrigin)
	c.rawly(c.wired(rawStranger, http.MethodOptions, append(header, harness.Field{Name: web.NameOrigin, Value: strangersOrigin})))
}

// preflightHeader are the headers of a preflight, as the browser sent them.
func (c *patient) preflightHeader(e harness.Exchange) (header harness.Header) {
	for _, name := range []string{web.NameOrigin, web.NameRequestMethod, web.NameRequestHeaders} {
		if value, present := e.RequestHeaders.Get(name); present {
			header = append(header, harness.Field{Name: name, Value: value})
		}
	}
	return slices.Clip(header)
}

// curlWorks is what a question without a browser tells: whether the server answers a client
// that checks nothing.
func (c *patient) curlWorks() []string {
	if e := c.raw(rawAsCurl); e != nil && web.IsOKStatus(e.Status) && !web.IsOKStatus(c.by.Status) {
		return []string{"without Origin, as curl asks, the server answers with success: it refuses by the Origin"}
	} else if e != nil && web.IsOKStatus(e.Status) {
		return []string{"it works in curl, which checks no CORS headers: the server answers with success"}
	}
	return nil
}

// lookalikes are origins like the page's: each differs in one part, as a list on a server
// often does.
func lookalikes(origin string) []string {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || web.IsAddress(u.Hostname()) {
		return nil
	}
	with := func(change func(*url.URL)) string {
		other := url.URL{Scheme: u.Scheme, Host: u.Host}
		change(&other)
		return other.String()
	}
	list := []string{
		with(func(o *url.URL) { o.Host = "corsproof-stranger." + o.Host }),
		with(func(o *url.URL) { o.Host = u.Hostname() + ".corsproof-stranger.example" }),
		with(func(o *url.URL) { o.Scheme = map[string]string{"https": "http", "http": "https"}[o.Scheme] }),
	}
	if bare, is := strings.CutPrefix(u.Host, "www."); is {
		list = append(list, with(func(o *url.URL) { o.Host = bare }))
	} else {
		list = append(list, with(func(o *url.URL) { o.Host = "www." + o.Host }))
	}
	if u.Port() != "" {
		list = append(list, with(func(o *url.URL) { o.Host = u.Hostname() }))
	}
	return list
}

// origins are a stranger's origin and the lookalikes of the page's.
func (c *patient) origins() []string {
	return append([]string{strangersOrigin}, lookalikes(c.d.Seen.Page.Origin)...)
}

// fromOthers plans a GET without a browser from each of the origins.
func (c *patient) fromOthers() (plans []planned) {
	for _, origin := range c.origins() {
		plans = append(plans, c.wired(rawOrigin+origin, http.MethodGet, append(c.sendable(), harness.Field{Name: web.NameOrigin, Value: origin})))
	}
	return plans
}

// others asks from other origins, and returns the origins that the server names in
// Access-Control-Allow-Origin.
func (c *patient) others() (named []string) {
	c.rawly(c.fromOthers()...)
	for _, origin := range c.origins() {
		if e := c.raw(rawOrigin + origin); e != nil && lines(*e) == origin {
			named = append(named, origin)
		}
	}
	return named
}

// shapes tell by the body of an error who wrote it.
var shapes = []struct {
	text *regexp.Regexp
	says string
	by   Layer
}{
	{regexp.MustCompile(`<center>nginx`), "the body is the error page of nginx itself", Gateway},
	{regexp.MustCompile(`<center>openresty`), "the body is the error page of openresty itself", Gateway},
	{regexp.MustCompile(`(?i)<address>Apache`), "the body is the error page of Apache itself", Gateway},
	{regexp.MustCompile(`(?s)^<html><body><h1>\d{3} [^<]*</h1>`), "the body is the error page of HAProxy itself", Gateway},
	{regexp.MustCompile(`(?i)cloudflare</center>|cf-error-details`), "the body is an error page of Cloudflare", Gateway},
	{regexp.MustCompile(`Generated by cloudfront`), "the body is an error page of CloudFront", Gateway},
	{regexp.MustCompile(`Varnish cache server|Guru Meditation`), "the body is the error page of Varnish", Cache},
	{regexp.MustCompile(`^\s*\{"message":\s*"(Forbidden|Unauthorized|Missing Authentication Token|Not Found|Too Many Requests|Limit Exceeded|Internal server error|Service Unavailable)"\}`),
		"the body is the JSON with which AWS API Gateway refuses ({\"message\": ...})", Gateway},
	{regexp.MustCompile(`"message":\s*"(No API key found|no Route matched)`), "the body is the JSON of Kong", Gateway},
	{regexp.MustCompile(`^(no healthy upstream|upstream connect error)`), "the body is a message of Envoy: the server behind it cannot be reached", Gateway},
	{regexp.MustCompile(`<Code>\w+</Code>`), "the body is the XML of an object store", Framework},
	{regexp.MustCompile(`<pre>Cannot (GET|OPTIONS|HEAD) `), "the body is the page of Express for a route that is not there", Framework},
	{regexp.MustCompile(`(?i)Whitelabel Error Page|"timestamp":.*"path":`), "the body is the error of Spring", Framework},
	{regexp.MustCompile(`^\{"detail":"`), "the body is the JSON of FastAPI or of Django REST framework", Framework},
	{regexp.MustCompile(`Invalid CORS request`), "the body is Spring's \"Invalid CORS request\"", Middleware},
}

// storeCode is the code in the error of an object store.
var storeCode = regexp.MustCompile(`<Code>([A-Za-z]{1,40})</Code>`)

// shape tells who wrote the body of an error, empty where no shape is known.
func (c *patient) shape(experiment string) (Layer, string) {
	a := c.made[experiment]
	if a == nil || a.Error != "" || deciding(a.Seen).Status != c.by.Status {
		return "", ""
	}
	for _, s := range shapes {
		if s.text.MatchString(a.body) {
			if code := storeCode.FindStringSubmatch(a.body); code != nil {
				return s.by, s.says + " (" + code[1] + ")"
			}
			return s.by, s.says
		}
	}
	return "", ""
}
