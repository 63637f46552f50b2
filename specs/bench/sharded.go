package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// The runs that are split: into how many shards, how many resources their policies have, and how
// often each is measured.
const (
	shardsOf      = 8
	shardedRounds = 2
)

var shardedResources = []int{2, 16}

// sharded is the work of Chrome's processes, in CPU seconds, for a run and for its shards,
// each with a Chrome of its own.
type sharded struct {
	probes      int
	one, shards []float64
}

// shardedRuns are the runs that were measured.
type shardedRuns []*sharded

// shardings verifies policies as one run and as shards, one after the other.
func shardings(ctx context.Context, s settings, c *contestants) (outcome, error) {
	var list shardedRuns
	for _, resources := range shardedResources {
		run := verify.Run{Policy: c.verified.policy, Select: verify.Select{Skip: []string{behaviour.TagWire}}}
		run.Policy.Resources = nil
		for i := range resources {
			run.Policy.Resources = append(run.Policy.Resources, policy.Resource{Path: fmt.Sprintf("/sharded/%d", i)})
		}
		all, err := run.Probes()
		if err != nil {
			return list, err
		}
		found := &sharded{probes: len(all)}
		for round := range min(s.rounds, shardedRounds) {
			measure.Progress(fmt.Sprintf("shards of %d probes, round %d", found.probes, round+1))
			if err := found.round(ctx, c.world, run); err != nil {
				return list, err
			}
		}
		list = append(list, found)
	}
	return list, nil
}

// round verifies as one run, and then as shards.
func (found *sharded) round(ctx context.Context, w *world, run verify.Run) error {
	run.Shard.Index, run.Shard.Of = 1, 1
	one, err := chromeOf(ctx, w, run)
	if err != nil {
		return err
	}
	parts := 0.0
	for i := range shardsOf {
		run.Shard.Index, run.Shard.Of = i+1, shardsOf
		part, err := chromeOf(ctx, w, run)
		if err != nil {
			return err
		}
		parts += part
	}
	found.one, found.shards = append(found.one, one), append(found.shards, parts)
	return nil
}

func (list shardedRuns) wanted() (results []result) {
	for _, found := range list {
		results = append(results, atMost(fmt.Sprintf("%d shards / one run of %d probes, CPU of Chrome (%.1f s, %.1f s)",
			shardsOf, found.probes, median(found.shards), median(found.one)), ratio(found.shards, found.one), 1.3))
	}
	return results
}

// chromeOf returns the CPU seconds of a Chrome of its own, from its start to the end of a run.
func chromeOf(ctx context.Context, w *world, run verify.Run) (float64, error) {
	chrome := harness.Browser{Path: w.chrome, Network: servers.Foreign{Network: &w.network}, MaxPages: 4, Windowless: true}
	defer chrome.Close()
	before := measure.ChromeCPU()
	run.Browser = &chrome
	report, err := run.Verify(ctx)
	if err != nil {
		return 0, err
	}
	if report.Failed() || !report.Complete() {
		return 0, errors.New("the policy did not hold, so that the work for it means nothing")
	}
	return measure.ChromeCPU() - before, nil
}
