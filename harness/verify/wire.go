package verify

import (
	"cmp"
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
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// maxHead bounds the bytes of a response's head.
const maxHead = 1 << 20

// newClient returns the client that sends requests that no browser can send, to the
// servers that the browser reaches.
func newClient(browser *harness.Browser) (*http.Client, error) {
	transport, err := browser.Transport()
	if err != nil {
		return nil, err
	}
	transport.MaxResponseHeaderBytes = maxHead
	return &http.Client{Transport: transport}, nil
}

// onTheWire sends a request unchanged, and returns the verdict that a browser would give
// if it had sent that origin. The body does not matter, and is not waited for, unless a
// function reads it.
// https://fetch.spec.whatwg.org/#cors-check
func onTheWire(ctx context.Context, client *http.Client, r harness.Request, read func(io.ReadCloser) string) (harness.Observation, error) {
	o := harness.Observation{Request: r}
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) { sent.Store(info.Err == nil) }})
	method := cmp.Or(r.Method, "GET")
	request, err := http.NewRequestWithContext(traced, method, r.URL, nil)
	if err != nil {
		return o, err
	}
	for _, f := range r.Headers {
		request.Header[http.CanonicalHeaderKey(f.Name)] = append(request.Header[http.CanonicalHeaderKey(f.Name)], f.Value)
	}
	e := harness.Exchange{Kind: harness.ActualRequest, Method: method, URL: r.URL, RequestHeaders: r.Headers, ResponseHeaders: harness.Header{}}
	response, err := follower(client).Do(request)
	if err != nil {
		e.Sent = sent.Load()
		o.Exchanges = []harness.Exchange{e}
		return o, unanswered(ctx, r, err)
	}
	if read != nil {
		o.Script.Body = read(response.Body)
	}
	_ = response.Body.Close()
	e.Sent, e.Status, e.Protocol, e.ResponseHeaders = true, response.StatusCode, strings.ToLower(response.Proto), fields(response.Header)
	if response.ProtoMajor == 2 {
		e.Protocol = "h2" // as browsers call it
	}
	o.Exchanges = []harness.Exchange{e}
	o.Script.Headers = harness.Header{}
	o.Verdict, o.Reason = wireVerdict(r.Headers, e.ResponseHeaders)
	return o, nil
}

// What is read of a body: so much, and no longer than that.
const (
	maxBeginning = 64 << 10
	beginningIn  = 2 * time.Second
)

// beginning reads the beginning of a body. It is empty where the body does not end in
// time: what trickles is another one each time.
func beginning(body io.ReadCloser) string {
	late := make(chan struct{})
	timer := time.AfterFunc(beginningIn, func() {
		defer close(late)
		_ = body.Close()
	})
	text, err := io.ReadAll(io.LimitReader(body, maxBeginning))
	if !timer.Stop() {
		<-late
		return ""
	}
	if err != nil {
		return ""
	}
	return string(text)
}

// wireVerdict is what a browser would decide. Several lines of
// Access-Control-Allow-Origin, or several values in one, are blocked for everybody: the
// origin of a browser's request is never a list.
// https://fetch.spec.whatwg.org/#cors-check
func wireVerdict(request, response harness.Header) (harness.Verdict, harness.Reason) {
	origin, _ := oracle.Get(request, web.NameOrigin)
	switch allowed := response.Values(web.NameAllowOrigin); {
	case len(allowed) == 0:
		return harness.Blocked, harness.MissingAllowOriginHeader
	case len(allowed) > 1 || strings.Contains(allowed[0], ","):
		return harness.Blocked, harness.MultipleAllowOriginValues
	case !oracle.CORSCheck(origin, harness.Omit, response):
		return harness.Blocked, harness.AllowOriginMismatch
	}
	return harness.Readable, ""
}

// unanswered describes a request without an answer. When the context has ended, the
// client's error is only the cause of the context: it does not show that the time was
// over.
func unanswered(ctx context.Context, r harness.Request, err error) error {
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
