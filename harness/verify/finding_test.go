package verify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestJoined(t *testing.T) {
	for _, test := range []struct {
		runs string // the first letters of outcomes
		want Outcome
		why  string // of the run that is shown
		all  map[Outcome]int
	}{
		{"h", Held, "h0", nil},
		{"b", Broken, "b0", nil},
		{"i", Inconclusive, "i0", nil},
		{"n", NotAsked, "n0", nil},
		{"hh", Held, "h0", map[Outcome]int{Held: 2}},
		{"bb", Broken, "b0", map[Outcome]int{Broken: 2}},
		{"hb", Flaky, "b1", map[Outcome]int{Held: 1, Broken: 1}},
		{"bhb", Flaky, "b0", map[Outcome]int{Held: 1, Broken: 2}},
		{"hi", Inconclusive, "i1", map[Outcome]int{Held: 1, Inconclusive: 1}},
		{"ib", Broken, "b1", map[Outcome]int{Inconclusive: 1, Broken: 1}},
		{"ihb", Flaky, "b2", map[Outcome]int{Held: 1, Broken: 1, Inconclusive: 1}},
	} {
		outcomes := map[rune]Outcome{'h': Held, 'b': Broken, 'i': Inconclusive, 'n': NotAsked}
		var runs []Finding
		for i, r := range test.runs {
			runs = append(runs, Finding{Outcome: outcomes[r], Why: fmt.Sprintf("%c%d", r, i)})
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
	held.decide(judgement{outcome: Held}, p, step, seen, asIs)
	if held.Severity != "" || held.Effect != "" || held.Meaning != "" || held.Method != "PUT" || held.Origin != "https://evil.test" {
		t.Errorf("one that held has what one that is broken has: %+v", held)
	}

	const secret = "s3cr3t-t0k3n"
	broken := newFinding(p)
	broken.decide(judgement{outcome: Broken, why: strings.Repeat("x", maxText-6) + secret}, p, step, seen, strings.NewReplacer(secret, "(hidden)").Replace)
	if broken.Severity == "" || broken.Effect == "" || broken.Meaning == "" || broken.Remedy == "" || broken.Anchor == "" {
		t.Errorf("something is missing: %+v", broken)
	}
	if len(broken.Why) > 2*maxText || strings.Contains(broken.Why, secret[:4]) {
		t.Errorf("why: %d bytes, %q", len(broken.Why), broken.Why[len(broken.Why)-40:])
	}
}

// Names of headers that a target makes up are megabytes long in no field.
func TestDecideIsSmall(t *testing.T) {
	p := policy.Probe{ID: "K09", Side: behaviour.Forbidden, Steps: []policy.Step{{}}}
	step := policy.Step{Want: harness.Readable, OnlyExposed: true, Request: harness.Request{From: "https://app.acme.com", URL: acme + "/"}}
	seen := asked(scriptReads(readableWith(get(200)), strings.Repeat("y", 1<<20), "1"), step.Request)
	f := newFinding(p)
	f.decide(judge(acme, step, seen, nil), p, step, seen, asIs)
	if f.Outcome != Broken {
		t.Fatalf("%s, want broken", f.Outcome)
	}
	if text := fmt.Sprint(f); len(text) > 4*maxText {
		t.Errorf("the finding has %d bytes: %.200s", len(text), text)
	}
}
