package verify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestJoined(t *testing.T) {
	for _, test := range []struct {
		runs string // the first letter of each outcome
		want finding.Outcome
		why  string // the reason of the run that is shown
		all  map[finding.Outcome]int
	}{
		{"h", finding.Held, "h0", nil},
		{"b", finding.Broken, "b0", nil},
		{"i", finding.Inconclusive, "i0", nil},
		{"n", finding.NotAsked, "n0", nil},
		{"hh", finding.Held, "h0", map[finding.Outcome]int{finding.Held: 2}},
		{"bb", finding.Broken, "b0", map[finding.Outcome]int{finding.Broken: 2}},
		{"hb", finding.Flaky, "b1", map[finding.Outcome]int{finding.Held: 1, finding.Broken: 1}},
		{"bhb", finding.Flaky, "b0", map[finding.Outcome]int{finding.Held: 1, finding.Broken: 2}},
		{"hi", finding.Inconclusive, "i1", map[finding.Outcome]int{finding.Held: 1, finding.Inconclusive: 1}},
		{"ib", finding.Broken, "b1", map[finding.Outcome]int{finding.Inconclusive: 1, finding.Broken: 1}},
		{"ihb", finding.Flaky, "b2", map[finding.Outcome]int{finding.Held: 1, finding.Broken: 1, finding.Inconclusive: 1}},
	} {
		outcomes := map[rune]finding.Outcome{'h': finding.Held, 'b': finding.Broken, 'i': finding.Inconclusive, 'n': finding.NotAsked}
		var runs []finding.Finding
		for i, r := range test.runs {
			runs = append(runs, finding.Finding{Outcome: outcomes[r], Why: fmt.Sprintf("%c%d", r, i)})
		}
		got := joined(runs)
		if got.Outcome != test.want || got.Why != test.why || fmt.Sprint(got.Runs) != fmt.Sprint(test.all) {
			t.Errorf("%s: %s of %s, %v", test.runs, got.Outcome, got.Why, got.Runs)
		}
	}
}

func TestDecide(t *testing.T) {
	p := policy.Probe{ID: "K13", Side: behaviour.Forbidden, Steps: []policy.Step{{}, {}}}
	step := policy.Step{Want: harness.Blocked, Request: harness.Request{From: "https://evil.test", URL: acme + "/", Method: "PUT"}}
	seen := asked(readableWith(get(200, "Access-Control-Allow-Origin", "*")), step.Request)

	held := newFinding(p)
	decide(&held, judgement{outcome: finding.Held}, p, step, seen, asIs)
	if held.Severity != "" || held.Effect != "" || held.Meaning != "" || held.Method != "PUT" || held.Origin != "https://evil.test" {
		t.Errorf("a held finding has the fields of a broken one: %+v", held)
	}

	const secret = "s3cr3t-t0k3n"
	broken := newFinding(p)
	decide(&broken, judgement{outcome: finding.Broken, why: strings.Repeat("x", maxText-6) + secret}, p, step, seen, strings.NewReplacer(secret, "(hidden)").Replace)
	if broken.Severity == "" || broken.Effect == "" || broken.Meaning == "" || broken.Remedy == "" || broken.Anchor == "" {
		t.Errorf("something is missing: %+v", broken)
	}
	if len(broken.Why) > 2*maxText || strings.Contains(broken.Why, secret[:4]) {
		t.Errorf("why: %d bytes, %q", len(broken.Why), broken.Why[len(broken.Why)-40:])
	}
}

// No field holds a made-up header name of megabytes.
func TestDecideIsSmall(t *testing.T) {
	p := policy.Probe{ID: "K09", Side: behaviour.Forbidden, Steps: []policy.Step{{}}}
	step := policy.Step{Want: harness.Readable, OnlyExposed: true, Request: harness.Request{From: "https://app.acme.com", URL: acme + "/"}}
	seen := asked(scriptReads(readableWith(get(200)), strings.Repeat("y", 1<<20), "1"), step.Request)
	f := newFinding(p)
	decide(&f, judge(acme, step, seen, nil), p, step, seen, asIs)
	if f.Outcome != finding.Broken {
		t.Fatalf("%s, want broken", f.Outcome)
	}
	if text := fmt.Sprint(f); len(text) > 4*maxText {
		t.Errorf("the finding has %d bytes: %.200s", len(text), text)
	}
}
