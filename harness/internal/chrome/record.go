package chrome

import (
	"encoding/json"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// record writes an event to the trace, if there is one: the form that
// trace.Read reads back.
func (c *Chrome) record(event any) {
	if c.options.Trace == nil {
		return
	}
	method := methodOf(event)
	if method == "" {
		return
	}
	line, err := json.Marshal(map[string]any{"method": method, "params": event})
	if err != nil {
		return
	}
	c.trace.Lock()
	defer c.trace.Unlock()
	_, _ = c.options.Trace.Write(append(line, '\n'))
}

// methodOf names the events that matter to a question.
func methodOf(event any) string {
	switch event.(type) {
	case *network.EventRequestWillBeSent:
		return network.RequestWillBeSent.Method
	case *network.EventRequestWillBeSentExtraInfo:
		return network.RequestWillBeSentExtraInfo.Method
	case *network.EventResponseReceived:
		return network.ResponseReceived.Method
	case *network.EventResponseReceivedExtraInfo:
		return network.ResponseReceivedExtraInfo.Method
	case *network.EventLoadingFinished:
		return network.LoadingFinished.Method
	case *network.EventLoadingFailed:
		return network.LoadingFailed.Method
	case *network.EventRequestServedFromCache:
		return network.RequestServedFromCache.Method
	case *log.EventEntryAdded:
		return log.EntryAdded.Method
	case *audits.EventIssueAdded:
		return audits.IssueAdded.Method
	case *runtime.EventBindingCalled:
		return runtime.BindingCalled.Method
	}
	return ""
}
