package trace

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// asking is a question in an Assembler, and what became of it.
type asking struct {
	*Assembler
	number int64
	fences int
	done   []Record
}

func ask(a *Assembler, number int64, w Waiter) *asking {
	q := &asking{Assembler: a, number: number}
	w.Fence = func() { q.fences++ }
	w.Done = func(r Record) { q.done = append(q.done, r) }
	a.Expect(number, w)
	return q
}

func (q *asking) add(events ...any) {
	for _, e := range events {
		q.Add(e)
	}
}

// begins is the announcement of a request, by the line of a question.
func begins(id, url string, number int64) *network.EventRequestWillBeSent {
	return &network.EventRequestWillBeSent{
		RequestID: network.RequestID(id), LoaderID: "page", DocumentURL: "https://app.test/", Request: &network.Request{URL: url, Method: "GET"},
		Initiator: &network.Initiator{Type: network.InitiatorTypeScript, Stack: &runtime.StackTrace{CallFrames: []*runtime.CallFrame{{URL: SourceURL(number)}}}},
	}
}

func answers(id string, status int64, extra bool) *network.EventResponseReceived {
	return &network.EventResponseReceived{RequestID: network.RequestID(id), HasExtraInfo: extra, Response: &network.Response{Status: status}}
}

func ends(id string) *network.EventLoadingFinished {
	return &network.EventLoadingFinished{RequestID: network.RequestID(id)}
}

func fails(id, why string) *network.EventLoadingFailed {
	return &network.EventLoadingFailed{RequestID: network.RequestID(id), ErrorText: why}
}

func sent(id string) *network.EventRequestWillBeSentExtraInfo {
	return &network.EventRequestWillBeSentExtraInfo{RequestID: network.RequestID(id)}
}

func onWire(id string) *network.EventResponseReceivedExtraInfo {
	return &network.EventResponseReceivedExtraInfo{RequestID: network.RequestID(id), StatusCode: 200}
}

func reports(number int64, answer string) *runtime.EventBindingCalled {
	return &runtime.EventBindingCalled{Payload: fmt.Sprintf("%d %s", number, answer)}
}

// A question is done with the last event that was announced, whichever is the last, and
// not before.
func TestDoneWithTheLastEvent(t *testing.T) {
	for _, extra := range []bool{true, false} {
		events := []any{answers("1", 200, extra), ends("1"), reports(7, `{"status":200}`)}
		if extra {
			events = append(events, sent("1"), onWire("1"))
		}
		for i := range events {
			q := ask(NewAssembler(), 7, Waiter{})
			q.add(begins("1", "https://api.test/", 7))
			for j, e := range events {
				if j != i && !(i == 0 && j == 1) {
					q.add(e)
				}
			}
			if len(q.done) != 0 {
				t.Errorf("extra info %v: done without %T", extra, events[i])
			}
			if q.add(events[i]); i == 0 {
				q.add(events[1])
			}
			if len(q.done) != 1 || len(q.done[0].Missing) > 0 || len(q.done[0].Requests) != 1 || q.fences != 0 {
				t.Errorf("extra info %v, %T last: %+v, %d fences", extra, events[i], q.done, q.fences)
			}
		}
	}
}

// An event that comes for a question after its end counts as late. Events of what goes on
// do not, and neither do events of a question that was given up.
func TestLate(t *testing.T) {
	answered := func(status int64, kind network.ResourceType) []any {
		begin, answer := begins("1", "https://api.test/", 7), answers("1", status, false)
		begin.Type, answer.Type = kind, kind
		return []any{begin, answer}
	}
	opaque := reports(7, `{"type":"opaqueredirect"}`)
	script := begins("1", "https://api.test/", 7)
	script.LoaderID, script.DocumentURL = "", script.Request.URL
	workers := []any{script, answers("1", 200, false)}
	for name, test := range map[string]struct {
		events []any
		end    bool // LoadingFinished before the end
		report *runtime.EventBindingCalled
		late   int
	}{
		"a fetch":    {answered(200, network.ResourceTypeFetch), true, reports(7, `{"status":200}`), 1},
		"a document": {answered(200, network.ResourceTypeDocument), false, reports(7, `{"type":"opaque"}`), 0},
		"a worker":   {workers, false, reports(7, `{"type":"opaque"}`), 0},
		"not read":   {answered(302, network.ResourceTypeFetch), false, opaque, 0},
	} {
		q := ask(NewAssembler(), 7, Waiter{})
		q.add(test.events...)
		if test.end {
			q.add(ends("1"))
		}
		if q.add(test.report); len(q.done) != 1 {
			t.Fatalf("%s: %d done", name, len(q.done))
		}
		if q.add(ends("1")); q.Late() != test.late {
			t.Errorf("%s: %d late, want %d", name, q.Late(), test.late)
		}
		if test.late > 0 && len(q.chains) != 0 {
			t.Errorf("%s: what came late is waited for", name)
		}
	}
	q := ask(NewAssembler(), 7, Waiter{})
	q.add(begins("1", "https://api.test/", 7))
	q.Abandon(7)
	if q.add(ends("1")); q.Late() != 0 {
		t.Errorf("given up: %d late", q.Late())
	}
	if r := q.Abandon(7); len(r.Missing) != 0 || len(r.Requests) != 0 {
		t.Errorf("given up twice: %+v", r)
	}
}

