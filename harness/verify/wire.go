package verify

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/wire"
)

// onTheWire sends a request unchanged, and returns the verdict that a browser would give
// if it had sent that origin. The body does not matter, and is not waited for, unless a
// function reads it.
// https://fetch.spec.whatwg.org/#cors-check
func onTheWire(ctx context.Context, client *http.Client, r harness.Request, read func(io.ReadCloser) string) (harness.Observation, error) {
	o := harness.Observation{Request: r, Wire: true}
	var take func(io.ReadCloser)
	if read != nil {
		take = func(body io.ReadCloser) { o.Script.Body = read(body) }
	}
	e, err := wire.Send(ctx, client, harness.Exchange{Kind: harness.ActualRequest, Method: cmp.Or(r.Method, "GET"), URL: r.URL, RequestHeaders: r.Headers}, "", take)
	o.Exchanges = []harness.Exchange{e}
	if err != nil {
		return o, wire.Unanswered(ctx, r, err)
	}
	o.Script.Headers = harness.Header{}
	o.Verdict, o.Reason = wireVerdict(r.Headers, e.ResponseHeaders)
	return o, nil
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
