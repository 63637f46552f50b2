package trace

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// Of a response that ORB took from the page, Chrome says that there is no extra info. It
// comes all the same, and maybe after everything else.
func TestExtraInfoOfEmptiedResponses(t *testing.T) {
	const id, url = "7.1", "https://api.test/"
	a := NewAssembler()
	var done []Record
	fences := 0
	a.Expect(1, Waiter{Request: true, Done: func(r Record) { done = append(done, r) }, Fence: func() { fences++ }})
	a.Add(&network.EventRequestWillBeSent{
		RequestID: id, Request: &network.Request{URL: url, Method: "GET"},
		Initiator: &network.Initiator{Type: network.InitiatorTypeScript, Stack: &runtime.StackTrace{CallFrames: []*runtime.CallFrame{{URL: SourceURL(1)}}}},
	})
	a.Add(&network.EventResponseReceived{RequestID: id, Response: &network.Response{URL: url, Status: 200, RemoteIPAddress: "127.0.0.1"}})
	a.Add(&runtime.EventBindingCalled{Payload: `1 {"type":"opaque"}`})
	a.Add(&network.EventLoadingFinished{RequestID: id})
	if len(done) != 0 || fences != 1 {
		t.Fatalf("%d records after %d fences", len(done), fences)
	}
	a.Add(&network.EventRequestWillBeSentExtraInfo{RequestID: id})
	a.Add(&network.EventResponseReceivedExtraInfo{RequestID: id, StatusCode: 200})
	a.Fenced(1)
	if len(done) != 1 || done[0].Requests[0].Sent == nil || done[0].Requests[0].Received == nil {
		t.Errorf("%d records: %+v", len(done), done)
	}
}
