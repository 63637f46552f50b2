package wire

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/patience"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// timeLimit bounds a question whose context has no deadline.
const timeLimit = 10 * time.Second

// Fetch asks one question on the wire and returns what was observed, with the verdict that
// the Fetch standard draws from the answers. A nil client means [NewClient]
// for the zero Browser.
//
// It returns an error, and then there is no Verdict: the faults of a Request that is not
// valid, an error for a page that Chrome can have, which [harness.Browser.Fetch] asks from,
// or an *[harness.InconclusiveError] where the server did not answer.
func Fetch(ctx context.Context, client *http.Client, r harness.Request) (harness.Observation, error) {
	o := harness.Observation{Request: r, Wire: true, Page: harness.Page{Origin: r.From, SecureContext: true}}
	if err := r.Validate(); err != nil {
		return o, err
	}
	if !r.OnTheWire() {
		return o, fmt.Errorf("from %s: Chrome can open this page, so ask Chrome: see Browser.Fetch", r.From)
	}
	if client == nil {
		var err error
		if client, err = NewClient(&harness.Browser{}); err != nil {
			return o, err
		}
		defer client.CloseIdleConnections()
	}
	o.Browser = wayOf(client)
	ctx, cancel := patience.BeginQuestion(ctx, timeLimit)
	defer cancel()
	a := &asking{request: r, client: client}
	d := oracle.Decide(oracle.Question{Request: r, Server: func(e oracle.Exchange) oracle.Reply { return a.answer(ctx, e) }})
	o.Exchanges = a.exchanges
	if a.err != nil {
		return o, Unanswered(ctx, r, a.err)
	}
	if d.NetError != "" {
		return o, harness.NewInconclusiveError(r, "the request failed before the server answered ("+d.NetError+")", nil)
	}
	if d.Verdict == harness.Readable && a.body.err != nil {
		return o, harness.NewInconclusiveError(r, "the answer broke off after its headers ("+innermost(a.body.err).Error()+")", a.body.err)
	}
	o.Verdict, o.Reason, o.Parameter = d.Verdict, d.Reason, d.Parameter
	o.Script = a.script(d)
	return o, nil
}

// asking is one question on the wire.
type asking struct {
	request   harness.Request
	client    *http.Client
	exchanges []harness.Exchange
	body      piece // of the last response
	err       error
}

// answer makes one exchange. In a dry run, nothing but preflights is sent.
func (a *asking) answer(ctx context.Context, asked oracle.Exchange) oracle.Reply {
	e := harness.Exchange{Kind: asked.Kind, Method: asked.Method, URL: asked.URL, RequestHeaders: asked.Header}
	if a.request.DryRun && e.Kind != harness.Preflight {
		e.Withheld, e.ResponseHeaders = true, harness.Header{}
		a.exchanges = append(a.exchanges, e)
		origin, _ := asked.Origin()
		return oracle.Reply{Status: http.StatusNoContent, Header: harness.Header{{Name: web.NameAllowOrigin, Value: origin}, {Name: web.NameAllowCredentials, Value: "true"}}}
	}
	body := ""
	if e.Kind != harness.Preflight && e.Method != http.MethodGet && e.Method != http.MethodHead {
		body = bodyOf(a.request.Body, contentType(asked.Header))
	}
	e, a.err = Send(ctx, a.client, e, body, func(b io.ReadCloser) { a.body = read(b) })
	a.exchanges = append(a.exchanges, e)
	if a.err != nil {
		return oracle.Reply{NetError: "net::ERR_FAILED"} // this ends the decision
	}
	return oracle.Reply{Status: e.Status, Header: e.ResponseHeaders}
}

// script is what a script would see. None asked.
func (a *asking) script(d oracle.Decision) harness.Script {
	s := harness.Script{Headers: harness.Header{}}
	for _, f := range a.request.Headers {
		if web.IsForbiddenRequestHeader(f.Name, f.Value) {
			s.Dropped = append(s.Dropped, f.Name)
		}
	}
	if d.Verdict == harness.Blocked {
		return s
	}
	s.Type, s.Status = d.Type, d.Status
	if d.Verdict == harness.Readable {
		s.Headers, s.Body, s.BodySize, s.Truncated = d.Exposed, a.body.text, int64(len(a.body.text)), a.body.more || a.body.late
	}
	return s
}
