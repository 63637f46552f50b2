package wire

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/reach"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// MaxHead bounds the bytes of a response's head.
const MaxHead = 1 << 20

// NewClient returns the client that reaches servers as the Browser does: with its CA, its
// Resolve and the proxies of the environment. The error names the faults of these fields.
func NewClient(browser *harness.Browser) (*http.Client, error) {
	transport, err := browser.Transport()
	if err != nil {
		return nil, err
	}
	transport.MaxResponseHeaderBytes = MaxHead
	return &http.Client{Transport: &reaching{transport, harness.UserAgent{Trusts: reach.Names(browser.CA), Resolve: slices.Clone(browser.Resolve)}}}, nil
}

// reaching is a Transport that knows what was asked for about the way to the servers: a
// verdict that rests on it need not be that of a user's browser.
type reaching struct {
	*http.Transport

	way harness.UserAgent // Trusts and Resolve
}

// wayOf is what was asked for about the way to the servers, as far as the client knows.
func wayOf(client *http.Client) harness.UserAgent {
	if r, ok := client.Transport.(*reaching); ok {
		return r.way
	}
	return harness.UserAgent{}
}

// Send sends one request unchanged: the method, the URL and the request headers of the
// exchange, and a body. It follows no redirect, and returns the exchange with the response.
// The body of the response is not waited for, unless a function reads it.
func Send(ctx context.Context, client *http.Client, e harness.Exchange, body string, read func(io.ReadCloser)) (harness.Exchange, error) {
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) { sent.Store(info.Err == nil) }})
	request, err := http.NewRequestWithContext(traced, e.Method, asBrowsersRead(e.URL), strings.NewReader(body))
	if err != nil {
		return e, err
	}
	for _, f := range e.RequestHeaders {
		name := http.CanonicalHeaderKey(f.Name)
		request.Header[name] = append(request.Header[name], f.Value)
	}
	e.ResponseHeaders = harness.Header{}
	response, err := follower(client).Do(request)
	if err != nil {
		e.Sent = sent.Load()
		return e, err
	}
	if read != nil {
		read(response.Body)
	}
	_ = response.Body.Close()
	e.Sent, e.Status, e.Protocol, e.ResponseHeaders = true, response.StatusCode, strings.ToLower(response.Proto), fields(response.Header)
	if response.ProtoMajor == 2 {
		e.Protocol = "h2" // as browsers call it
	}
	return e, nil
}

// What is read of a body: so much, and no longer than that.
const (
	maxBeginning = 64 << 10
	beginningIn  = 2 * time.Second
)

// Beginning reads the beginning of a body. It is empty where the body does not end in
// time: what trickles is another one each time.
func Beginning(body io.ReadCloser) string {
	p := read(body)
	if p.late || p.err != nil {
		return ""
	}
	return p.text
}

// piece is what was read of a body.
type piece struct {
	text string
	more bool  // the body goes on behind the limit
	late bool  // the body did not end in time
	err  error // the body broke off
}

// read reads the beginning of a body.
func read(body io.ReadCloser) piece {
	late := make(chan struct{})
	timer := time.AfterFunc(beginningIn, func() {
		defer close(late)
		_ = body.Close()
	})
	text, err := io.ReadAll(io.LimitReader(body, maxBeginning+1))
	if !timer.Stop() {
		<-late
		return piece{late: true}
	}
	if err != nil {
		return piece{err: err}
	}
	if len(text) > maxBeginning {
		return piece{text: string(text[:maxBeginning]), more: true}
	}
	return piece{text: string(text)}
}

// Unanswered describes a request without an answer. When the context has ended, the
// client's error is only the cause of the context: it does not show that the time was
// over.
func Unanswered(ctx context.Context, r harness.Request, err error) error {
	if ctx.Err() != nil {
		return harness.NewInconclusiveError(r, context.Cause(ctx).Error(), ctx.Err())
	}
	return harness.NewInconclusiveError(r, innermost(err).Error()+wayOut(err), err)
}

// wayOut says what helps against an error, if something does.
func wayOut(err error) string {
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return "; --ca FILE, or Browser.CA, names the authority, or the certificate itself"
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && lookup.IsNotFound {
		return "; --resolve HOST:PORT:ADDRESS, or Browser.Resolve, says where the name leads"
	}
	return ""
}

// follower returns the client without following redirects: a page is told of the first
// one.
func follower(client *http.Client) *http.Client {
	still := *client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &still
}

// fields are the headers of a response, sorted by name.
func fields(header http.Header) harness.Header {
	list := harness.Header{}
	for name, values := range header {
		for _, value := range values {
			list = append(list, harness.Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(list, func(a, b harness.Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// innermost returns the innermost cause: the outer errors would repeat the URL.
func innermost(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

// asBrowsersRead is a URL that net/http may read as another one, such as http:/host/path, in the
// form that a browser gives it. A URL that no browser can read stays.
// https://url.spec.whatwg.org/#concept-basic-url-parser
func asBrowsersRead(url string) string {
	if u, err := web.ParseURL(url, nil); err == nil && u.IsHTTP() {
		return u.String()
	}
	return url
}
