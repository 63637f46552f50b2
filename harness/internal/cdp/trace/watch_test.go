package trace

import (
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// watched is a Watch with the events, all of the same page.
func watched(events ...any) *Watch {
	w := NewWatch()
	w.Open("main")
	for _, e := range events {
		w.Add(e, func(cdp.FrameID, bool) engine.Asker { return engine.Asker{URL: "https://app.test/"} })
	}
	return w
}

// opens is the announcement of a request.
func opens(id network.RequestID, url string, kind network.ResourceType) *network.EventRequestWillBeSent {
	return &network.EventRequestWillBeSent{
		RequestID: id, LoaderID: "loader", FrameID: "main", Type: kind, DocumentURL: "https://app.test/", Request: &network.Request{URL: url, Method: "GET"},
		Initiator: &network.Initiator{Type: network.InitiatorTypeScript, Stack: &runtime.StackTrace{CallFrames: []*runtime.CallFrame{{URL: "https://app.test/a.js", LineNumber: 6}}}},
	}
}

// refuses is the end of a request that Chrome refused.
func refuses(id network.RequestID, code network.CorsError) *network.EventLoadingFailed {
	return &network.EventLoadingFailed{RequestID: id, ErrorText: "net::ERR_FAILED", CorsErrorStatus: &network.CorsErrorStatus{CorsError: code}}
}

// Each request is a record of its own, in the order in which they began, with its place in the
// code, and the lines of the console are shared out one by one.
func TestWatchJoins(t *testing.T) {
	const url = "https://api.test/me"
	line := func(text string) *log.EventEntryAdded { return &log.EventEntryAdded{Entry: &log.Entry{Text: text}} }
	w := watched(
		opens("1", url, network.ResourceTypeFetch), opens("2", url, network.ResourceTypeFetch), opens("3", "https://app.test/", network.ResourceTypeDocument),
		refuses("2", network.CorsErrorMissingAllowOriginHeader), line("blocked "+url), line("blocked "+url),
		refuses("1", network.CorsErrorAllowOriginMismatch),
	)
	if w.Idle() {
		t.Error("it is idle while the document loads")
	}
	got := w.Requests()
	if len(got) != 3 || got[0].Requests[0].Failure.Code != "AllowOriginMismatch" || got[1].Requests[0].Failure.Code != "MissingAllowOriginHeader" {
		t.Fatalf("%+v", got)
	}
	if got[0].At != "https://app.test/a.js:7" || got[0].Navigation || !got[2].Navigation {
		t.Errorf("at %q, navigations %t, %t", got[0].At, got[0].Navigation, got[2].Navigation)
	}
	if len(got[0].Console) != 1 || len(got[1].Console) != 1 {
		t.Errorf("console lines: %d and %d, want one each", len(got[0].Console), len(got[1].Console))
	}
	if len(got[2].Missing) == 0 {
		t.Error("the document that did not come is not missing")
	}
}

// A request is in flight until it ends; what may stay open as long as its page is not.
func TestWatchIdle(t *testing.T) {
	for name, test := range map[string]struct {
		events []any
		idle   bool
	}{
		"nothing":              {nil, true},
		"begun":                {[]any{opens("1", "https://api.test/", network.ResourceTypeFetch)}, false},
		"failed":               {[]any{opens("1", "https://api.test/", network.ResourceTypeFetch), refuses("1", "A")}, true},
		"finished":             {[]any{opens("1", "https://api.test/", network.ResourceTypeFetch), &network.EventLoadingFinished{RequestID: "1"}}, true},
		"answered":             {[]any{opens("1", "https://api.test/", network.ResourceTypeFetch), &network.EventResponseReceived{RequestID: "1", Type: network.ResourceTypeFetch}}, false},
		"an answered stream":   {[]any{opens("1", "https://api.test/", network.ResourceTypeEventSource), &network.EventResponseReceived{RequestID: "1", Type: network.ResourceTypeEventSource}}, true},
		"an unanswered stream": {[]any{opens("1", "https://api.test/", network.ResourceTypeEventSource)}, false},
		"a beacon":             {[]any{opens("1", "https://api.test/", network.ResourceTypePing)}, true},
		"a WebSocket":          {[]any{&network.EventWebSocketCreated{RequestID: "1", URL: "wss://api.test/", Initiator: &network.Initiator{}}}, true},
		"only something else":  {[]any{&log.EventEntryAdded{Entry: &log.Entry{}}}, true},
	} {
		w := watched(test.events...)
		if w.Idle() != test.idle {
			t.Errorf("%s: idle is %t", name, w.Idle())
		}
	}
}

// What Chrome refuses before there is a request is a record too, once for each issue.
func TestWatchRefusedEarly(t *testing.T) {
	csp := func(id audits.IssueID, reportOnly bool) *audits.EventIssueAdded {
		return &audits.EventIssueAdded{Issue: &audits.InspectorIssue{IssueID: id, Details: &audits.InspectorIssueDetails{ContentSecurityPolicyIssueDetails: &audits.ContentSecurityPolicyIssueDetails{
			BlockedURL: "https://cdn.test/font", ViolatedDirective: "font-src", IsReportOnly: reportOnly,
			SourceCodeLocation: &audits.SourceCodeLocation{URL: "https://app.test/a.css", LineNumber: 1},
		}}}}
	}
	got := watched(csp("1", false), csp("1", false), csp("2", false), csp("3", true)).Requests()
	if len(got) != 2 || got[0].Early == nil || got[0].Early.BlockedReason != "csp" || got[0].Kind != "Font" || got[0].At != "https://app.test/a.css:2" || len(got[0].Missing) > 0 {
		t.Errorf("%d: %+v", len(got), got)
	}
	// Some that it refuses begin, and fail.
	failed := &network.EventLoadingFailed{RequestID: "1", ErrorText: "net::ERR_BLOCKED_BY_CSP", BlockedReason: network.BlockedReasonCsp}
	if got := watched(opens("1", "https://cdn.test/font", network.ResourceTypeFont), failed, csp("1", false)).Requests(); len(got) != 1 {
		t.Errorf("one request is listed %d times", len(got))
	}
}
