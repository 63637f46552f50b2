package harness

import (
	"context"
	"errors"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// errUnsent says that the page could not send the request.
var errUnsent = errors.New("the browser gave the request up before it was sent")

// unsent says whether Chrome gave up a script's request before it was sent, and named
// no reason. A page does this with every preflighted request after a streamed body
// was redirected with 303 to an ftp: URL.
func unsent(r Request, evidence engine.Evidence) bool {
	failed := evidence.LastFailure()
	return r.Via.bearsStack() && len(evidence.Requests) == 1 && !evidence.Requests[0].Sent && !evidence.Requests[0].Unseen &&
		failed != nil && failed.Canceled && failed.NetError == "net::ERR_ABORTED" && failed.Code == ""
}

// aborted says whether Chrome gave a request of a script up that it had sent and that has
// no answer, for no reason that it tells: its network service has ended.
func aborted(r Request, evidence engine.Evidence) bool {
	failed := evidence.LastFailure()
	if !r.Via.bearsStack() || failed == nil || failed.NetError != "net::ERR_ABORTED" || failed.Code != "" || failed.BlockedReason != "" {
		return false
	}
	last := evidence.Requests[len(evidence.Requests)-1]
	return last.Sent && last.Status == 0
}

// networkChanged says whether Chrome gave a request up because an address of this machine came
// or went, as when a container starts: Chrome then ends every request, also on loopback.
func networkChanged(evidence engine.Evidence) bool {
	failed := evidence.LastFailure()
	return failed != nil && failed.NetError == "net::ERR_NETWORK_CHANGED"
}

// maxAsked bounds how often a question is asked.
const maxAsked = 5

// askAgain asks, and asks again where Chrome, the page or the network of this machine did not
// last, and that does no harm. Where Chrome or the page was lost, it asks once more: the
// question itself may be what Chrome does not survive.
func (b *Browser) askAgain(ctx context.Context, r Request, p *Profile) (o Observation, err error) {
	for asked := 1; ; asked++ {
		o, err = b.ask(ctx, r, p)
		lost := errors.Is(err, ErrLost) || errors.Is(err, errUnsent)
		switch {
		case asked == maxAsked, ctx.Err() != nil:
			return o, err
		case errors.Is(err, engine.ErrUnasked): // a request with an unsafe method, too
		case safe(r) && (errors.Is(err, ErrNetworkChanged) || lost && asked == 1):
		default:
			return o, err
		}
	}
}
