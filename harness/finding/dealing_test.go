package finding

import (
	"strings"
	"testing"
)

// Shards whose probes were dealt by page are joined by the numbers that they list; a probe of
// another shard, and shards that were dealt in two ways, are refused.
func TestMergeOfShardsDealtByPage(t *testing.T) {
	byPage := func(index int, numbers ...int) Part {
		return shardReport(index, 2, func(r *Report) {
			r.Numbers = numbers
			r.Findings[0].Number, r.Findings[1].Number = numbers[0], numbers[1]
		})
	}
	got, err := Merge([]Part{byPage(1, 1, 2), byPage(2, 3, 4)}, false)
	if err != nil || len(got.Findings) != 4 || got.Numbers != nil {
		t.Errorf("%d findings, numbers %v, %v", len(got.Findings), got.Numbers, err)
	}
	stranger := byPage(2, 3, 4)
	stranger.Report.Findings[0].Number = 2
	for want, parts := range map[string][]Part{
		"this probe has the number 2, which is not of shard 2/2: it is of a.json":            {byPage(1, 1, 2), stranger},
		"its way to deal probes to shards is in rounds, as by an earlier version, and in a.": {byPage(1, 1, 2), shardReport(2, 2, nil)},
	} {
		if _, err := Merge(parts, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
