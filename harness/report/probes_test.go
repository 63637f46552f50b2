package report

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestProbes(t *testing.T) {
	probes, err := policy.Policy{
		Target: "https://api.acme.com",
		Rules: policy.Rules{
			Origins: policy.Origins{List: []string{"https://app.acme.com"}}, Methods: policy.Names{"GET", "DELETE"}, RequestHeaders: policy.Names{"X-A"},
		},
		Resources: []policy.Resource{{Path: "/v1/me"}},
	}.Probes()
	if err != nil {
		t.Fatal(err)
	}
	list := func(style harness.Style) string {
		var b strings.Builder
		if err := (Text{Style: style}).Probes(&b, probes); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	plain := list(harness.PlainText)
	golden(t, "probes.txt", plain)
	for line := range strings.Lines(plain) {
		if n := len([]rune(line)); n > columns+1 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	colored := list(harness.ANSIColors)
	if ansi.ReplaceAllString(colored, "") == colored {
		t.Error("no colour")
	}
}
