package finding

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/corsproof/corsproof/harness/policy"
)

func TestParseShard(t *testing.T) {
	for text, want := range map[string]Shard{"1/1": {Index: 1, Of: 1}, "2/5": {Index: 2, Of: 5}, "5/5": {Index: 5, Of: 5}, "007/10": {Index: 7, Of: 10}} {
		if got, err := ParseShard(text); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	if got := (Shard{Index: 2, Of: 5}).String(); got != "2/5" {
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

// auto takes the environment of the system that split the job, and announces the part.
func TestReadShard(t *testing.T) {
	status := filepath.Join(t.TempDir(), "status")
	bazel := map[string]string{"TEST_SHARD_INDEX": "1", "TEST_TOTAL_SHARDS": "5", "TEST_SHARD_STATUS_FILE": status}
	pod := map[string]string{"JOB_COMPLETION_INDEX": "4"}
	for _, c := range []struct {
		text        string
		environment map[string]string
		want        Shard
		fault       string
	}{
		{"2/5", pod, Shard{Index: 2, Of: 5}, ""},
		{"2/5", bazel, Shard{Index: 2, Of: 5}, ""},
		{"auto/5", pod, Shard{Index: 5, Of: 5, System: "Kubernetes"}, ""},
		{"6/5", pod, Shard{}, `shard "6/5": there are only 5: want 1/5 to 5/5`},
		{"auto/0", pod, Shard{}, `shard "auto/0": want the number of shards after auto/, such as auto/5`},
		{"auto/", pod, Shard{}, `shard "auto/": want the number of shards after auto/, such as auto/5`},
		{"auto", map[string]string{"CI_NODE_INDEX": "9", "CI_NODE_TOTAL": "5", "CIRCLE_NODE_TOTAL": "5"}, Shard{},
			"shard \"auto\": GitLab: CI_NODE_INDEX is \"9\": want a number from 1 to 5\nshard \"auto\": CircleCI: CIRCLE_NODE_TOTAL is 5, but CIRCLE_NODE_INDEX is missing: pass both to corsproof"},
		{"Auto", pod, Shard{}, `shard "Auto": want its number and the number of shards, such as 2/5`},
	} {
		got, err := ReadShard(c.text, func(name string) string { return c.environment[name] })
		if got != c.want || (err == nil) != (c.fault == "") || err != nil && err.Error() != c.fault {
			t.Errorf("%s: %+v, %v; want %+v, %s", c.text, got, err, c.want, c.fault)
		}
	}
	if _, err := os.Stat(status); err == nil {
		t.Error("the file of Bazel is there although a person gave the shard")
	}
	got, err := ReadShard("auto", func(name string) string { return bazel[name] })
	if _, missing := os.Stat(status); err != nil || missing != nil || got != (Shard{Index: 2, Of: 5, System: "Bazel"}) {
		t.Errorf("%+v, %v, %v", got, err, missing)
	}
	bazel["TEST_SHARD_STATUS_FILE"] = filepath.Join(status, "below")
	if got, err := ReadShard("auto", func(name string) string { return bazel[name] }); err == nil || got != (Shard{}) {
		t.Errorf("%+v, %v, want the fault of the file", got, err)
	}
}

// A million probes over 200 shards: the shards are even, and the longest shard takes hardly
// longer than the others, also where one probe of each resource takes 20 times as long, and
// the number of probes of a resource goes into the number of shards.
func TestMillionProbes(t *testing.T) {
	const probes, of, slow = 1_000_000, 200, 20
	for _, ofResource := range []int{50, 97, 100, 199, 200, 201} {
		costs := make([]int, probes)
		for i := range costs {
			costs[i] = 1
			if i%ofResource == ofResource-1 {
				costs[i] = slow
			}
		}
		sum, longest := 0, 0
		for i := 1; i <= of; i++ {
			part := deal(Shard{Index: i, Of: of}, costs)
			if len(part) != probes/of {
				t.Errorf("shard %d has %d probes, want %d", i, len(part), probes/of)
			}
			cost := 0
			for _, c := range part {
				cost += c
			}
			sum, longest = sum+cost, max(longest, cost)
		}
		if ratio := float64(longest) * of / float64(sum); ratio > 1.15 {
			t.Errorf("%d probes a resource: the longest shard takes %.2f times the mean", ofResource, ratio)
		} else {
			t.Logf("%d probes a resource: the longest shard takes %.2f times the mean", ofResource, ratio)
		}
	}
}

// The ranges of all shards are all items, in order and even.
func TestRange(t *testing.T) {
	for items := range 30 {
		for of := 1; of <= 12; of++ {
			next := 0
			for i := 1; i <= of; i++ {
				first, count := (Shard{Index: i, Of: of}).Range(items)
				if first != next || count < items/of || count > items/of+1 {
					t.Errorf("%d items, shard %d/%d: %d from %d on, want from %d on", items, i, of, count, first, next)
				}
				next = first + count
			}
			if next != items {
				t.Errorf("%d items in %d shards: %d", items, of, next)
			}
		}
	}
	if first, count := (Shard{}).Range(7); first != 0 || count != 7 {
		t.Errorf("the zero Shard has %d of 7 from %d on", count, first)
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
				part := Shard{Index: i, Of: of}.Probes(all)
				for j, p := range part {
					seen[p.Key]++
					n := (Shard{Index: i, Of: of}).Number(j)
					if at, ok := (Shard{Index: i, Of: of}).place(n); !ok || at != j {
						t.Errorf("shard %d/%d: the number %d is at %d, %v, want %d", i, of, n, at, ok, j)
					}
					if _, ok := (Shard{Index: i%of + 1, Of: of}).place(n); ok && of > 1 {
						t.Errorf("shard %d/%d has the number %d of its neighbour", i%of+1, of, n)
					}
					if fmt.Sprint(n-1) != p.Key {
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
