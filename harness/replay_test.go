package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
)

// replayed is a recorded question.
type replayed struct {
	name    string
	request Request
	events  []any
	number  int64
}

// replays reads every recorded trace.
func replays(t *testing.T) []replayed {
	t.Helper()
	files, err := fs.Glob(fixtures.FS, "traces/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded traces: %v", err)
	}
	var list []replayed
	for _, file := range files {
		data, err := fixtures.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := replayed{name: strings.TrimSuffix(path.Base(file), ".jsonl")}
		var first struct {
			Request Request `json:"request"`
		}
		line, _, _ := bytes.Cut(data, []byte("\n"))
		if err := json.Unmarshal(line, &first); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		r.request = first.Request
		if r.events, err = trace.Read(bytes.NewReader(data)); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, e := range r.events {
			if b, ok := e.(*runtime.EventBindingCalled); ok {
				digits, _, _ := strings.Cut(b.Payload, " ")
				r.number, _ = strconv.ParseInt(digits, 10, 64)
			}
		}
		list = append(list, r)
	}
	return list
}

// play feeds events to an assembler, with a fence after them, and concludes.
// Without a complete Record it concludes from the evidence that came.
func (r replayed) play(events []any) (Observation, error) {
	return r.playUntil(events, true)
}

func (r replayed) playUntil(events []any, fenced bool) (Observation, error) {
	a := trace.NewAssembler()
	var record *trace.Record
	fences := 0 // asked for and not given yet
	a.Expect(r.number, trace.Waiter{
		URL: bindingURL(r.request), Upgraded: upgraded(bindingURL(r.request)), Request: !r.request.Via.bearsStack(),
		WireUnseen: r.request.EffectiveWhere() == WhereSharedWorker,
		Frame:      r.request.Via == ViaIframe,
		Preflights: r.request.preflights(),
		Done:       func(got trace.Record) { record = &got },
		Fence:      func() { fences++ },
	})
	for _, e := range events {
		a.Add(e)
	}
	for fenced && record == nil && fences > 0 {
		fences--
		a.Fenced(r.number)
	}
	if record == nil {
		incomplete := a.Abandon(r.number)
		record = &incomplete
	}
	if late := a.Late(); late > 0 {
		return Observation{}, fmt.Errorf("%d events came after the verdict", late)
	}
	return conclude(r.request, setting{}, record.Evidence())
}

// text is an Observation as JSON, with its error.
func text(t *testing.T, o Observation, err error) string {
	t.Helper()
	data, jsonErr := json.MarshalIndent(o, "", "  ")
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	if err != nil {
		data = append(data, "\n"+err.Error()...)
	}
	return string(data) + "\n"
}

func TestRecordedTracesConclude(t *testing.T) {
	for _, r := range replays(t) {
		t.Run(r.name, func(t *testing.T) {
			o, err := r.play(r.events)
			got := text(t, o, err)
			file := filepath.Join("testdata", "observations", r.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, readErr := os.ReadFile(file)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if got != string(want) {
				t.Errorf("the conclusion is not as in %s (-update writes it again):\n%s", file, got)
			}
		})
	}
}

// The renderer and the browser process send their events independently: every
// interleaving that keeps the order of each must end in the same Observation.
func TestOrderBetweenProcessesDoesNotMatter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, r := range replays(t) {
		t.Run(r.name, func(t *testing.T) {
			o, err := r.play(r.events)
			r.forgetNews(&o)
			want := text(t, o, err)
			for range r.orders() {
				o, err := r.play(interleave(random, r.events))
				r.forgetNews(&o)
				if got := text(t, o, err); got != want {
					t.Fatalf("another order, another Observation:\n%s\nwant\n%s", got, want)
				}
			}
		})
	}
}

// forgetNews drops what may come after the verdict: the issues, and where a frame was
// refused before there was a request, which the browser process tells, the line of the
// console, which the renderer tells.
func (r replayed) forgetNews(o *Observation) {
	o.Issues = nil
	if r.request.Via == ViaIframe && len(o.Exchanges) == 0 {
		o.Console = nil
	}
}

// orders is how many random orders are tried: 300, or fewer where there are few.
func (r replayed) orders() int {
	renderer, browser := split(r.events)
	count := 1
	for i := range browser {
		count = count * (len(renderer) + i + 1) / (i + 1)
		if count > 300 {
			return 300
		}
	}
	return min(4*count, 300)
}

// interleave merges the two streams of events at random.
func interleave(random *rand.Rand, events []any) []any {
	var merged []any
	renderer, browser := split(events)
	for len(renderer)+len(browser) > 0 {
		from := &renderer
		if len(renderer) == 0 || (len(browser) > 0 && random.IntN(2) == 0) {
			from = &browser
		}
		if len(renderer) > 0 && answersPaused(renderer[0], browser) {
			from = &browser
		}
		merged, *from = append(merged, (*from)[0]), (*from)[1:]
	}
	return merged
}

// split separates the events of the renderer from the events of the browser process.
func split(events []any) (renderer, browser []any) {
	preflights := map[network.RequestID]bool{}
	for _, e := range events {
		if fromRenderer(e, preflights) {
			renderer = append(renderer, e)
		} else {
			browser = append(browser, e)
		}
	}
	return renderer, browser
}

