package verify

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
)

// A probe about caches that held without a cache proves something only where the kept answer
// would have done no harm: it says Vary, may not be kept, or allows what the next one allows.
func TestCacheNotes(t *testing.T) {
	for name, c := range map[string]struct {
		first, second []string
		noted         bool
	}{
		"allows nobody without Origin": {nil, []string{"Access-Control-Allow-Origin", "https://app.acme.com"}, true},
		"allows somebody else":         {[]string{"Access-Control-Allow-Origin", "https://www.acme.com"}, []string{"Access-Control-Allow-Origin", "https://app.acme.com"}, true},
		"allows all, always":           {[]string{"Access-Control-Allow-Origin", "*"}, []string{"Access-Control-Allow-Origin", "*"}, false},
		"varies":                       {[]string{"Vary", "Origin"}, []string{"Access-Control-Allow-Origin", "https://app.acme.com"}, false},
		"may not be kept":              {[]string{"Cache-Control", "no-store"}, []string{"Access-Control-Allow-Origin", "https://app.acme.com"}, false},
	} {
		answer := func(pair []string) finding.Step {
			e := harness.Exchange{Kind: harness.ActualRequest, Method: "GET", Sent: true, Status: 200}
			if pair != nil {
				e.ResponseHeaders = harness.Header{{Name: pair[0], Value: pair[1]}}
			}
			return finding.Step{Observation: harness.Observation{Exchanges: []harness.Exchange{e}}}
		}
		f := finding.Finding{ID: "K56", Side: behaviour.Allowed, Resource: "/v1/me", Outcome: finding.Held, Steps: []finding.Step{answer(c.first), answer(c.second)}}
		if got := cacheNotes([]finding.Finding{f}); (got != nil) != c.noted {
			t.Errorf("%s: %q", name, got)
		}
	}
}
