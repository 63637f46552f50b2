package verify

import (
	"fmt"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// aProbe is a probe with one step.
func aProbe(from, url string) policy.Probe {
	return policy.Probe{ID: "K01", Steps: []policy.Step{{Request: harness.Request{From: from, URL: url}}}}
}

func TestLanes(t *testing.T) {
	const a, b = "https://a.test", "https://b.test"
	kept := aProbe(a, "/1")
	kept.Caches = true
	dry := aProbe(a, "/1")
	dry.Unsafe = true
	probes := []policy.Probe{
		aProbe(a, "/1"), aProbe(b, "/1"), aProbe(a, "/2"), aProbe(a, "/1"), kept, dry, aProbe(b, "/2"), aProbe("", "/1"), aProbe("", "/1"),
	}
	want := []string{"[[0 3] [2]]", "[[1] [6]]", "[[4]]", "[[7 8]]"}
	var got []string
	for _, g := range groupsOf(probes) {
		got = append(got, fmt.Sprint(g.lanes))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := fmt.Sprint(groupsOf(probes)[0].dry); got != "[[5]]" {
		t.Errorf("dry, after all others of the page: %s", got)
	}
	if got := groupsOf(nil); len(got) != 0 {
		t.Errorf("nothing to ask makes groups: %v", got)
	}
}

// Every probe is in exactly one lane.
func TestLanesAreAllProbes(t *testing.T) {
	var probes []policy.Probe
	for i := range 1000 {
		probes = append(probes, aProbe(fmt.Sprint("https://p", i%7, ".test"), fmt.Sprint("/", i%11)))
	}
	var all []int
	for _, g := range groupsOf(probes) {
		for _, lane := range g.lanes {
			if !slices.IsSorted(lane) {
				t.Errorf("a lane is out of order: %v", lane)
			}
			all = append(all, lane...)
		}
	}
	slices.Sort(all)
	if len(all) != len(probes) || len(slices.Compact(all)) != len(probes) {
		t.Errorf("%d probes in lanes, want %d", len(all), len(probes))
	}
}
