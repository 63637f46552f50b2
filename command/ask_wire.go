package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/wire"
)

// askerOnTheWire is the asker of a question for a page that Chrome cannot have. No browser is
// started.
func (o *askOptions) askerOnTheWire(s streams, q prepared) (ask func(context.Context) (harness.Observation, error), closing func() error, err error) {
	var cookieFault error
	if len(q.cookies) > 0 {
		cookieFault = errors.New("--cookie and --storage-state: Chrome cannot open a page at " + q.request.From + ", and a question without a browser has no cookies: remove them")
	}
	if err := errors.Join(cookieFault, o.browser.wireFault(q.request.From), o.browser.fault()); err != nil {
		return nil, nil, usage(err)
	}
	client, err := wire.NewClient(&harness.Browser{CA: q.ca, Resolve: o.reach.resolve})
	if err != nil {
		return nil, nil, usage(err)
	}
	ask = func(ctx context.Context) (harness.Observation, error) {
		return fetchOnTheWire(ctx, s, o.browser.timeout, client, q.request)
	}
	return ask, func() error { client.CloseIdleConnections(); return nil }, nil
}

// fetchOnTheWire asks one question, within a time unless that is 0.
func fetchOnTheWire(ctx context.Context, s streams, limit time.Duration, client *http.Client, request harness.Request) (harness.Observation, error) {
	defer s.progress("asking on the wire ...")()
	if limit > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("nothing within %s", limit))
		defer cancel()
		ctx = limited
	}
	return wire.Fetch(ctx, client, request)
}
