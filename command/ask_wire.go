package command

import (
	"context"
	"errors"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/wire"
)

// runOnTheWire asks one question for a page that Chrome cannot have, and prints the answer.
// No browser is started.
func (o *askOptions) runOnTheWire(ctx context.Context, s streams, request harness.Request, cookies []harness.SetCookie) error {
	if len(cookies) > 0 {
		return usage(errors.New("--cookie and --storage-state: Chrome cannot have a page at " + request.From + ", and on the wire there are no cookies: leave them out"))
	}
	if err := o.browser.fault(); err != nil {
		return usage(err)
	}
	ctx, cancel := context.WithTimeout(ctx, o.browser.timeout)
	defer cancel()
	seen, err := func() (harness.Observation, error) {
		defer s.progress("asking on the wire ...")()
		return wire.Fetch(ctx, nil, request)
	}()
	return o.finish(ctx, s, seen, err, nil)
}
