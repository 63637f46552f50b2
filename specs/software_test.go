package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers/software"
)

// unblocked matches where Chrome blocks nothing.
var unblocked = SatisfyAny(harness.BeReadable(), harness.BeOpaque())

// holding is the browser, or a profile of it that holds the cookie of a fault.
func holding(f software.Fault, origin string) diagnose.Asker {
	if f.Cookie == "" {
		return &chrome
	}
	profile := &harness.Profile{Browser: &chrome, Cookies: []harness.SetCookie{{URL: origin, Line: f.Cookie}}}
	DeferCleanup(profile.Close)
	return profile
}

// The faults that people have, in the software that they have it in.
var _ = Describe("real software with a known fault", Label("scenario:software"), func() {
	var entries []any
	for _, f := range software.Faults() {
		entries = append(entries, Entry(f.ID+": "+f.Is, f))
	}
	DescribeTable("is blocked, and lets a control read", append([]any{Label("fetch:http-cors-protocol"), func(ctx SpecContext, f software.Fault) {
		origin := begin(ctx, f.Server)
		asker := holding(f, origin)
		ask := func(r harness.Request) (harness.Observation, error) {
			r.URL = origin + r.URL
			return asker.Fetch(ctx, r)
		}
		if f.First.URL != "" {
			Expect(ask(f.First)).To(unblocked)
		}
		if f.Reason == "" {
			Expect(ask(f.Ask)).To(unblocked)
		} else {
			Expect(ask(f.Ask)).To(harness.BeBlocked(f.Reason))
		}
		if f.Control.URL != "" {
			Expect(ask(f.Control)).To(harness.BeReadable())
		}
	}}, entries...)...)
})
