package verify

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// rightly answers the canary's questions like a Chrome that enforces every rule.
func rightly(r harness.Request) harness.Observation {
	o := harness.Observation{Request: r, Verdict: harness.Blocked}
	switch {
	case r.AddressSpace == harness.SpacePublic:
		o.Reason = harness.InsecureLocalNetwork
	case r.Method == http.MethodPut:
		o.Reason = harness.MethodDisallowedByPreflightResponse
	case strings.HasSuffix(r.URL, "/silent"):
		o.Reason = harness.MissingAllowOriginHeader
	default:
		o.Verdict = harness.Readable
	}
	return o
}

// Each question of the canary decides: one wrong answer is enough, and the error names
// the rule that Chrome does not enforce.
func TestCanary(t *testing.T) {
	isLocal := func(r harness.Request) bool { return r.AddressSpace == harness.SpacePublic }
	isPreflighted := func(r harness.Request) bool { return r.Method == http.MethodPut }
	isSilent := func(r harness.Request) bool { return strings.HasSuffix(r.URL, "/silent") }
	isOpen := func(r harness.Request) bool { return !isLocal(r) && !isPreflighted(r) && !isSilent(r) }
	for _, test := range []struct {
		name    string
		spoilt  func(harness.Request) bool // the question that gets a wrong answer
		verdict harness.Verdict
		reason  harness.Reason
		want    string // in the error; empty: no error
	}{
		{"right", func(harness.Request) bool { return false }, "", "", ""},
		{"no CORS check", isSilent, harness.Readable, "", "the CORS check: it should be blocked and was not"},
		{"everything blocked", isOpen, harness.Blocked, harness.MissingAllowOriginHeader, "that the page may read: it should be readable and was not"},
		{"no preflight", isPreflighted, harness.Readable, "", "the CORS preflight: it should be blocked and was not"},
		{"no local network access", isLocal, harness.Readable, "", "local network access: it should be blocked and was not"},
		{"another reason", isLocal, harness.Blocked, harness.MissingAllowOriginHeader, "blocked by InsecureLocalNetwork and was by MissingAllowOriginHeader"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var mu sync.Mutex
			asked := 0
			err := canary(t.Context(), "https://app.test", canaryQuestions, func(_ context.Context, r harness.Request) (harness.Observation, error) {
				if isLocal(r) != (r.From == canaryPage) || !isLocal(r) && r.From != "https://app.test" {
					t.Errorf("%s asks from %s", r.URL, r.From)
				}
				o := rightly(r)
				if test.spoilt(r) {
					o.Verdict, o.Reason = test.verdict, test.reason
				}
				mu.Lock()
				defer mu.Unlock()
				asked++
				return o, nil
			})
			switch {
			case asked != 4:
				t.Errorf("%d questions, want 4", asked)
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || strings.Count(err.Error(), "it should be") != 1):
				t.Errorf("got %v\nwant an error about one question with %q", err, test.want)
			}
		})
	}
}

// A question without a verdict is an error of the canary.
func TestCanaryWithoutVerdict(t *testing.T) {
	lost := errors.New("lost")
	err := canary(t.Context(), canaryPage, canaryQuestions, func(_ context.Context, r harness.Request) (harness.Observation, error) {
		if r.Method == http.MethodPut {
			return harness.Observation{}, lost
		}
		return rightly(r), nil
	})
	if !errors.Is(err, lost) || !strings.Contains(err.Error(), "the CORS preflight: lost") {
		t.Errorf("got %v", err)
	}
}

// The canary asks from a page that the probes need, too, where there is one that every Chrome can open.
func TestHomeOfCanary(t *testing.T) {
	of := func(from string, change func(*policy.Probe)) policy.Probe {
		p := policy.Probe{Steps: []policy.Step{{Request: harness.Request{From: from, URL: acme}}}}
		if change != nil {
			change(&p)
		}
		return p
	}
	unfit := []policy.Probe{
		of("", nil), of(harness.OpaqueOrigin, nil), of(harness.DataPage, nil), of("https://app.test:6000", nil),
		of("https://wire.test", func(p *policy.Probe) { p.Wire = true }),
		of("https://kept.test", func(p *policy.Probe) { p.Caches = true }),
		of("https://dry.test", func(p *policy.Probe) { p.Unsafe = true }),
	}
	if got := homeOf("", unfit); got != canaryPage {
		t.Errorf("the canary asks from %s", got)
	}
	if got := homeOf("", append(unfit, of("http://app.test:8080", nil), of("https://app.test", nil))); got != "http://app.test:8080" {
		t.Errorf("the canary asks from %s", got)
	}
}
