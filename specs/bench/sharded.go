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

// The run that is split, and how often it is measured.
const (
	shardsOf         = 8
	shardedResources = 16
	shardedRounds    = 2
)

// sharded is the work of Chrome's processes, in CPU seconds, for a run and for its shards,
// each with a Chrome of its own.
type sharded struct {
	probes      int
	one, shards []float64
}

// shardings verifies a policy as one run and as shards, one after the other.
func shardings(ctx context.Context, s settings, w *world, v *verified) (sharded, error) {
	run := verify.Run{Policy: v.policy, Select: verify.Select{Skip: []string{behaviour.TagWire}}}
	run.Policy.Resources = nil
	for i := range shardedResources {
		run.Policy.Resources = append(run.Policy.Resources, policy.Resource{Path: fmt.Sprintf("/sharded/%d", i)})
	}
	all, err := run.Probes()
	if err != nil {
		return sharded{}, err
	}
	found := sharded{probes: len(all)}
	for round := range min(s.rounds, shardedRounds) {
		measure.Progress(fmt.Sprintf("shards, round %d", round+1))
		run.Shard.Index, run.Shard.Of = 1, 1
		one, err := chromeOf(ctx, w, run)
		if err != nil {
			return found, err
		}
		parts := 0.0
		for i := range shardsOf {
			run.Shard.Index, run.Shard.Of = i+1, shardsOf
			part, err := chromeOf(ctx, w, run)
			if err != nil {
				return found, err
			}
			parts += part
		}
		found.one, found.shards = append(found.one, one), append(found.shards, parts)
	}
	return found, nil
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
