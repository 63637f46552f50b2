package diagnose_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
)

// changing is a server that answers the first question in one way and every later question in
// another way.
type changing struct {
	diagnose.Asker
	asked atomic.Int64
}

func (c *changing) Fetch(_ context.Context, r harness.Request) (harness.Observation, error) {
	o := harness.Observation{Request: r, Verdict: harness.Readable, Page: harness.Page{Origin: app}}
	if c.asked.Add(1) == 1 {
		o.Verdict, o.Reason = harness.Blocked, harness.MissingAllowOriginHeader
		o.Exchanges = []harness.Exchange{{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Status: 500}}
	}
	return o, nil
}

// A target that changes between two questions is told, and nothing is then proved by them.
func TestTargetChanges(t *testing.T) {
	d, err := diagnose.Run(context.Background(), &changing{}, harness.Request{From: app, URL: api + "/"})
	if err != nil || d.Sure != diagnose.Likely || !strings.Contains(strings.Join(d.Notes, " "), "target changes") {
		t.Errorf("%v: %s, %q", err, d.Sure, d.Notes)
	}
}

// limited limits the rate of its second question.
type limited struct{ asked atomic.Int64 }

func (l *limited) Fetch(_ context.Context, r harness.Request) (harness.Observation, error) {
	e := harness.Exchange{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Status: 500}
	if l.asked.Add(1) == 2 {
		e.Status, e.ResponseHeaders = 429, header("Retry-After", "0")
	}
	return harness.Observation{Request: r, Verdict: harness.Blocked, Reason: harness.MissingAllowOriginHeader, Page: harness.Page{Origin: app}, Exchanges: []harness.Exchange{e}}, nil
}

// A rate limit is waited for, and told. A remedy that does not help is not given.
func TestRateLimit(t *testing.T) {
	d, err := diagnose.Run(context.Background(), &limited{}, harness.Request{From: app, URL: api + "/"})
	notes := strings.Join(d.Notes, " ")
	if err != nil || !strings.Contains(notes, "waited 0s") || !strings.Contains(notes, "not enough") || d.Remedy != "" {
		t.Errorf("%v: %q, remedy %q", err, d.Notes, d.Remedy)
	}
}

// A reason that no cause has is told as unknown, without a layer and without a remedy.
func TestUnknownReason(t *testing.T) {
	first := harness.Observation{Verdict: harness.Blocked, Reason: "SomethingNew", Page: harness.Page{Origin: app}}
	d, err := diagnose.Run(context.Background(), &unanswered{first: first}, harness.Request{From: app, URL: api + "/"})
	if err != nil || d.Sure != diagnose.Unknown || d.ID != "" || d.Layer != "" || d.Remedy != "" || !strings.Contains(d.Cause, "does not know") {
		t.Errorf("%v: %q in the %q, %s: %s; %s", err, d.ID, d.Layer, d.Sure, d.Cause, d.Remedy)
	}
}

// Every reason of this build has a cause.
func TestEveryReasonHasACause(t *testing.T) {
	for _, reason := range harness.Reasons() {
		known := slices.ContainsFunc(diagnose.Causes(), func(c diagnose.Cause) bool { return slices.Contains(c.Symptoms, reason) })
		if without := withoutCause[reason]; known == without {
			t.Errorf("%s: has a cause: %v", reason, known)
		}
	}
}

// withoutCause are reasons that Chrome 156 has and does not give, one behind which it
// names none, and the reason of WebKit, which names no step.
var withoutCause = map[harness.Reason]bool{
	harness.InvalidResponse: true, harness.PreflightInvalidAllowExternal: true, harness.PreflightMissingAllowExternal: true, harness.BlockedByOther: true, harness.Untold: true,
}
