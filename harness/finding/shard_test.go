package finding

import (
	"fmt"
	"testing"

	"github.com/corsproof/corsproof/harness/policy"
)

func TestParseShard(t *testing.T) {
	for text, want := range map[string]Shard{"1/1": {1, 1}, "2/5": {2, 5}, "5/5": {5, 5}, "007/10": {7, 10}} {
		if got, err := ParseShard(text); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	if got := (Shard{2, 5}).String(); got != "2/5" {
		t.Errorf("written as %s, want 2/5", got)
	}
	const want = `shard %q: want its number and the number of shards, such as 2/5`
	for text, want := range map[string]string{
		"0/5": `shard "0/5": shards count from 1: want 1/5 to 5/5`,
		"6/5": `shard "6/5": there are only 5: want 1/5 to 5/5`,
		"1/0": `shard "1/0": want at least one shard, such as 1/1`,
		"":    want, "2": want, "/": want, "2/": want, "/5": want, "a/5": want, "2/b": want, "-1/5": want, "+1/5": want, "1/-5": want,
		"1/+5": want, "2/5/6": want, "2 / 5": want, "2.0/5": want, "99999999999999999999/5": want,
	} {
		if want[0] != 's' || text != "0/5" && text != "6/5" && text != "1/0" {
			want = fmt.Sprintf(want, text)
		}
		if got, err := ParseShard(text); err == nil || err.Error() != want || got != (Shard{}) {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
	}
}

// Every split into shards has each probe exactly once, and is even.
func TestShardsAreAllProbes(t *testing.T) {
	for probes := range 30 {
		all := make([]policy.Probe, probes)
		for i := range all {
			all[i].Key = fmt.Sprint(i)
		}
		for of := 1; of <= 12; of++ {
			seen := map[string]int{}
			least, most := probes, 0
			for i := 1; i <= of; i++ {
				part := Shard{i, of}.Probes(all)
				for j, p := range part {
					seen[p.Key]++
					if n := (Shard{i, of}).Number(j); fmt.Sprint(n-1) != p.Key {
						t.Errorf("shard %d/%d: probe %d has the number %d, want that of %s", i, of, j, n, p.Key)
					}
				}
				least, most = min(least, len(part)), max(most, len(part))
			}
			if len(seen) != probes || most-least > 1 {
				t.Errorf("%d probes in %d shards: %d of them, from %d to %d each", probes, of, len(seen), least, most)
			}
			for key, times := range seen {
				if times != 1 {
					t.Errorf("%d probes in %d shards: %s is there %d times", probes, of, key, times)
				}
			}
		}
	}
	if got := (Shard{}).Probes(make([]policy.Probe, 3)); len(got) != 3 {
		t.Errorf("the zero Shard has %d of 3", len(got))
	}
	if got := (Shard{}).Number(4); got != 5 {
		t.Errorf("the fifth probe of the zero Shard has the number %d", got)
	}
}
