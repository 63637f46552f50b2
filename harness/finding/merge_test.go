package finding

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// shardReport is a report of a shard.
func shardReport(index, of int, change func(*Report)) Part {
	shard := Shard{Index: index, Of: of}
	r := Report{
		Version: 1, Corsproof: "v1", Policy: "policy.yaml", Fingerprint: "abcd", Target: "https://api.acme.com",
		Chrome: harness.Chrome{Version: "Chrome/156"}, Repeat: 1, Shard: &shard,
		Started: time.Date(2026, 11, 25, 10, index, 0, 0, time.UTC), Seconds: float64(index),
		Findings: []Finding{
			{Number: shard.Number(0), ID: "K01", Key: "held in " + Shard{Index: index, Of: of}.String(), Outcome: Held},
			{Number: shard.Number(1), ID: "K13", Key: "broken in " + Shard{Index: index, Of: of}.String(), Outcome: Broken, Severity: High},
		},
	}
	if change != nil {
		change(&r)
	}
	return Part{File: string(rune('a'+index-1)) + ".json", Report: r}
}

func TestMerge(t *testing.T) {
	parts := []Part{
		shardReport(3, 3, func(r *Report) { r.Notes = []string{"one", "three"}; r.Sent = map[string]int{"GET": 3} }),
		shardReport(1, 3, func(r *Report) {
			r.Notes = []string{"one"}
			r.Sent, r.Withheld = map[string]int{"GET": 1, "OPTIONS": 1}, map[string]int{"PUT": 4}
		}),
		shardReport(2, 3, func(r *Report) { r.Notes = []string{"two", "one"}; r.Findings[1].Severity = Critical }),
	}
	got, err := Merge(parts, false)
	if err != nil {
		t.Fatal(err)
	}
	want := shardReport(1, 3, nil).Report
	want.Shard, want.Seconds = nil, 3
	want.Notes = []string{"one", "two", "three"}
	want.Sent, want.Withheld = map[string]int{"GET": 4, "OPTIONS": 1}, map[string]int{"PUT": 4}
	want.Findings = []Finding{
		{Number: 4, ID: "K13", Key: "broken in 2/3", Outcome: Broken, Severity: Critical},
		{Number: 5, ID: "K13", Key: "broken in 3/3", Outcome: Broken, Severity: High},
		{Number: 6, ID: "K13", Key: "broken in 1/3", Outcome: Broken, Severity: High},
		{Number: 1, ID: "K01", Key: "held in 1/3", Outcome: Held},
		{Number: 2, ID: "K01", Key: "held in 2/3", Outcome: Held},
		{Number: 3, ID: "K01", Key: "held in 3/3", Outcome: Held},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n%+v\nwant\n%+v", got, want)
	}
	if parts[0].Report.Shard == nil || len(parts[0].Report.Findings) != 2 || parts[1].Report.Sent["GET"] != 1 {
		t.Error("the reports themselves were changed")
	}
}