// answersPaused says whether an event is the answer to a request that is paused only
// later: the test gives the answer after the pause.
func answersPaused(event any, later []any) bool {
	answer, ok := event.(*network.EventResponseReceived)
	return ok && slices.ContainsFunc(later, func(e any) bool {
		paused, ok := e.(*fetch.EventRequestPaused)
		return ok && paused.NetworkID == answer.RequestID
	})
}

// fromRenderer says whether the renderer sent an event.
func fromRenderer(event any, preflights map[network.RequestID]bool) bool {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Initiator.Type == network.InitiatorTypePreflight {
			preflights[e.RequestID] = true
		}
		return !preflights[e.RequestID]
	case *network.EventResponseReceived:
		return !preflights[e.RequestID]
	case *network.EventLoadingFinished:
		return !preflights[e.RequestID]
	case *network.EventLoadingFailed:
		return !preflights[e.RequestID]
	case *audits.EventIssueAdded:
		d := e.Issue.Details
		if d.MixedContentIssueDetails != nil {
			return d.MixedContentIssueDetails.ResourceType != audits.MixedContentResourceTypeFrame
		}
		return d.ContentSecurityPolicyIssueDetails != nil || d.CorsIssueDetails != nil && d.CorsIssueDetails.Request.RequestID == ""
	case *log.EventEntryAdded, *runtime.EventBindingCalled, *network.EventRequestServedFromCache,
		*network.EventWebSocketCreated, *network.EventWebSocketWillSendHandshakeRequest, *network.EventWebSocketHandshakeResponseReceived,
		*network.EventWebSocketFrameError, *network.EventWebSocketClosed:
		return true
	}
	return false
}

// Evidence that is announced and does not come must never become a verdict.
func TestLostEventsAreNeverAVerdict(t *testing.T) {
	for _, r := range replays(t) {
		o, err := r.play(r.events)
		if err != nil {
			continue // no verdict even with all events
		}
		for i, lost := range r.events {
			if mayBeLost(lost) {
				continue
			}
			events := append(append([]any{}, r.events[:i]...), r.events[i+1:]...)
			without, err := r.play(events)
			if endsFrame(lost) {
				continue
			}
			if err == nil && without.Verdict != o.Verdict {
				t.Errorf("%s: without event %d, %T, the verdict %s became %s", r.name, i, lost, o.Verdict, without.Verdict)
			}
			if err == nil && announced(lost) && r.about(lost) {
				t.Errorf("%s: a verdict although event %d, %T, is missing", r.name, i, lost)
			}
		}
	}
}

// A refused response without headers of the wire came from a cache, or its headers
// are on their way. A question that is given up before the fence has no verdict.
func TestAFailureGivenUpBeforeItsFenceIsNoVerdict(t *testing.T) {
	for _, r := range replays(t) {
		if r.name != "missing-allow-origin" {
			continue
		}
		var events []any
		for _, e := range r.events {
			switch e.(type) {
			case *network.EventRequestWillBeSentExtraInfo, *network.EventResponseReceivedExtraInfo:
			default:
				events = append(events, e)
			}
		}
		if o, err := r.playUntil(events, false); err == nil || o.Verdict != "" {
			t.Errorf("without a fence: %s, %v", o.Verdict, err)
		}
		if o, err := r.playUntil(events, true); err != nil || o.Verdict != Blocked {
			t.Errorf("with a fence: %s, %v", o.Verdict, err)
		}
		return
	}
	t.Error("the trace is not recorded")
}

func TestOnlySafeRequestsAreRepeated(t *testing.T) {
	for _, r := range []Request{{}, {Method: "GET"}, {Method: "head"}, {Via: ViaImage}, {Method: "DELETE", DryRun: true}} {
		if !safe(r) {
			t.Errorf("%+v is safe", r)
		}
	}
	for _, r := range []Request{{Method: "POST"}, {Method: "delete"}, {Method: "x"}, {Via: ViaBeacon}} {
		if safe(r) {
			t.Errorf("%+v is not safe", r)
		}
	}
}

// mayBeLost says whether no verdict depends on the event.
func mayBeLost(event any) bool {
	switch e := event.(type) {
	case *log.EventEntryAdded, *audits.EventIssueAdded:
		return true
	case *network.EventLoadingFailed:
		// This event comes last, after a refused redirect.
		return e.ErrorText == "net::ERR_ABORTED" && e.Canceled
	}
	return false
}

// endsFrame says whether an event ends the document of a frame. Chrome sends it before
// there is a page that the script of the question can hear of.
func endsFrame(event any) bool {
	failed, ok := event.(*network.EventLoadingFailed)
	return ok && failed.Type == network.ResourceTypeDocument
}

// about says whether an event is about the question: the page that Chrome shows instead
// of a frame loads images of its own.
func (r replayed) about(event any) bool {
	var id network.RequestID
	switch e := event.(type) {
	case *network.EventLoadingFinished:
		id = e.RequestID
	case *network.EventLoadingFailed:
		id = e.RequestID
	default:
		return true
	}
	return slices.ContainsFunc(r.events, func(e any) bool {
		sent, ok := e.(*network.EventRequestWillBeSent)
		return ok && sent.RequestID == id && !strings.HasPrefix(sent.Request.URL, "data:")
	})
}

// announced says whether the absence of the event must be noticed.
func announced(event any) bool {
	switch event.(type) {
	case *network.EventRequestWillBeSentExtraInfo, *network.EventResponseReceivedExtraInfo,
		*network.EventLoadingFinished, *network.EventLoadingFailed, *runtime.EventBindingCalled:
		return true
	}
	return false
}