// Only so many ids of ended requests are remembered, the newest.
func TestEndedIsBounded(t *testing.T) {
	a := NewAssembler()
	most := len(a.endedRing)
	for i := range most + 1 {
		q, id := ask(a, int64(i), Waiter{}), fmt.Sprint(i)
		q.add(begins(id, "https://api.test/", int64(i)), answers(id, 200, false), ends(id), reports(int64(i), `{"status":200}`))
		if len(q.done) != 1 {
			t.Fatalf("%d: not done", i)
		}
	}
	if len(a.ended) != most || a.ended["0"] || !a.ended["1"] || len(a.chains) != 0 || len(a.questions) != 0 {
		t.Errorf("%d ended, %d chains, %d questions", len(a.ended), len(a.chains), len(a.questions))
	}
}

// Chains that nobody asked for are bounded, and the chains of questions stay.
func TestUnclaimedChainsAreBounded(t *testing.T) {
	a := NewAssembler()
	q := ask(a, 7, Waiter{})
	q.add(begins("mine", "https://api.test/", 7))
	for i := range 4 * maxUnclaimed {
		q.add(answers(fmt.Sprint(i), 200, false))
	}
	if len(a.chains) > maxUnclaimed+8 {
		t.Errorf("%d chains", len(a.chains))
	}
	if q.add(answers("mine", 200, false), ends("mine"), reports(7, `{"status":200}`)); len(q.done) != 1 || len(q.done[0].Requests) != 1 {
		t.Errorf("%+v", q.done)
	}
}

// A failed request is fenced three times, a possible preflight once.
func TestFences(t *testing.T) {
	may := func(string) bool { return true }
	for name, test := range map[string]struct {
		waiter Waiter
		events []any
		want   int
	}{
		"failed":                            {Waiter{}, []any{fails("1", "net::ERR_FAILED")}, 3},
		"failed, with all":                  {Waiter{}, []any{sent("1"), onWire("1"), fails("1", "net::ERR_FAILED")}, 0},
		"failed, reported early":            {Waiter{Request: true}, []any{sent("1"), onWire("1"), fails("1", "net::ERR_FAILED")}, 3},
		"answered":                          {Waiter{}, []any{answers("1", 200, false), ends("1")}, 0},
		"answered, and perhaps preflight":   {Waiter{Preflights: may}, []any{answers("1", 200, false), ends("1")}, 1},
		"answered, and surely no preflight": {Waiter{Preflights: func(string) bool { return false }}, []any{answers("1", 200, false), ends("1")}, 0},
		"answered, and the wire is unseen":  {Waiter{Preflights: may, WireUnseen: true}, []any{answers("1", 200, false), ends("1")}, 0},
	} {
		q := ask(NewAssembler(), 7, test.waiter)
		q.add(begins("1", "https://api.test/", 7))
		q.add(test.events...)
		q.add(reports(7, `{"error":"TypeError"}`))
		for n := range test.want {
			if q.add(ends("another")); q.fences != n+1 || len(q.done) != 0 {
				t.Fatalf("%s: %d fences, want %d, and %d done", name, q.fences, n+1, len(q.done))
			}
			q.Fenced(7)
		}
		if q.fences != test.want || len(q.done) != 1 {
			t.Errorf("%s: %d fences, want %d, and %d done", name, q.fences, test.want, len(q.done))
		}
	}
	q := ask(NewAssembler(), 7, Waiter{})
	q.add(begins("1", "https://api.test/", 7), fails("1", "net::ERR_FAILED"), reports(7, `{"error":"TypeError"}`))
	if r := q.Abandon(7); !slices.Equal(r.Missing, []string{"the rest of Chrome's report of the failure"}) {
		t.Errorf("given up at a fence: %q", r.Missing)
	}
	q.Fenced(7) // comes too late, and is harmless
}

// What is missing of a question that has no request yet.
func TestMissingRequest(t *testing.T) {
	csp := func(reportOnly bool) *audits.InspectorIssue {
		return &audits.InspectorIssue{Details: &audits.InspectorIssueDetails{ContentSecurityPolicyIssueDetails: &audits.ContentSecurityPolicyIssueDetails{BlockedURL: "https://api.test/", IsReportOnly: reportOnly}}}
	}
	line := &log.EventEntryAdded{Entry: &log.Entry{Text: "Refused to load 'https://api.test/'"}}
	for name, test := range map[string]struct {
		request bool
		events  []any
		want    string
	}{
		"nothing":                    {true, nil, "the script's answer"},
		"an answer, no request":      {true, []any{reports(7, `{"type":"opaque"}`)}, "the request"},
		"an answer needs no request": {false, []any{reports(7, `{"type":"opaque"}`)}, ""},
		"refused":                    {true, []any{reports(7, `{"refused":true}`)}, ""},
		"an error":                   {true, []any{reports(7, `{"error":"error event"}`)}, ""},
		"the page's policy":          {true, []any{line, &audits.EventIssueAdded{Issue: csp(false)}, reports(7, `{"type":"opaque"}`)}, ""},
		"a policy that only reports": {true, []any{line, &audits.EventIssueAdded{Issue: csp(true)}, reports(7, `{"type":"opaque"}`)}, "the request"},
	} {
		q := ask(NewAssembler(), 7, Waiter{URL: "https://api.test/", Request: test.request})
		q.add(test.events...)
		if test.want == "" {
			if len(q.done) != 1 {
				t.Errorf("%s: not done", name)
			}
			continue
		}
		if r := q.Abandon(7); len(q.done) != 0 || strings.Join(r.Missing, ", ") != test.want {
			t.Errorf("%s: %q, want %s", name, r.Missing, test.want)
		}
	}
}

