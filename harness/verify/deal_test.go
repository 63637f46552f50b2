package verify

import (
	"fmt"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// numbersOf are the numbers of a run without shards.
func numbersOf(probes []policy.Probe) finding.Numbers {
	_, numbers := dealt(finding.Shard{}, probes)
	return numbers
}

// All shards together open hardly more pages than one run, and each probe is in one shard.
func TestShardsShareFewPages(t *testing.T) {
	run := Run{Policy: huge(20)}
	all, err := run.Probes()
	if err != nil {
		t.Fatal(err)
	}
	pages := func(probes []policy.Probe) int {
		seen := map[string]bool{}
		for _, p := range probes {
			if key := pageKey(p); key != "" {
				seen[key] = true
			}
		}
		return len(seen)
	}
	const of = 8
	opened, seen, steps := 0, map[int]bool{}, []int{}
	for i := range of {
		run.Shard = finding.Shard{Index: i + 1, Of: of}
		probes, numbers := dealt(run.Shard, all)
		cost := 0
		for j, n := range numbers {
			if seen[n] || all[n-1].Key != probes[j].Key {
				t.Errorf("shard %s: the number %d is there twice, or of another probe", run.Shard, n)
			}
			seen[n] = true
			cost += len(probes[j].Steps)
		}
		if again, err := run.Probes(); err != nil || len(again) != len(probes) {
			t.Errorf("shard %s has %d probes, and then %d (%v)", run.Shard, len(probes), len(again), err)
		}
		opened, steps = opened+pages(probes), append(steps, cost)
	}
	if one := pages(all); len(seen) != len(all) || opened > one+of {
		t.Errorf("%d of %d probes; %d shards open %d pages, one run opens %d", len(seen), len(all), of, opened, one)
	}
	t.Log(fmt.Sprint(len(all), " probes; pages: ", pages(all), " and ", opened, "; steps of each shard: ", steps, ", the most: ", slices.Max(steps)))
}
