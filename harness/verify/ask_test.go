package verify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/patience"
	"github.com/corsproof/corsproof/harness/internal/turns"
	"github.com/corsproof/corsproof/harness/policy"
)

// running is a run in progress that sends nothing.
func running(t *testing.T, ask policy.Ask) *runner {
	t.Helper()
	run := Run{Policy: policy.Policy{Target: acme, Ask: ask}, Browser: &harness.Browser{}}
	x, err := run.newRunner(nil)
	if err != nil {
		t.Fatal(err)
	}
	x.outage.end = func(cause error) { t.Errorf("the run ended: %v", cause) }
	x.load = func() func() float64 { return func() float64 { return 1 } } // an idle machine
	return x
}

// How often a question is asked again, and how long the pauses are.
func TestInsist(t *testing.T) {
	busy := func(seconds string) harness.Observation { return readableWith(get(503, "Retry-After", seconds)) }
	reset := &harness.InconclusiveError{Missing: "the server reset the connection"}
	slow := &harness.InconclusiveError{Missing: "nothing within 1s", Err: context.DeadlineExceeded}
	for _, test := range []struct {
		name    string
		request harness.Request
		seen    harness.Observation
		err     error
		times   int // how often the question comes
		asked   int
		took    time.Duration
		fails   bool
	}{
		{"an answer", harness.Request{}, readableWith(get(200)), nil, 1, 1, 0, false},
		{"reset once", harness.Request{}, harness.Observation{}, reset, 1, 2, 250 * time.Millisecond, false},
		{"reset always", harness.Request{}, harness.Observation{}, reset, 99, 4, 1750 * time.Millisecond, true},
		{"a reset PUT may have been executed", harness.Request{Method: "PUT"}, harness.Observation{}, reset, 99, 1, 0, true},
		{"a reset PUT that is not sent", harness.Request{Method: "PUT", DryRun: true}, harness.Observation{}, reset, 1, 2, 250 * time.Millisecond, false},
		{"slow", harness.Request{}, harness.Observation{}, slow, 99, 1, 0, true},
		{"a certificate that the browser refuses", harness.Request{}, harness.Observation{NetError: "net::ERR_CERT_DATE_INVALID"}, reset, 99, 1, 0, true},
		{"a certificate that is refused on the wire", harness.Request{}, harness.Observation{}, &harness.InconclusiveError{Err: &tls.CertificateVerificationError{}}, 99, 1, 0, true},
		{"a fault of the question", harness.Request{}, harness.Observation{}, &harness.FaultError{}, 99, 1, 0, true},
		{"a browser that was closed", harness.Request{}, harness.Observation{}, fmt.Errorf("no: %w", harness.ErrClosed), 99, 1, 0, true},
		{"busy twice", harness.Request{}, busy(""), nil, 2, 3, 750 * time.Millisecond, false},
		{"busy for two seconds", harness.Request{}, busy("2"), nil, 1, 2, 2 * time.Second, false},
		{"busy with a PUT, which was not executed", harness.Request{Method: "PUT"}, busy(""), nil, 1, 2, 250 * time.Millisecond, false},
		{"busy for longer than the longest pause", harness.Request{}, busy("3600"), nil, 99, 1, 0, true},
		{"busy always", harness.Request{}, busy("0"), nil, 99, 4, 1750 * time.Millisecond, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := running(t, policy.Ask{})
				asked := 0
				began := time.Now()
				a := x.insist(t.Context(), func(context.Context, harness.Request) (harness.Observation, error) {
					if asked++; asked > test.times {
						return readableWith(get(200)), nil
					}
					return test.seen, test.err
				}, test.request)
				if asked != test.asked || time.Since(began) != test.took || (a.err != nil) != test.fails {
					t.Errorf("asked %d times in %s (%v)", asked, time.Since(began), a.err)
				}
				if left := x.outage.inRow; (left == 1) != test.fails {
					t.Errorf("%d questions without an answer", left)
				}
			})
		})
	}
}

// The rate also holds when the run would end before the next question may begin: a
// question that can no longer be asked gets the end of the run as its error.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := running(t, policy.Ask{Rate: policy.Rate{Questions: 2, Per: time.Second}})
		began := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 1600*time.Millisecond, errors.New("over"))
		defer cancel()
		var at []time.Duration
		var err error
		for range 10 {
			a := x.insist(ctx, func(context.Context, harness.Request) (harness.Observation, error) {
				at = append(at, time.Since(began))
				return readableWith(get(200)), nil
			}, harness.Request{})
			if err = a.err; err != nil {
				break
			}
		}
		if want := "[0s 500ms 1s 1.5s]"; fmt.Sprint(at) != want {
			t.Errorf("asked at %v, want %s", at, want)
		}
		if err == nil || err.Error() != "over" || ctx.Err() == nil || x.outage.inRow != 0 {
			t.Errorf("%v; ended: %v; %d without an answer", err, ctx.Err() != nil, x.outage.inRow)
		}
	})
}

