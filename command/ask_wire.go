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

// runOnTheWire asks one question for a page that Chrome cannot have, and prints the answer.
// No browser is started; reach says how servers are reached.
func (o *askOptions) runOnTheWire(ctx context.Context, s streams, request harness.Request, cookies []harness.SetCookie, reach *harness.Browser) error {
	var cookieFault error
	if len(cookies) > 0 {
		cookieFault = errors.New("--cookie and --storage-state: Chrome cannot open a page at " + request.From + ", and a question without a browser has no cookies: remove them")
	}
	if err := errors.Join(cookieFault, o.browser.wireFault(request.From), o.browser.fault()); err != nil {
		return usage(err)
	}
	client, err := wire.NewClient(reach)
	if err != nil {
		return usage(err)
	}
	defer client.CloseIdleConnections()
	seen, err := fetchOnTheWire(ctx, s, o.browser.timeout, client, request)
	return o.finish(ctx, s, seen, err, nil)
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
