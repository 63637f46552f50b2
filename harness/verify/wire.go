package verify

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

const (
	wireTimeout = 10 * time.Second
	maxHead     = 1 << 20 // bytes of a response's head
)

// newClient is the client that sends what no browser can.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = maxHead
	return &http.Client{Transport: transport, Timeout: wireTimeout}
}

// onTheWire sends a request as it is, and draws the verdict that a browser would have
// drawn, had it sent that origin. https://fetch.spec.whatwg.org/#cors-check
func onTheWire(ctx context.Context, client *http.Client, r harness.Request) (harness.Observation, error) {
	o := harness.Observation{Request: r}
	request, err := http.NewRequestWithContext(ctx, "GET", r.URL, nil)
	if err != nil {
		return o, err
	}
	for _, f := range r.Headers {
		request.Header[http.CanonicalHeaderKey(f.Name)] = append(request.Header[http.CanonicalHeaderKey(f.Name)], f.Value)
	}
	e := harness.Exchange{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Sent: true, RequestHeaders: r.Headers, ResponseHeaders: harness.Header{}}
	response, err := follower(client).Do(request)
	if err != nil {
		o.Exchanges = []harness.Exchange{e}
		return o, &harness.InconclusiveError{Request: r, Missing: innermost(err).Error(), Err: err}
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, 1) // a body that breaks off is no part of it
	e.Status, e.Protocol, e.ResponseHeaders = response.StatusCode, strings.ToLower(response.Proto), fields(response.Header)
	o.Exchanges = []harness.Exchange{e}
	o.Script.Headers = harness.Header{}
	o.Verdict = harness.Readable
	if origin, _ := oracle.Get(r.Headers, "Origin"); !oracle.CORSCheck(origin, harness.Omit, e.ResponseHeaders) {
		o.Verdict, o.Reason = harness.Blocked, harness.AllowOriginMismatch
		if len(e.ResponseHeaders.Values("Access-Control-Allow-Origin")) == 0 {
			o.Reason = harness.MissingAllowOriginHeader
		}
	}
	return o, nil
}

// follower is the client, following no redirect: a page is told of the first one.
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

// innermost is the cause of a cause: the rest would say the URL again.
func innermost(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}