// A page asks for a URL only once at a time, and the wait does not count as the
// question's time.
func TestOneQuestionAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := running(t, policy.Ask{TimeLimit: time.Minute})
		began := time.Now()
		slowly := func(ctx context.Context, r harness.Request) (harness.Observation, error) {
			if !turns.Pause(ctx, 50*time.Second) {
				return harness.Observation{}, context.Cause(ctx)
			}
			return readableWith(get(200)), nil
		}
		var all sync.WaitGroup
		for url, took := range map[string]time.Duration{"https://a.test/1": 100 * time.Second, "https://a.test/2": 50 * time.Second} {
			all.Go(func() {
				var same sync.WaitGroup
				for range took / (50 * time.Second) {
					same.Go(func() {
						if a := x.attempt(t.Context(), slowly, nil, harness.Request{URL: url}); a.err != nil {
							t.Errorf("%s: %v", url, a.err)
						}
					})
				}
				same.Wait()
				if time.Since(began) != took {
					t.Errorf("%s: it took %s, want %s", url, time.Since(began), took)
				}
			})
		}
		all.Wait()
	})
}

// A question is bounded by the policy, by the Browser or by the default, even when the
// run has a time limit.
func TestTimeLimitOfAQuestion(t *testing.T) {
	for _, test := range []struct {
		policy, browser, want time.Duration
	}{
		{0, 0, defaultTimeLimit},
		{0, time.Minute, time.Minute},
		{time.Second, time.Minute, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			x := running(t, policy.Ask{TimeLimit: test.policy})
			x.Browser.Timeout = test.browser
			whole, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			began := time.Now()
			_, err := x.bounded(whole, func(ctx context.Context, r harness.Request) (harness.Observation, error) {
				ctx, end := patience.BeginQuestion(ctx, 0) // as a Browser does when the page can ask
				defer end()
				<-ctx.Done()
				return harness.Observation{}, context.Cause(ctx)
			}, harness.Request{})
			if time.Since(began) != test.want || err.Error() != "nothing within "+test.want.String() {
				t.Errorf("%v after %s, want %s", err, time.Since(began), test.want)
			}
		})
	}
}

// A question that waits for the end of another has not begun: it has all its time.
func TestWaitingForATurnTakesNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := running(t, policy.Ask{TimeLimit: time.Second})
		took := func(ctx context.Context, r harness.Request) (harness.Observation, error) {
			select {
			case <-time.After(900 * time.Millisecond):
				return readableWith(get(200)), nil
			case <-ctx.Done():
				return harness.Observation{}, context.Cause(ctx)
			}
		}
		errs := make(chan error)
		for range 3 {
			go func() { errs <- x.insist(t.Context(), took, harness.Request{URL: acme}).err }()
		}
		for range 3 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

// Only a request that needs a preflight, or that is safe, can be asked without sending a
// request that may change something.
func TestSendsTooMuch(t *testing.T) {
	step := func(method string, preflightOnly bool) policy.Step {
		return policy.Step{Request: harness.Request{Method: method}, PreflightOnly: preflightOnly}
	}
	for _, test := range []struct {
		probe policy.Probe
		want  bool
	}{
		{policy.Probe{Steps: []policy.Step{step("", false)}}, false},
		{policy.Probe{Unsafe: true, Steps: []policy.Step{step("DELETE", true)}}, false},
		{policy.Probe{Unsafe: true, Steps: []policy.Step{step("POST", false)}}, true},
		{policy.Probe{Unsafe: true, Steps: []policy.Step{step("GET", false), step("POST", true)}}, false},
		{policy.Probe{Unsafe: true, Steps: []policy.Step{step("PUT", true), step("post", false)}}, true},
	} {
		x := running(t, policy.Ask{})
		if got := x.sendsTooMuch(test.probe); got != test.want {
			t.Errorf("%+v: %v", test.probe.Steps, got)
		}
		x.Policy.Ask.Unsafe = policy.SendUnsafe
		if x.sendsTooMuch(test.probe) {
			t.Errorf("%+v: too much, though everything may be sent", test.probe.Steps)
		}
	}
}

