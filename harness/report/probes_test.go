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

// parts are what was written, write by write.
type parts []string

func (p *parts) Write(text []byte) (int, error) {
	*p = append(*p, string(text))
	return len(text), nil
}

// A long list is written in parts, whose columns are those of the whole.
func TestALongListIsWrittenInParts(t *testing.T) {
	var probes []policy.Probe
	for i := range 2500 {
		probes = append(probes, policy.Probe{ID: "K01", Level: "M", Side: "allowed", Title: "a title", Steps: []policy.Step{{}}})
		if i == 2400 {
			probes[i].Steps[0].Request.Method = "PROPFIND"
		}
	}
	var p parts
	if err := (Text{}).Probes(&p, probes); err != nil || len(p) != 4 {
		t.Fatalf("%d parts, %v", len(p), err)
	}
	lines := strings.Split(strings.Join(p, ""), "\n")
	at := strings.Index(lines[0], "what the policy wants")
	for i, line := range lines[2:2502] {
		if strings.Index(line, "a title") != at {
			t.Fatalf("line %d: %q, want the title in column %d", i, line, at)
		}
	}
}
