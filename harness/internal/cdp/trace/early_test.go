package trace

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// When Chrome refuses several questions before there is a request, each question gets
// its own issue, whatever the order of the console lines.
func TestEarlyRefusalsInFlight(t *testing.T) {
	for _, order := range [][]int64{{1, 2, 3}, {3, 2, 1}, {2, 3, 1}} {
		a := NewAssembler()
		got := map[int64]Record{}
		url := func(number int64) string { return fmt.Sprintf("https://api.test/%d", 10/number) } // /10, /5, /3
		for number := int64(1); number <= 3; number++ {
			a.Expect(number, Waiter{Done: func(r Record) { got[number] = r }})
		}
		for number := int64(1); number <= 3; number++ {
			issue := &audits.InspectorIssue{IssueID: audits.IssueID(fmt.Sprint(number)), Details: &audits.InspectorIssueDetails{CorsIssueDetails: &audits.CorsIssueDetails{
				CorsErrorStatus: &network.CorsErrorStatus{CorsError: "DisallowedByMode", FailedParameter: fmt.Sprint(number)},
				Request:         &audits.AffectedRequest{URL: url(number)},
			}}}
			a.Add(&audits.EventIssueAdded{Issue: issue})
			a.Add(&audits.EventIssueAdded{Issue: issue}) // once for each client
		}
		for _, number := range order {
			a.Add(&log.EventEntryAdded{Entry: &log.Entry{
				Text:       "Fetch API cannot load " + url(number) + ".",
				StackTrace: &runtime.StackTrace{CallFrames: []*runtime.CallFrame{{URL: SourceURL(number)}}},
			}})
		}
		for number := int64(1); number <= 3; number++ {
			a.Add(&runtime.EventBindingCalled{Payload: fmt.Sprintf(`%d {"error": "TypeError"}`, number)})
		}
		for number := int64(1); number <= 3; number++ {
			early := got[number].Evidence().Early
			if early == nil || early.Parameter != fmt.Sprint(number) {
				t.Errorf("order %v, question %d: %+v", order, number, early)
			}
		}
		if len(a.loose) != 0 {
			t.Errorf("order %v: %d issues are left", order, len(a.loose))
		}
	}
}

// Only a bounded number of unclaimed lines is kept.
func TestUnclaimedNewsIsBounded(t *testing.T) {
	a := NewAssembler()
	for i := range 3 * maxUnclaimedNews {
		a.Add(&log.EventEntryAdded{Entry: &log.Entry{Text: fmt.Sprint(i)}})
	}
	if len(a.early) != maxUnclaimedNews || a.early[0].Text != fmt.Sprint(2*maxUnclaimedNews) {
		t.Errorf("%d kept, the oldest is %q", len(a.early), a.early[0].Text)
	}
}

// Two questions for one URL that the page's policy refuses get an issue each, the oldest
// first.
func TestRefusedBeforeARequestInTurn(t *testing.T) {
	a := NewAssembler()
	const url = "https://api.test/"
	first, second := ask(a, 1, Waiter{URL: url, Request: true}), ask(a, 2, Waiter{URL: url, Request: true})
	for number := int64(1); number <= 2; number++ {
		a.Add(&log.EventEntryAdded{Entry: &log.Entry{Text: "Refused to load '" + url + "'", StackTrace: &runtime.StackTrace{CallFrames: []*runtime.CallFrame{{URL: SourceURL(number)}}}}})
	}
	issue := func() *audits.EventIssueAdded {
		return &audits.EventIssueAdded{Issue: &audits.InspectorIssue{Details: &audits.InspectorIssueDetails{ContentSecurityPolicyIssueDetails: &audits.ContentSecurityPolicyIssueDetails{BlockedURL: url}}}}
	}
	a.Add(issue())
	if a.Add(reports(2, `{"type":"opaque"}`)); len(second.done) != 0 {
		t.Fatal("the only issue went to the later question")
	}
	a.Add(issue())
	a.Add(reports(1, `{"type":"opaque"}`))
	if len(first.done) != 1 || len(second.done) != 1 || len(first.done[0].Issues) != 1 || len(second.done[0].Issues) != 1 {
		t.Errorf("%+v, %+v", first.done, second.done)
	}
}