// Every unsafe method is asked as a dry run, in any spelling.
func TestPrepared(t *testing.T) {
	for method, dry := range map[string]bool{"": false, "GET": false, "head": false, "OPTIONS": false, "PUT": true, "patch": true, "POST": true, "PROPFIND": true} {
		x := running(t, policy.Ask{})
		if got := x.prepared(harness.Request{From: "https://a.test", Method: method}); got.DryRun != dry || got.AddressSpace != harness.SpaceLoopback {
			t.Errorf("%s: %+v", method, got)
		}
		x.Policy.Ask.Unsafe = policy.SendUnsafe
		if x.prepared(harness.Request{Method: method}).DryRun {
			t.Errorf("%s is not sent, and should be", method)
		}
	}
	second := running(t, policy.Ask{})
	second.Browser.Kind = harness.Firefox
	if got := second.prepared(harness.Request{From: "https://a.test"}); got.AddressSpace != "" {
		t.Errorf("in Firefox: %+v", got)
	}
	elsewhere := running(t, policy.Ask{})
	elsewhere.Browser.Endpoint = "http://127.0.0.1:9222"
	for _, from := range []string{"https://a.test", harness.DataPage} {
		if got := elsewhere.prepared(harness.Request{From: from, Method: "PUT"}); !got.DryRun || got.AddressSpace != "" || got.Within != "" {
			t.Errorf("a Chrome at an endpoint has no address space to choose: %+v", got)
		}
	}
	if got := running(t, policy.Ask{}).prepared(harness.Request{From: harness.DataPage}); got.Within == "" || got.AddressSpace != "" {
		t.Errorf("a data: page has no address space of its own: %+v", got)
	}
}

func TestCount(t *testing.T) {
	x := running(t, policy.Ask{})
	x.count(harness.Observation{Exchanges: []harness.Exchange{options(), put(false, true), get(200), {Method: "GET"}}})
	if fmt.Sprint(x.sent, x.withheld) != "map[GET:1 OPTIONS:1] map[PUT:1]" {
		t.Errorf("sent %v, withheld %v", x.sent, x.withheld)
	}
}

// On a busy machine a question that took all its time is asked again, with fewer questions
// in flight, until there is one at a time.
func TestABusyMachineLowersTheConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := running(t, policy.Ask{Concurrency: 5})
		x.load = func() func() float64 { return func() float64 { return muchLoad } }
		slow := &harness.InconclusiveError{Missing: "nothing within 1s", Err: context.DeadlineExceeded}
		var bounds []int
		ask := func(context.Context, harness.Request) (harness.Observation, error) {
			bounds = append(bounds, x.turns.Bound())
			return harness.Observation{}, slow
		}
		x.insist(t.Context(), ask, harness.Request{})
		if fmt.Sprint(bounds) != "[5 3 2 1]" {
			t.Errorf("asked with %v in flight", bounds)
		}
		if a := x.insist(t.Context(), ask, harness.Request{}); len(bounds) != 5 || a.err == nil {
			t.Errorf("asked with %v in flight: there is no end of it", bounds)
		}
		bounds = nil
		x.insist(t.Context(), ask, harness.Request{Method: "POST"})
		if len(bounds) != 1 {
			t.Error("what may have been executed was asked again")
		}
	})
}

// Chrome that repeats a request on its own has sent it twice, which a server of ours tells.
func TestCountOfRepeatedRequests(t *testing.T) {
	x := running(t, policy.Ask{})
	x.count(harness.Observation{
		Exchanges: []harness.Exchange{options(), {Method: "POST", Sent: true}},
		Arrivals:  []harness.Arrival{{Method: "OPTIONS"}, {Method: "POST"}, {Method: "POST"}},
	})
	if fmt.Sprint(x.sent) != "map[OPTIONS:1 POST:2]" {
		t.Errorf("sent %v", x.sent)
	}
}

// Without a browser there are no cookies: a question of an app for the signed-in user has no
// verdict.
func TestAppWithCookies(t *testing.T) {
	x := running(t, policy.Ask{})
	x.Browser.Cookies = []harness.SetCookie{{URL: acme, Line: "sid=1"}}
	r := harness.Request{From: "capacitor://localhost", URL: acme + "/", Credentials: harness.Include}
	seen, err := x.app(t.Context(), r)
	var inconclusive *harness.InconclusiveError
	if !errors.As(err, &inconclusive) || !strings.Contains(inconclusive.Missing, "the cookies of the policy are not sent") || seen.Verdict != "" {
		t.Errorf("%s, %v", seen.Verdict, err)
	}
}
