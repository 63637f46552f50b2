package finding

import (
	"errors"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/shards"
	"github.com/corsproof/corsproof/harness/policy"
)

// ParseShard reads a shard such as 2/5: the second of five.
func ParseShard(text string) (Shard, error) {
	index, of, ok := strings.Cut(text, "/")
	s := Shard{Index: shards.Number(index), Of: shards.Number(of)}
	switch {
	case !ok || s.Index < 0 || s.Of < 0:
		return Shard{}, fmt.Errorf("shard %q: want its number and the number of shards, such as 2/5", text)
	case s.Of == 0:
		return Shard{}, fmt.Errorf("shard %q: want at least one shard, such as 1/1", text)
	case s.Index == 0:
		return Shard{}, fmt.Errorf("shard %q: shards count from 1: want 1/%d to %d/%d", text, s.Of, s.Of, s.Of)
	case s.Index > s.Of:
		return Shard{}, fmt.Errorf("shard %q: there are only %d: want 1/%d to %d/%d", text, s.Of, s.Of, s.Of, s.Of)
	}
	return s, nil
}

// ReadShard reads a shard as [ParseShard] does, or auto: then index and total come from the
// environment variables of the system that split the job (GitLab, CircleCI, Buildkite,
// Bitbucket, Semaphore, Azure Pipelines, Bazel). auto/5 gives the total by hand, for a
// Kubernetes Indexed Job, which has no variable for it. getenv is [os.Getenv].
//
// With auto, ReadShard creates the file that Bazel wants of a program that asks its part
// only.
func ReadShard(text string, getenv func(string) string) (Shard, error) {
	total, byHand := strings.CutPrefix(text, "auto/")
	if text != "auto" && !byHand {
		return ParseShard(text)
	}
	of := 0
	if byHand {
		if of = shards.Number(total); of < 1 {
			return Shard{}, fmt.Errorf("shard %q: want the number of shards after auto/, such as auto/5", text)
		}
	}
	place, faults := shards.Find(getenv, of)
	if len(faults) == 0 {
		if err := shards.Announce(getenv); err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		for i, fault := range faults {
			faults[i] = fmt.Errorf("shard %q: %w", text, fault)
		}
		return Shard{}, errors.Join(faults...)
	}
	return Shard{Index: place.Index, Of: place.Of, System: place.System}, nil
}

// String writes the shard as [ParseShard] reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// Describe says which part the shard is, and which system gave its index, such as
// "2 of 5 (index from GitLab)".
func (s Shard) Describe() string {
	part := fmt.Sprintf("%d of %d", s.Index, s.Of)
	if s.System != "" {
		part += fmt.Sprintf(" (index from %s)", s.System)
	}
	return part
}

// Probes returns the probes of this shard. Each probe is in exactly one shard, and the
// sizes of two shards differ by one at most. The zero Shard has all probes.
//
// Slow probes stand side by side in the list, or in the same place of each resource. So
// probes are dealt in rounds, one to each shard, and each round begins with another shard.
func (s Shard) Probes(probes []policy.Probe) []policy.Probe { return deal(s, probes) }

// deal returns the items of a shard, in order.
func deal[T any](s Shard, items []T) []T {
	if s.Of <= 1 {
		return items
	}
	part := make([]T, 0, len(items)/s.Of+1)
	for round := range len(items)/s.Of + 1 {
		if n := s.Number(round); n <= len(items) {
			part = append(part, items[n-1])
		}
	}
	return part
}

// Number returns the number of the shard's i-th probe among all probes, from 1.
func (s Shard) Number(i int) int {
	if s.Of <= 1 {
		return i + 1
	}
	return i*s.Of + (s.Index-1+s.Of-firstOf(i, s.Of))%s.Of + 1
}

// place is the reverse of Number: it returns i, and whether the probe of this number is in
// the shard.
func (s Shard) place(number int) (i int, ok bool) {
	i = (number - 1) / max(1, s.Of)
	return i, number >= 1 && s.Number(i) == number
}

// firstOf returns the shard, from 0, that the first probe of a round goes to. The shards of
// all rounds follow no period: otherwise the slowest probe of each resource could go to the
// same shard.
func firstOf(round, of int) int {
	if round == 0 {
		return 0
	}
	// The finalizer of SplitMix64: https://doi.org/10.1145/2714064.2660195
	x := uint64(round) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % uint64(of))
}

// Range returns the part of this shard of so many numbered items, for a run whose items
// need no dealing: the number of its first item, from 0, and how many they are. The zero
// Shard has all items.
func (s Shard) Range(items int) (first, count int) {
	if s.Of <= 1 {
		return 0, items
	}
	first, end := items*(s.Index-1)/s.Of, items*s.Index/s.Of
	return first, end - first
}
