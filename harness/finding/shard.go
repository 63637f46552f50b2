package finding

import (
	"errors"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/shards"
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

// Number returns the number of the shard's i-th probe among all probes, from 1, where probes
// were dealt in rounds, as earlier versions did: see [Report.Numbers].
func (s Shard) Number(i int) int {
	if s.Of <= 1 {
		return i + 1
	}
	return shards.InRound(s.Index-1, s.Of, i) + 1
}

// place returns where the shard has the probe of a number, and whether it has it. A report
// without Numbers is of an earlier version, which dealt probes in rounds.
func (r Report) place(number int) (i int, ok bool) {
	if r.Numbers != nil {
		return r.Numbers.place(number)
	}
	i = (number - 1) / max(1, r.Shard.Of)
	return i, number >= 1 && r.Shard.Number(i) == number
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
