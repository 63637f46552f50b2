package trace

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
)

// question is what has come for one question.
type question struct {
	Waiter
	number  int64
	chain   *chain // nil while there is no request
	console []*log.Entry
	issues  []*audits.InspectorIssue
	answer  []byte
	fences  int // that were passed
	fencing bool
}

// Waiter is who waits for a Record, and what for. Its functions are called on the
// goroutine that brought the last event, and must return at once.
type Waiter struct {
	// URL, unless empty, is that of a question whose request may bear no stack:
	// the next request for it that nobody else asked for is the question's.
	URL string
	// Upgraded, unless empty, is the URL that Chrome may ask for instead, because the page
	// is secure and URL is not.
	// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
	Upgraded string
	// Request says that there is a request whenever the script was let to ask. It
	// may be announced after the script's report.
	Request bool
	// Frame says that it shows a document in a frame.
	Frame bool
	// Preflights, unless nil, says whether a request for a URL may be preflighted.
	// One that was not seen to be is certain only behind a fence.
	Preflights func(url string) bool
	// WireUnseen says that Chrome tells nothing of what is on the wire: neither
	// preflights nor the headers as they were sent.
	WireUnseen bool
	// Done gets the complete Record.
	Done func(Record)
	// Fence is called when only this is open: is there more about a request that
	// failed, or a preflight, on its way, or is there none? It has to see to it that
	// [Assembler.Fenced] is called once all of that must have come. It may be called
	// again after that.
	Fence func()
}

// missing names what the question lacks. A script that failed before there was a
// request lacks nothing.
func (q *question) missing() []string {
	var missing []string
	if q.answer == nil && !q.mixed() {
		missing = append(missing, "the script's answer")
	}
	switch {
	case q.chain != nil:
		if last := q.chain.last(); last != nil && (last.redirects() || last.unstored()) && bytes.Contains(q.answer, opaque) {
			last.unread = true
		}
		missing = append(missing, q.chain.missing(q.WireUnseen)...)
	case q.Request && q.answer != nil && !q.refused() && !q.forbidden():
		missing = append(missing, "the request")
	}
	return missing
}

// opaque stands in the report of a script that got a response which it cannot look
// into. Where that is a redirect that was not followed, or one that no cache may keep,
// nobody reads its body, or cancels it for certain.
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
var opaque = []byte(`"type":"opaque`)

// wanted is how many fences make sure that no more comes. A request that failed was
// mostly sent, and under load what tells of that has been seen behind a fence.
func (q *question) wanted() int {
	if last := q.chain.last(); last != nil && last.Failed != nil {
		return 3
	}
	return 1
}

// unsure says whether more may be on its way. A script that reported early has no
// part in the order of the last events.
func (q *question) unsure() bool {
	if q.chain == nil {
		return false
	}
	return q.chain.unsure() || q.unpreflighted() || q.Request && q.chain.last().Failed != nil
}

// unpreflighted says whether fewer preflights came than there may be: one for each
// request from the first on that may have one.
func (q *question) unpreflighted() bool {
	if q.Preflights == nil || q.WireUnseen {
		return false
	}
	first := slices.IndexFunc(q.chain.hops, func(r *Request) bool { return q.Preflights(r.URL) })
	return first >= 0 && len(q.chain.preflights) < len(q.chain.hops)-first
}

// refused says whether the script was not let to ask, or failed at it before
// there was a request.
func (q *question) refused() bool {
	var report struct {
		Refused bool   `json:"refused"`
		Error   string `json:"error"`
	}
	return json.Unmarshal(q.answer, &report) == nil && (report.Refused || report.Error != "")
}

// forbidden says whether the page's own policy kept it from asking.
// https://w3c.github.io/webappsec-csp/#should-block-request
func (q *question) forbidden() bool {
	return q.mixed() || slices.ContainsFunc(q.issues, func(i *audits.InspectorIssue) bool {
		d := i.Details.ContentSecurityPolicyIssueDetails
		return d != nil && !d.IsReportOnly
	})
}

// mixed says whether it was mixed content, refused before there was a request: that
// of a frame, whose script hears nothing of it.
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func (q *question) mixed() bool {
	return q.chain == nil && slices.ContainsFunc(q.issues, func(i *audits.InspectorIssue) bool {
		d := i.Details.MixedContentIssueDetails
		return q.Frame && d != nil && d.ResolutionStatus == audits.MixedContentResolutionStatusMixedContentBlocked
	})
}
