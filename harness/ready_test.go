package harness

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// startedOneByOne is a Browser whose first engine is one, and its later ones another.
func startedOneByOne(first *fakeBrowser, later func() *fakeBrowser) (*Browser, *[]*fakeBrowser) {
	started := new([]*fakeBrowser)
	return &Browser{engine: func(context.Context, engine.Options) (engine.Browser, error) {
		f := first
		if len(*started) > 0 {
			f = later()
		}
		*started = append(*started, f)
		return f, nil
	}}, started
}

func answering() *fakeBrowser {
	return &fakeBrowser{evidence: told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200})}
}

// A browser that opens no page any more is replaced, also for an unsafe request: nothing
// was sent. The question that came before is named.
func TestABrowserThatOpensNoPageIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := answering()
		stuck.opens = func(engine.PageOptions) bool { return false }
		b, started := startedOneByOne(stuck, answering)
		defer b.Close()
		seen, err := b.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/", Method: "POST"})
		if err != nil || seen.Verdict != Readable || len(*started) != 2 || !stuck.closed {
			t.Errorf("%s, %v, %d started, closed %t", seen.Verdict, err, len(*started), stuck.closed)
		}
	})
}

// After a question without an answer, a browser whose network answers nothing is replaced
// before the next question waits for it. One that answers goes on.
func TestABrowserThatIsSilentIsReplaced(t *testing.T) {
	for _, silent := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			busy := answering()
			busy.silent = silent
			b, started := startedOneByOne(busy, answering)
			defer b.Close()
			timedOut, cancel := context.WithTimeout(t.Context(), 0)
			defer cancel()
			b.suspect(timedOut, Request{URL: "https://hostile.test/"})
			began := time.Now()
			seen, err := b.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/", Method: "POST"})
			if err != nil || seen.Verdict != Readable || busy.closed != silent || len(*started) != map[bool]int{true: 2, false: 1}[silent] || time.Since(began) > 10*answersLimit {
				t.Errorf("silent %t: %s, %v, %d started, closed %t after %s", silent, seen.Verdict, err, len(*started), busy.closed, time.Since(began))
			}
		})
	}
}

func TestBrowsersThatOpenNoPageAreAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		none := func() *fakeBrowser { return &fakeBrowser{opens: func(engine.PageOptions) bool { return false }} }
		b, started := startedOneByOne(none(), none)
		defer b.Close()
		b.slowest = "GET https://hostile.test/"
		_, err := b.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/"})
		if !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "opened no page within 30s, after GET https://hostile.test/ had got no answer") || len(*started) > 4 {
			t.Errorf("%v, %d started", err, len(*started))
		}
	})
}

// A page that cannot be opened costs no other question its browser.
func TestAPageThatCannotBeOpenedIsItsOwnFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := answering()
		f.opens = func(o engine.PageOptions) bool { return o.Headers == "" }
		b, started := startedOneByOne(f, answering)
		defer b.Close()
		_, err := b.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/", PageHeaders: Header{{"X-Hangs", "1"}}})
		var inconclusive *InconclusiveError
		if !errors.As(err, &inconclusive) || errors.Is(err, ErrLost) || len(*started) != 1 || f.closed {
			t.Errorf("%v, %d started, closed %t", err, len(*started), f.closed)
		}
	})
}

// The time of a question begins when its page can ask.
func TestOpeningAPageTakesNoTimeOfTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := answering()
		f.opens = func(engine.PageOptions) bool {
			time.Sleep(20 * time.Second) // of fake time: the subject
			return true
		}
		b, _ := startedOneByOne(f, answering)
		defer b.Close()
		b.Timeout = time.Second
		if seen, err := b.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/"}); err != nil || seen.Verdict != Readable {
			t.Errorf("%s, %v", seen.Verdict, err)
		}
	})
}

// A start at which Chrome was lost is tried again; another failure is not.
func TestALostStartIsTriedAgain(t *testing.T) {
	for _, test := range []struct {
		err    error
		starts int
		fails  bool
	}{
		{fmt.Errorf("start: %w", ErrLost), 3, false},
		{errors.New("too old"), 1, true},
	} {
		starts := 0
		b := &Browser{engine: func(context.Context, engine.Options) (engine.Browser, error) {
			if starts++; starts < 3 {
				return nil, test.err
			}
			return answering(), nil
		}}
		if err := b.Start(t.Context()); (err != nil) != test.fails || starts != test.starts {
			t.Errorf("%v after %d starts", err, starts)
		}
		b.Close()
	}
}

// Chrome whose network service ends gives up what it has sent: that is no verdict.
func TestAborted(t *testing.T) {
	sent := engine.Request{Sent: true, Failure: &engine.Failure{NetError: "net::ERR_ABORTED"}}
	answered, blockedBy, code, refused := sent, sent, sent, sent
	answered.Status = 200
	blockedBy.Failure = &engine.Failure{NetError: "net::ERR_ABORTED", BlockedReason: "csp"}
	code.Failure = &engine.Failure{NetError: "net::ERR_ABORTED", Code: "MissingAllowOriginHeader"}
	refused.Failure = &engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED"}
	for name, test := range map[string]struct {
		request Request
		told    engine.Request
		want    bool
	}{
		"sent": {Request{}, sent, true}, "answered": {Request{}, answered, false}, "blocked": {Request{}, blockedBy, false},
		"a code": {Request{}, code, false}, "refused": {Request{}, refused, false}, "an element": {Request{Via: ViaImage}, sent, false},
	} {
		if got := aborted(test.request, engine.Evidence{Requests: []engine.Request{test.told}}); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
