package report

import (
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/finding"
)

// A line says what changed, and nothing that stayed as it was.
func TestChanges(t *testing.T) {
	is := func(o finding.Outcome, s finding.Severity) finding.Finding {
		return finding.Finding{ID: "K14", Title: "GET /me", Outcome: o, Severity: s, Why: "the server sends another origin back"}
	}
	for _, test := range []struct {
		before, after finding.Finding
		want          string
	}{
		{is(finding.Held, ""), is(finding.Broken, finding.High), "held → broken  high  K14  GET /me"},
		{is(finding.Broken, finding.High), is(finding.Held, ""), "broken → held  K14  GET /me"},
		{is(finding.Broken, finding.Low), is(finding.Broken, finding.High), "broken, low → high  K14  GET /me"},
		{is(finding.Broken, finding.High), is(finding.Broken, finding.High), "broken for another cause  high  K14  GET /me"},
		{finding.Finding{}, is(finding.Held, ""), "not in the policy → held  K14  GET /me"},
		{is(finding.Held, ""), finding.Finding{}, "held → not in the policy  K14  GET /me"},
	} {
		var out strings.Builder
		at := time.Date(2026, 1, 2, 12, 3, 4, 0, time.UTC)
		if err := (Text{}).Changes(&out, at, []finding.Change{{Before: test.before, After: test.after}}); err != nil {
			t.Fatal(err)
		}
		if line, _, _ := strings.Cut(out.String(), "\n"); line != "12:03:04  "+test.want {
			t.Errorf("got  %q\nwant %q", line, test.want)
		}
	}
}
