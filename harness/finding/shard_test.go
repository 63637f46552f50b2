package finding

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
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

// A shard of an earlier version, dealt in rounds, still has its numbers.
func TestNumbersOfEarlierVersions(t *testing.T) {
	for of := 1; of <= 12; of++ {
		owners := map[int]int{}
		for index := 1; index <= of; index++ {
			r := Report{Shard: &Shard{Index: index, Of: of}}
			for i := range 30 {
				n := r.Shard.Number(i)
				owners[n]++
				if at, ok := r.place(n); !ok || at != i {
					t.Errorf("shard %s: the number %d is at %d, %v, want %d", r.Shard, n, at, ok, i)
				}
			}
		}
		for n := 1; n <= 30*of; n++ {
			if owners[n] != 1 {
				t.Errorf("%d shards have the number %d", owners[n], n)
			}
		}
	}
}

// Numbers are written as ranges, and read again.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]Numbers{"": {}, "7": {7}, "1-3": {1, 2, 3}, "1-3,5,9-10": {1, 2, 3, 5, 9, 10}} {
		var got Numbers
		if err := got.UnmarshalText([]byte(text)); err != nil || got == nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
		if written, err := want.MarshalText(); err != nil || string(written) != text {
			t.Errorf("%v: %q, %v; want %q", want, written, err, text)
		}
	}
	for _, text := range []string{"0", "a", "3-1", "2,1", "1-3,3", "1,", ",1", "-1", "1-", "1-99999999999", "1-10000001", "1--2"} {
		var got Numbers
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	if i, ok := (Numbers{2, 5}).place(5); i != 1 || !ok {
		t.Errorf("5 is at %d, %v", i, ok)
	}
	if _, ok := (Numbers{2, 5}).place(3); ok {
		t.Error("3 is there")
	}
}
