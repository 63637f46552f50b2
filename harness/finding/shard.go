package finding

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/policy"
)

// ParseShard reads a shard such as 2/5: the second of five.
func ParseShard(text string) (Shard, error) {
	index, of, ok := strings.Cut(text, "/")
	s := Shard{Index: shardNumber(index), Of: shardNumber(of)}
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

// shardNumber reads a decimal number. It returns -1 for any other text.
func shardNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || text[0] == '+' || text[0] == '-' {
		return -1
	}
	return n
}

// String writes the shard as [ParseShard] reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// Probes returns the probes of this shard. Each probe is in exactly one shard, and the
// sizes of two shards differ by one at most. Probes are dealt in turn, because slow
// probes stand side by side in the list. The zero Shard has all probes.
// by side. The zero Shard has all of them.
func (s Shard) Probes(probes []policy.Probe) []policy.Probe {
	if s.Of <= 1 {
		return probes
	}
	var part []policy.Probe
	for i := s.Index - 1; i < len(probes); i += s.Of {
		part = append(part, probes[i])
	}
	return part
}

// Number returns the number of the shard's i-th probe among all probes, from 1.
func (s Shard) Number(i int) int {
	if s.Of <= 1 {
		return i + 1
	}
	return s.Index + i*s.Of
}
