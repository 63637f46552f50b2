package chrome

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/fetch"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/socks"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// relay answers what a page asks of the fixture network, where the browser cannot connect to it:
// Chrome pauses a request, we ask the network for it by HTTP/1.1, and Chrome gets the answer and
// judges it. A preflight comes first, as on the wire.
//
// An answer is a status, a list of headers and a body here. So TLS, HTTP/2, the bytes of a
// response and a connection that breaks are out of reach: see [relay.cannot] and [relay.failed].
type relay struct {
	leads  socks.Lead
	client http.RoundTripper // a client would follow redirects, or refuse an invalid one

	mu     sync.Mutex
	failed map[string]error // by URL: requests without an answer that Chrome could be given
}

// mostFailed bounds the failures that are remembered.
const mostFailed = 1000

func newRelay(leads socks.Lead) *relay {
	var dialer net.Dialer
	return &relay{leads: leads, failed: map[string]error{}, client: &http.Transport{
		DisableCompression: true,
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: true}, // the fixture network alone is reached
		TLSNextProto:       map[string]func(string, *tls.Conn) http.RoundTripper{},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			number, _ := strconv.ParseUint(port, 10, 16)
			to := leads(host, uint16(number))
			if to == "" {
				return nil, errors.New("it is not a host of the fixture network")
			}
			return dialer.DialContext(ctx, network, to)
		},
	}}
}

// patterns are all URLs: nothing of such a page may leave the browser.
func (r *relay) patterns() []*fetch.RequestPattern {
	return []*fetch.RequestPattern{{URLPattern: "*"}}
}

// relayLimit bounds one answer.
const relayLimit = time.Minute

// answer asks the fixture network.
func (r *relay) answer(ctx context.Context, e *fetch.EventRequestPaused) (fetch.FulfillRequestParams, error) {
	ctx, cancel := context.WithTimeout(ctx, relayLimit)
	defer cancel()
	answer, err := r.ask(ctx, e)
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.failed) < mostFailed {
			r.failed[withoutFragment(e.Request.URL)] = err
		}
	}
	return answer, err
}

func (r *relay) ask(ctx context.Context, e *fetch.EventRequestPaused) (fetch.FulfillRequestParams, error) {
	body, err := bodyOf(e)
	if err != nil {
		return fetch.FulfillRequestParams{}, err
	}
	asked, err := http.NewRequestWithContext(ctx, e.Request.Method, withoutFragment(e.Request.URL), body)
	if err != nil {
		return fetch.FulfillRequestParams{}, err
	}
	for name, value := range e.Request.Headers {
		if text, ok := value.(string); ok {
			asked.Header[name] = []string{text}
		}
	}
	answer, err := r.client.RoundTrip(asked)
	if err != nil {
		return fetch.FulfillRequestParams{}, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return fetch.FulfillRequestParams{}, err
	}
	if err := redirectable(e.Request.URL, answer); err != nil {
		return fetch.FulfillRequestParams{}, err
	}
	return fetch.FulfillRequestParams{
		ResponseCode: int64(answer.StatusCode), ResponsePhrase: phraseOf(answer), ResponseHeaders: linesOf(answer.Header), Body: content,
	}, nil
}

// redirectable refuses a redirect to what is no URL: Chrome takes such an answer of DevTools for
// one without a redirect.
func redirectable(base string, answer *http.Response) error {
	from, err := web.ParseURL(base, nil)
	if err != nil {
		return err
	}
	for _, to := range answer.Header.Values("Location") {
		if _, err := web.ParseURL(to, &from); err != nil && web.IsRedirectStatus(answer.StatusCode) {
			return errors.New("it redirects to an invalid URL")
		}
	}
	return nil
}

// phraseOf is the reason phrase of an answer. Chrome wants one where it does not know the status.
func phraseOf(answer *http.Response) string {
	_, phrase, _ := strings.Cut(answer.Status, " ")
	return cmp.Or(phrase, http.StatusText(answer.StatusCode), "Unnamed")
}

// linesOf are the lines of a header.
func linesOf(header http.Header) []*fetch.HeaderEntry {
	lines := []*fetch.HeaderEntry{}
	for name, values := range header {
		for _, value := range values {
			lines = append(lines, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(lines, func(a, b *fetch.HeaderEntry) int { return strings.Compare(a.Name, b.Name) })
	return lines
}

// bodyOf is the body of a request.
func bodyOf(e *fetch.EventRequestPaused) (io.Reader, error) {
	if !e.Request.HasPostData {
		return nil, nil
	}
	var body bytes.Buffer
	for _, part := range e.Request.PostDataEntries {
		body.Write(part.Bytes)
	}
	if body.Len() == 0 {
		return nil, errors.New("Chrome does not tell the body of the request")
	}
	return &body, nil
}

// withoutFragment is a URL as it is sent.
func withoutFragment(text string) string {
	bare, _, _ := strings.Cut(text, "#")
	return bare
}

// why says why a request had no answer that Chrome could be given; nil: it had one.
func (r *relay) why(url string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed[withoutFragment(url)]
}

// relayed are the ways to ask whose requests Chrome pauses in the session of the page.
var relayed = []string{"", "fetch", "xhr", "xhr-sync", "xhr-upload", "font", "img", "script", "stylesheet"}

// cannot names all that the Fetch domain cannot do for a question; empty: nothing.
func (r *relay) cannot(o engine.PageOptions, question json.RawMessage) string {
	var asked struct {
		Via   string `json:"via"`
		Mode  string `json:"mode"`
		Cache string `json:"cache"`
		Body  struct {
			Kind string `json:"kind"`
		} `json:"body"`
	}
	if err := json.Unmarshal(question, &asked); err != nil {
		return err.Error()
	}
	var list []string
	for _, f := range []struct {
		is   bool
		what string
	}{
		{!slices.Contains(relayed, asked.Via), "ask via " + asked.Via},
		{asked.Mode == "no-cors" || asked.Mode == "" && slices.Contains(relayed[6:], asked.Via),
			"judge a response in no-cors mode, which its network service does (Cross-Origin-Resource-Policy, opaque response blocking)"},
		{o.Controlled, "have a service worker answer"},
		{o.Edits != "", "edit answers"},
		{asked.Cache != "", "choose what its caches answer (" + asked.Cache + ")"},
		{asked.Body.Kind == "stream", "send a stream"},
	} {
		if f.is {
			list = append(list, f.what)
		}
	}
	if list == nil {
		return ""
	}
	return fmt.Sprintf("do this while it cannot connect to this machine, so that it gets its answers by DevTools: %s; run corsproof where that Chrome runs, or share its network", strings.Join(list, ", "))
}

// leadsTo says whether a URL is one of the fixture network.
func (f *fixture) leadsTo(text string) bool {
	u, err := web.ParseURL(text, nil)
	return err == nil && f.leads != nil && f.leads(u.Host, 0) != ""
}
