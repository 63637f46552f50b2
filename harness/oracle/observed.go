package oracle

import (
	"github.com/corsproof/corsproof/harness"
)

// Observed decides an observed request, by the answers that the servers gave. The bool is
// false where the answers do not determine the decision: the decider would have made an
// exchange that was not observed, or the request does not come from fetch() or
// XMLHttpRequest.
//
//	seen, err := chrome.Fetch(ctx, request)
//	d, known := oracle.Observed(seen, oracle.Standard)
//	// known && d.Verdict != seen.Verdict: Chrome deviates
func Observed(o harness.Observation, as As) (Decision, bool) {
	switch r := o.Request; {
	case r.AbortAfter > 0, r.TimeoutAfter > 0, r.XHR.User != "": // the script ends it, or a password is in the URL
		return Decision{}, false
	}
	switch o.Request.Via {
	case harness.ViaXHR, harness.ViaXHRSync, harness.ViaXHRUpload:
	default:
		if !o.Request.Via.Fetches() {
			return Decision{}, false
		}
	}
	left, unanswered := o.Exchanges, false
	q := Question{Request: o.Request, As: as, Server: func(asked Exchange) Reply {
		for i, e := range left {
			if e.Method == asked.Method && onTheWire(e.URL) == asked.URL && e.Status != 0 && (e.Kind == harness.Preflight) == (asked.Kind == harness.Preflight) {
				left = left[i+1:]
				return Reply{Status: e.Status, Header: e.ResponseHeaders}
			}
		}
		unanswered = true
		return Reply{NetError: "net::ERR_FAILED"} // this ends the decision
	}}
	d := Decide(q)
	return d, d.Verdict != "" && !unanswered
}

// onTheWire is a URL that a browser tells, without its user name.
func onTheWire(url string) string {
	if u, err := ParseURL(url, nil); err == nil && u.Userinfo != "" {
		return u.String()
	}
	return url
}