// A code about a preflight needs the preflight.
func TestMissingPreflight(t *testing.T) {
	failed := fails("1", "net::ERR_FAILED")
	failed.CorsErrorStatus = &network.CorsErrorStatus{CorsError: network.CorsErrorPreflightMissingAllowOriginHeader}
	for _, unseen := range []bool{false, true} {
		q := ask(NewAssembler(), 7, Waiter{WireUnseen: unseen})
		q.add(begins("1", "https://api.test/", 7), failed, reports(7, `{"error":"TypeError"}`))
		if missing := strings.Join(q.Abandon(7).Missing, ", "); (missing == "the preflight that PreflightMissingAllowOriginHeader is about") == unseen {
			t.Errorf("the wire is unseen: %v, missing %q, %d done", unseen, missing, len(q.done))
		}
	}
}

// Nobody tells the script of a frame that its document was mixed content.
func TestMixedContentOfAFrame(t *testing.T) {
	mixed := func(url string, status audits.MixedContentResolutionStatus) *audits.EventIssueAdded {
		return &audits.EventIssueAdded{Issue: &audits.InspectorIssue{Details: &audits.InspectorIssueDetails{MixedContentIssueDetails: &audits.MixedContentIssueDetails{InsecureURL: url, ResolutionStatus: status}}}}
	}
	const url, blocked = "http://api.test/", audits.MixedContentResolutionStatusMixedContentBlocked
	for name, test := range map[string]struct {
		issue *audits.EventIssueAdded
		frame bool
		done  bool
	}{
		"blocked":       {mixed(url, blocked), true, true},
		"another URL":   {mixed(url+"x", blocked), true, false},
		"warned of":     {mixed(url, audits.MixedContentResolutionStatusMixedContentWarning), true, false},
		"of no frame":   {mixed(url, blocked), false, false},
		"without a URL": {mixed("", blocked), true, false},
	} {
		q := ask(NewAssembler(), 7, Waiter{URL: url, Request: true, Frame: test.frame})
		q.add(test.issue)
		if len(q.done) > 0 != test.done || test.done && string(q.done[0].Answer) != "{}" {
			t.Errorf("%s: %+v", name, q.done)
		}
	}
}

// A request without the line of a question belongs to the question for its URL, or for
// what Chrome upgrades that URL to.
func TestClaimByURL(t *testing.T) {
	for name, test := range map[string]struct {
		url, upgraded, asked string
		want                 int
	}{
		"its URL":        {"https://api.test/", "", "https://api.test/", 1},
		"upgraded":       {"http://api.test/", "https://api.test/", "https://api.test/", 1},
		"not upgraded":   {"http://api.test/", "https://api.test/", "http://api.test/", 1},
		"another URL":    {"https://api.test/", "https://api.test/x", "https://api.test/y", 0},
		"no URL at all":  {"", "", "https://api.test/", 0},
		"an empty image": {"https://api.test/", "", "", 0},
	} {
		q := ask(NewAssembler(), 7, Waiter{URL: test.url, Upgraded: test.upgraded, Request: true})
		e := begins("1", test.asked, 7)
		e.Initiator.Stack = nil
		if q.add(e); len(q.Abandon(7).Requests) != test.want {
			t.Errorf("%s: want %d requests", name, test.want)
		}
	}
	// A WebSocket has its own event.
	q := ask(NewAssembler(), 7, Waiter{URL: "wss://api.test/", Request: true})
	q.add(&network.EventWebSocketCreated{RequestID: "1", URL: "wss://api.test/", Initiator: &network.Initiator{}})
	if r := q.Abandon(7).Requests; len(r) != 1 || r[0].URL != "wss://api.test/" || r[0].Method != "GET" {
		t.Errorf("%+v", r)
	}
}

// The response to a document may be the last event of a question.
func TestDoneWithADocument(t *testing.T) {
	q := ask(NewAssembler(), 7, Waiter{Frame: true})
	begin := begins("1", "https://api.test/", 7)
	begin.Type = network.ResourceTypeDocument
	q.add(begin, reports(7, `{"type":"opaque"}`))
	if len(q.done) != 0 {
		t.Fatal("done without a response")
	}
	if q.add(answers("1", 200, false)); len(q.done) != 1 {
		t.Error("not done with the response")
	}
}
