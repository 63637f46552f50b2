package harness

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// allowing is the evidence of an answer that the page may read.
var allowing = engine.Evidence{
	Answer: []byte(`{"type": "cors", "status": 200}`),
	Requests: []engine.Request{{
		Method: "GET", URL: "https://api.test/", Sent: true, Status: 200, Protocol: "h2",
		RequestHeaders:  []engine.Header{{Name: "Origin", Value: "https://app.test"}},
		ResponseHeaders: []engine.Header{{Name: "access-control-allow-origin", Value: "*"}},
	}},
}

// Each question has a page of its own in one fresh profile, and no question waits for the
// answer to another one: each fake answer waits until all are asked.
func TestQuestionsAtOnce(t *testing.T) {
	var all sync.WaitGroup
	all.Add(3)
	f := &fakeBrowser{evidence: allowing, meets: func() { all.Done(); all.Wait() }}
	q := Request{From: "https://app.test", URL: "https://api.test/"}
	r := q
	r.Beside = []Request{q, q}
	seen, err := faked(t, f).Fetch(t.Context(), r)
	if err != nil || seen.Verdict != Readable || len(seen.Beside) != 2 || seen.Beside[1].Verdict != Readable || len(seen.Request.Beside) != 2 {
		t.Fatalf("%v: %s and %d beside", err, seen.Verdict, len(seen.Beside))
	}
	var tabs []int
	for _, o := range f.opened {
		if tabs = append(tabs, o.Tab); o.Profile == "" || o.CachesOff {
			t.Errorf("opened %+v", o)
		}
	}
	if !slices.Equal(tabs, []int{0, 1, 2}) || len(f.profiles) != 0 {
		t.Errorf("tabs %v, and profiles %v are open", tabs, f.profiles)
	}
	if text := seen.String(); strings.Count(text, "beside GET https://api.test/ from https://app.test, in another tab at the same time, in no order: 200, readable\n") != 2 {
		t.Errorf("the transcript:\n%s", text)
	}
}

// Where one question has no verdict, the whole has none: the other answers may depend on it.
func TestQuestionsAtOnceWithoutVerdict(t *testing.T) {
	f := &fakeBrowser{evidence: allowing}
	q := Request{From: "https://app.test", URL: "https://api.test/"}
	r := q
	r.Beside = []Request{{From: "https://app.test", URL: "https://api.test/", Where: WhereSharedWorker}}
	if seen, err := faked(t, f).Fetch(t.Context(), r); err == nil || seen.Verdict != "" || !strings.Contains(err.Error(), "cannot run a shared worker") {
		t.Errorf("a page that cannot be opened: %v, %s", err, seen.Verdict)
	}
	f = &fakeBrowser{evidence: allowing, err: errors.New("no evidence")}
	r.Beside = []Request{q}
	seen, err := faked(t, f).Fetch(t.Context(), r)
	if err == nil || seen.Verdict != "" || len(seen.Beside) != 1 || !strings.Contains(err.Error(), "question 1 of the 1 beside it: no verdict") {
		t.Errorf("%v, %s", err, seen.Verdict)
	}
}

// The questions are asked once more where Chrome ended, unless one of them is unsafe.
func TestQuestionsAtOnceOfALostBrowser(t *testing.T) {
	for method, asked := range map[string]int{"": 4, "POST": 2} {
		f := &fakeBrowser{evidence: allowing, err: ErrLost}
		q := Request{From: "https://app.test", URL: "https://api.test/"}
		r := q
		r.Beside = []Request{{From: "https://app.test", URL: "https://api.test/", Method: method}}
		if _, err := faked(t, f).Fetch(t.Context(), r); !errors.Is(err, ErrLost) || len(f.asked) != asked {
			t.Errorf("%s: %v, asked %d times, want %d", method, err, len(f.asked), asked)
		}
	}
}

// What a browser may repeat belongs to a question, unless another one, asked at the same
// time, may look the same.
func TestClaimsOfQuestionsAtOnce(t *testing.T) {
	const page = "https://app.test"
	get := func() []Exchange {
		return []Exchange{{Kind: ActualRequest, Method: "GET", URL: "u", Sent: true, RequestHeaders: Header{{"Origin", page}}}}
	}
	arrived := at(Arrival{Method: "GET", URL: "u", Seq: 1, Status: 401, Headers: Header{{"Origin", page}}}, Arrival{Method: "GET", URL: "u", Seq: 2, Status: 401, Headers: Header{{"Origin", page}}})
	var all claims
	first, second := all.begin(0, true), all.begin(0, true)
	one, other := first.take(page, get(), arrived), second.take(page, get(), arrived)
	if len(one) != 1 || len(other) != 1 {
		t.Errorf("claimed %d and %d, want one each", len(one), len(other))
	}
}

func TestFaultsOfQuestionsAtOnce(t *testing.T) {
	q := Request{From: "https://app.test", URL: "https://api.test/"}
	for want, change := range map[string]func(r, beside *Request){
		"beside 1 \"https://api.test/\": a question that is asked at the same time has no Beside": func(_, b *Request) { b.Beside = []Request{q} },
		"beside 1 \"https://api.test/\": a question that is asked at the same time has no Before": func(_, b *Request) { b.Before = []Request{q} },
		"beside 1 \"https://api.test/\": one of the two questions is a dry run":                   func(_, b *Request) { b.DryRun = true },
		"beside 1: method \"P T\": not an HTTP token":                                             func(_, b *Request) { b.Method = "P T" },
		`beside 1 "https://api.test/": a page that closes, that has a link`:                       func(_, b *Request) { b.Moment, b.Via = MomentClosed, ViaBeacon },
		`beside "1": a page that closes, that has a link`:                                         func(r, _ *Request) { r.Hint = Hint{Rel: "preload", As: "fetch"} },
		"moment \"closed\": while a page closes, only the arrivals tell":                          func(r, _ *Request) { r.Moment, r.Via = MomentClosed, ViaBeacon },
		"beside 1: extensionkey \"a\": the page of an extension":                                  func(_, b *Request) { b.ExtensionKey = "a" },
		"beside \"\": corsproof cannot set this for the page of an extension":                     func(r, _ *Request) { r.ExtensionKey = "a" },
		"beside \"\": Chrome cannot open a page at capacitor://localhost":                         func(r, _ *Request) { r.From = "capacitor://localhost" },
		"before 1 \"https://api.test/\": a question that is asked before has no Beside":           func(r, b *Request) { r.Before = []Request{{From: q.From, URL: q.URL, Beside: []Request{q}}} },
		"": func(r, b *Request) { r.DryRun, b.DryRun = true, true },
	} {
		r, beside := q, q
		change(&r, &beside)
		r.Beside = []Request{beside}
		if err := r.Validate(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
