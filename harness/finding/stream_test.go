package finding

import (
	"errors"
	"iter"
	"reflect"
	"slices"
	"testing"
)

// sourcesOf are sources of reports in memory.
func sourcesOf(parts ...Part) []Source {
	var list []Source
	for _, p := range parts {
		list = append(list, SourceOf(p))
	}
	return list
}

// The report that does not list what held has the same counts, problems and verdict as the
// whole.
func TestJoinedSaysTheSameAsWhole(t *testing.T) {
	// What held decides the cause: this server locks out a page, not all pages.
	reads, locked := broke(allowed, "K01", "/me", "", outcome(Held)), broke(allowed, "K01", "/me", High, func(f *Finding) { f.Origin = "https://admin.test" })
	parts := []Part{
		shardReport(1, 3, func(r *Report) {
			r.Findings = append(r.Findings, Finding{Number: r.Shard.Number(2), ID: "K14", Key: "k", Outcome: NotAsked}, Finding{Number: r.Shard.Number(3), ID: "K15", Key: "k", Outcome: Known, Resource: "/me"})
		}),
		shardReport(2, 3, func(r *Report) { r.Findings[1].Outcome = Inconclusive }),
		shardReport(3, 3, func(r *Report) {
			reads.Number, locked.Number = r.Shard.Number(2), r.Shard.Number(3)
			r.Findings = append(r.Findings, reads, locked)
		}),
	}
	for _, some := range [][]Part{parts, parts[:1], {{File: "one.json", Report: Report{Version: Version, Findings: slices.Concat(parts[0].Report.Findings, parts[1].Report.Findings)}}}} {
		joined, err := Join(sourcesOf(some...), true)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := joined.Whole()
		if err != nil {
			t.Fatal(err)
		}
		light := joined.Report
		for _, o := range Outcomes() {
			if light.Count(o) != whole.Count(o) {
				t.Errorf("%s: %d, want %d", o, light.Count(o), whole.Count(o))
			}
		}
		if light.Total() != len(whole.Findings) || light.Total() != whole.Total() || light.Failed() != whole.Failed() || light.Complete() != whole.Complete() {
			t.Errorf("%d findings, failed %t, complete %t; want %d, %t, %t", light.Total(), light.Failed(), light.Complete(), len(whole.Findings), whole.Failed(), whole.Complete())
		}
		if slices.ContainsFunc(light.Findings, func(f Finding) bool { return f.Outcome == Held || f.Outcome == NotAsked }) || !slices.ContainsFunc(light.Findings, func(f Finding) bool { return f.Outcome == Known }) {
			t.Errorf("listed: %+v", light.Findings)
		}
		a, b := light.Problems(), whole.Problems()
		for i := range a {
			a[i].at = nil
		}
		for i := range b {
			b[i].at = nil
		}
		if !reflect.DeepEqual(a, b) || len(a) == 0 {
			t.Errorf("problems\n%+v\nwant\n%+v", a, b)
		}
	}
}

// All shards together keep as much evidence as one run.
func TestJoinedKeepsEvidence(t *testing.T) {
	const of, each = 4, MaxEvidence
	var parts []Part
	for index := 1; index <= of; index++ {
		parts = append(parts, shardReport(index, of, func(r *Report) {
			r.Findings = nil
			for i := range each {
				f := Finding{Number: r.Shard.Number(i), ID: "K01", Key: "k", Outcome: Held, Steps: []Step{{}}}
				if i%2 == 0 {
					f.Outcome, f.Severity = Broken, High
				}
				r.Findings = append(r.Findings, f)
			}
		}))
	}
	whole, err := Merge(parts, false)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[Outcome]int{}
	for _, f := range whole.Findings {
		if len(f.Steps) > 0 {
			kept[f.Outcome]++
		}
	}
	if len(whole.Findings) != of*each || kept[Broken] != MaxEvidence || kept[Held] > MaxEvidence || kept[Held] < MaxEvidence/3 {
		t.Errorf("%d findings, evidence of %v", len(whole.Findings), kept)
	}
}

// A reader that stops early ends the streams of all shards.
func TestJoinedEndsItsStreams(t *testing.T) {
	open := 0
	sources := sourcesOf(shardReport(1, 2, nil), shardReport(2, 2, nil))
	for i := range sources {
		findings := sources[i].Findings
		sources[i].Findings = func() iter.Seq2[Finding, error] {
			return func(yield func(Finding, error) bool) {
				open++
				defer func() { open-- }()
				findings()(yield)
			}
		}
	}
	joined, err := Join(sources, false)
	if err != nil || open != 0 {
		t.Fatalf("%v, %d streams are open", err, open)
	}
	for range joined.Findings() {
		if open != 2 {
			t.Errorf("%d streams are open, want 2", open)
		}
		break
	}
	if open != 0 {
		t.Errorf("%d streams are still open", open)
	}
}

// An error of a source, and an order that a stream cannot put right, end the merge.
func TestJoinFaults(t *testing.T) {
	broken := errors.New("the disk is gone")
	sources := sourcesOf(shardReport(1, 2, nil), shardReport(2, 2, nil))
	sources[1].Findings = func() iter.Seq2[Finding, error] {
		return func(yield func(Finding, error) bool) { yield(Finding{}, broken) }
	}
	if _, err := Join(sources, false); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
	list := shardReport(2, 2, nil).Report.Findings // first the finding that held
	sources[1].Findings = func() iter.Seq2[Finding, error] {
		return func(yield func(Finding, error) bool) { _ = yield(list[0], nil) && yield(list[1], nil) }
	}
	const want = "b.json: K13 broken in 2/2: the findings are not in the order of their weight, in which corsproof writes them. Merge the files that corsproof verify wrote"
	if _, err := Join(sources, false); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
