package harness

import (
	"errors"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// errUnsent says that the page could not send the request.
var errUnsent = errors.New("Chrome gave the request up before it was sent")

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
