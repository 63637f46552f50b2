package trace

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// Line is an event in a file, which has one JSON document per line.
type Line struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// Write writes an event, if an Assembler knows it.
func Write(w io.Writer, event any) error {
	method := methodOf(event)
	if method == "" {
		return nil
	}
	params, err := jsonv2.Marshal(event)
	if err != nil {
		return err
	}
	line, err := json.Marshal(Line{method, params})
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// Read reads the events of a file. It skips lines without a method.
func Read(r io.Reader) ([]any, error) {
	var events []any
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 16<<20)
	for number := 1; scanner.Scan(); number++ {
		var line Line
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("trace, line %d: %w", number, err)
		}
		if line.Method == "" {
			continue
		}
		event, err := cdproto.UnmarshalMessage(&cdproto.Message{
			Method: cdproto.MethodType(line.Method), Params: jsonv2.Value(line.Params),
		}, jsonv2.DefaultOptionsV2())
		if err != nil {
			return nil, fmt.Errorf("trace, line %d: %w", number, err)
		}
		events = append(events, event)
	}
	return events, scanner.Err()
}

// methodOf names the events that an Assembler knows.
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
	case *fetch.EventRequestPaused:
		return fetch.RequestPaused.Method
	case *network.EventWebSocketCreated:
		return network.WebSocketCreated.Method
	case *network.EventWebSocketWillSendHandshakeRequest:
		return network.WebSocketWillSendHandshakeRequest.Method
	case *network.EventWebSocketHandshakeResponseReceived:
		return network.WebSocketHandshakeResponseReceived.Method
	case *network.EventWebSocketFrameError:
		return network.WebSocketFrameError.Method
	case *network.EventWebSocketClosed:
		return network.WebSocketClosed.Method
	case *log.EventEntryAdded:
		return log.EntryAdded.Method
	case *audits.EventIssueAdded:
		return audits.IssueAdded.Method
	case *runtime.EventBindingCalled:
		return runtime.BindingCalled.Method
	}
	return ""
}
