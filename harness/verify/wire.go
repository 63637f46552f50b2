package verify

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// maxHead bounds the bytes of a response's head.
const maxHead = 1 << 20

// newClient returns the client that sends requests that no browser can send.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = maxHead
	return &http.Client{Transport: transport}
}

// onTheWire sends a request unchanged, and returns the verdict that a browser would give
// if it had sent that origin. The body does not matter, and is not waited for.
// https://fetch.spec.whatwg.org/#cors-check
func onTheWire(ctx context.Context, client *http.Client, r harness.Request) (harness.Observation, error) {
	o := harness.Observation{Request: r}
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) { sent.Store(info.Err == nil) }})
	request, err := http.NewRequestWithContext(traced, "GET", r.URL, nil)
	if err != nil {
		return o, err
	}
	for _, f := range r.Headers {
		request.Header[http.CanonicalHeaderKey(f.Name)] = append(request.Header[http.CanonicalHeaderKey(f.Name)], f.Value)
	}
	e := harness.Exchange{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, RequestHeaders: r.Headers, ResponseHeaders: harness.Header{}}
	response, err := follower(client).Do(request)
	if err != nil {
		e.Sent = sent.Load()
		o.Exchanges = []harness.Exchange{e}
		return o, unanswered(ctx, r, err)
	}
	_ = response.Body.Close()
	e.Sent, e.Status, e.Protocol, e.ResponseHeaders = true, response.StatusCode, strings.ToLower(response.Proto), fields(response.Header)
	if response.ProtoMajor == 2 {
		e.Protocol = "h2" // as browsers call it
	}
	o.Exchanges = []harness.Exchange{e}
	o.Script.Headers = harness.Header{}
	o.Verdict = harness.Readable
	if origin, _ := oracle.Get(r.Headers, web.NameOrigin); !oracle.CORSCheck(origin, harness.Omit, e.ResponseHeaders) {
		o.Verdict, o.Reason = harness.Blocked, harness.AllowOriginMismatch
		if len(e.ResponseHeaders.Values(web.NameAllowOrigin)) == 0 {
			o.Reason = harness.MissingAllowOriginHeader
		}
	}
	return o, nil
}

// unanswered describes a request without an answer. When the context has ended, the
// client's error is only the cause of the context: it does not show that the time was
// over.
func unanswered(ctx context.Context, r harness.Request, err error) error {
	if ctx.Err() != nil {
		return harness.NewInconclusiveError(r, context.Cause(ctx).Error(), ctx.Err())
	}
	return harness.NewInconclusiveError(r, innermost(err).Error(), err)
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
