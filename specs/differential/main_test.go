package main

import (
	"testing"

	"github.com/corsproof/corsproof/specs/internal/differential"
)

// The shards of a run ask each of its questions once.
func TestTake(t *testing.T) {
	gitlab := func(name string) string { return map[string]string{"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "3"}[name] }
	for _, c := range []struct {
		shard     string
		first     uint64
		questions int
		part      string
	}{
		{"", 40, 10, ""},
		{"1/3", 40, 3, "1 of 3"},
		{"auto", 43, 3, "2 of 3 (index from GitLab)"},
		{"3/3", 46, 4, "3 of 3"},
	} {
		run := differential.Run{First: 40, Questions: 10}
		if part, err := take(&run, c.shard, gitlab); err != nil || run.First != c.first || run.Questions != c.questions || part != c.part {
			t.Errorf("%s: %d from %d on, %q, %v; want %+v", c.shard, run.Questions, run.First, part, err, c)
		}
	}
	for shard, want := range map[string]string{
		"4/3":     `shard "4/3": there are only 3: want 1/3 to 3/3`,
		"1/11":    "shard 1/11 has no question: there are 10 questions: use fewer shards, or a larger -n",
		"auto/11": `shard "auto/11": GitLab: CI_NODE_TOTAL is 3, but --shard auto/11 says 11: give --shard auto`,
	} {
		run := differential.Run{First: 40, Questions: 10}
		if _, err := take(&run, shard, gitlab); err == nil || err.Error() != want || run.First != 40 || run.Questions != 10 {
			t.Errorf("%s: %v, %+v; want %s", shard, err, run, want)
		}
	}
}