// The report of a run without shards, and of a run with one shard.
func TestMergeOfOne(t *testing.T) {
	whole := shardReport(1, 1, func(r *Report) { r.Shard, r.Ended = nil, "interrupted" })
	if got, err := Merge([]Part{whole}, false); err != nil || !reflect.DeepEqual(got, whole.Report) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := Merge([]Part{shardReport(1, 1, nil)}, false); err != nil || got.Shard != nil || len(got.Findings) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMergeOfSome(t *testing.T) {
	ended := func(r *Report) { r.Ended = "interrupted" }
	for _, c := range []struct {
		parts []Part
		want  string
	}{
		{[]Part{shardReport(1, 3, nil), shardReport(2, 3, nil), shardReport(3, 3, nil)}, ""},
		{[]Part{shardReport(1, 3, nil), shardReport(2, 3, nil)}, "shard 3 of 3 is missing"},
		{[]Part{shardReport(3, 5, ended)}, "shard 3/5: interrupted; shards 1, 2, 4 and 5 of 5 are missing"},
		{[]Part{shardReport(2, 2, ended), shardReport(1, 2, ended)}, "shard 1/2: interrupted; shard 2/2: interrupted"},
	} {
		if got, err := Merge(c.parts, true); err != nil || got.Ended != c.want {
			t.Errorf("%q, %v; want %q", got.Ended, err, c.want)
		}
	}
}

func TestMergeFaults(t *testing.T) {
	whole := func(name string) Part {
		p := shardReport(1, 1, func(r *Report) { r.Shard = nil })
		p.File = name
		return p
	}
	named := func(name string, p Part) Part { p.File = name; return p }
	for name, c := range map[string]struct {
		parts []Part
		want  string
	}{
		"none": {nil, "nothing to merge: want the reports of the shards of one run"},
		"no shards": {[]Part{whole("a.json"), whole("b.json")},
			"none of the 2 reports is of a shard, so there is nothing to join: each has all the probes of its own run. merge joins the parts of one run, such as shards 1/2 and 2/2"},
		"a whole run among shards": {[]Part{shardReport(1, 2, nil), whole("w.json"), shardReport(2, 2, nil)}, "w.json: not the report of a shard: it has all the probes of its run"},
		"missing":                  {[]Part{shardReport(1, 3, nil), shardReport(3, 3, nil)}, "shard 2 of 3 is missing"},
		"missing two":              {[]Part{shardReport(1, 3, nil)}, "shards 2 and 3 of 3 are missing"},
		"twice":                    {[]Part{shardReport(1, 2, nil), shardReport(2, 2, nil), named("again.json", shardReport(2, 2, nil))}, "again.json: shard 2/2 again: b.json has it already"},
		"twice, and so one missing": {[]Part{shardReport(2, 2, nil), named("again.json", shardReport(2, 2, nil))},
			"again.json: shard 2/2 again: b.json has it already\nshard 1 of 2 is missing"},
		"no such shard": {[]Part{shardReport(1, 1, nil), shardReport(2, 1, nil)}, "b.json: there is no shard 2/1"},
		"another version": {[]Part{shardReport(1, 2, func(r *Report) { r.Version = 2 }), shardReport(2, 2, func(r *Report) { r.Fingerprint = "" })},
			"a.json: version 2 of a report: want version 1. Merge with the version of corsproof that wrote it"},
		"the first is foreign": {[]Part{shardReport(1, 3, func(r *Report) { r.Fingerprint = "ffff" }), shardReport(2, 3, nil), shardReport(3, 3, nil)},
			"a.json: not of the same run: its fingerprint of the policy is ffff, and in b.json it is abcd"},
		"all at once": {[]Part{shardReport(1, 4, nil), shardReport(2, 4, func(r *Report) { r.Target = "https://dev.acme.com" }), shardReport(3, 4, func(r *Report) {
			r.Chrome.Version, r.Repeat, r.Corsproof = "Chrome/157", 3, ""
		}), named("x.json", shardReport(1, 5, nil))},
			"x.json: not of the same run: its number of shards is 5, and in a.json it is 4\n" +
				"b.json: not of the same run: its target is https://dev.acme.com, and in a.json it is https://api.acme.com\n" +
				"c.json: not of the same run: its browser is Chrome/157, and in a.json it is Chrome/156\n" +
				"c.json: not of the same run: its number of repetitions is 3, and in a.json it is 1\n" +
				"c.json: not of the same run: its version of corsproof is nothing, and in a.json it is v1\n" +
				"shard 4 of 4 is missing"},
		"a probe of another shard": {[]Part{shardReport(1, 2, nil), shardReport(2, 2, func(r *Report) { r.Findings = append(r.Findings, shardReport(1, 2, nil).Report.Findings...) })},
			"b.json: K13 broken in 1/2: this probe has the number 4, which is not of shard 2/2: it is of a.json"},
		"a probe twice": {[]Part{shardReport(1, 2, func(r *Report) { r.Findings = append(r.Findings, r.Findings[0]) }), shardReport(2, 2, func(r *Report) { r.Findings[0].Number = 0 })},
			"a.json: K01 held in 1/2: the probe with the number 1 is there twice\nb.json: K01 held in 2/2: this probe has the number 0, which is not of shard 2/2"},
	} {
		got, err := Merge(c.parts, false)
		if err == nil || err.Error() != c.want || !reflect.DeepEqual(got, Report{}) {
			t.Errorf("%s:\n%v\nwant\n%s", name, err, c.want)
		}
		if _, err := Merge(c.parts, true); err == nil && !strings.HasPrefix(name, "missing") {
			t.Errorf("%s is accepted with partial", name)
		}
	}
}
