package trace

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
)

// question has the events that have come for one question.
type question struct {
	Waiter
	number int64
	chain  *chain // nil while there is no request
	// delegated are the requests that the page's service worker sent.
	delegated []*chain
	console   []*log.Entry
	issues    []*audits.InspectorIssue
	answer    []byte
	fences    int // passed so far
	fencing   bool
}

// Waiter waits for the Record of a question. Its functions are called on the
// goroutine that brought the last event, and must return at once.
type Waiter struct {
	// URL is set for a question whose request may have no stack: the next request
	// for the URL that no other question claims belongs to the question.
	URL string
	// Upgraded, unless empty, is the URL that Chrome may ask for instead, because the page
	// is secure and URL is not.
	// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
	Upgraded string
	// Request says that there is a request unless the script was refused. It may be
	// announced after the script's report.
	Request bool
	// Frame says that the question shows a document in a frame.
	Frame bool
	// Preflights, unless nil, says whether a request for a URL may be preflighted.
	// That there was no preflight is certain only after a fence.
	Preflights func(url string) bool
	// WireUnseen says that Chrome reports nothing of the wire: no preflights, and
	// no headers as they were sent.
	WireUnseen bool
	// Controlled says that a service worker may send requests for the question. That it
	// sent no more is certain only after a fence.
	Controlled bool
	// Done gets the complete Record.
	Done func(Record)
	// Fence is called when only one thing is open: whether more about a failed
	// request, or a preflight, is on its way. It has to make sure that
	// [Assembler.Fenced] is called once all of that must have come. It may be called
	// again after that.
	Fence func()
}

// missing names what the question lacks. A script that failed before there was a
// request lacks nothing.
func (q *question) missing() []string {
	var missing []string
	if q.answer == nil && !q.mixed() && !q.undocumented() {
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
	for _, c := range q.delegated {
		if last := c.last(); last != nil && last.Response != nil { // the page may read none of it
			last.unread = true
		}
		missing = append(missing, c.missing(false)...)
	}
	return missing
}

// opaque is in the report of a script that got an opaque response. If that is a
// redirect that was not followed, or a response that no cache may keep, its body is
// not read, and may or may not be cancelled.
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
var opaque = []byte(`"type":"opaque`)

// wanted is how many fences make sure that no more comes. A failed request was
// usually sent, and under load events about that have been seen after a fence.
func (q *question) wanted() int {
	if last := q.chain.last(); last != nil && (last.Failed != nil || last.emptied()) {
		return 3
	}
	return 1
}

// unsure says whether more may be on its way. The report of a script that reports
// early says nothing about the order of the last events.
func (q *question) unsure() bool {
	if q.chain == nil {
		return false
	}
	return q.Controlled || q.chain.unsure() || q.unpreflighted() || q.Request && q.chain.last().Failed != nil
}

// unpreflighted says whether fewer preflights came than possible: one for each
// request, from the first request that may have one.
func (q *question) unpreflighted() bool {
	if q.Preflights == nil || q.WireUnseen {
		return false
	}
	first := slices.IndexFunc(q.chain.hops, func(r *Request) bool { return q.Preflights(r.URL) })
	return first >= 0 && len(q.chain.preflights) < len(q.chain.hops)-first
}

// refused says whether the script could not ask, or failed before there was a request.
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

// undocumented says whether a frame got a response that is no document, such as 204, or
// a download. Its script hears nothing of it.
// https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching
func (q *question) undocumented() bool {
	if !q.Frame || q.chain == nil {
		return false
	}
	last := q.chain.last()
	return last != nil && last.Response != nil && last.Failed != nil && last.Failed.ErrorText == "net::ERR_ABORTED"
}

// mixed says whether the document of a frame was mixed content, refused before
// there was a request. The script is not told.
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func (q *question) mixed() bool {
	return q.chain == nil && slices.ContainsFunc(q.issues, func(i *audits.InspectorIssue) bool {
		d := i.Details.MixedContentIssueDetails
		return q.Frame && d != nil && d.ResolutionStatus == audits.MixedContentResolutionStatusMixedContentBlocked
	})
}
