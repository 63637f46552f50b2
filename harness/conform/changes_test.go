package conform

import (
	"reflect"
	"testing"
)

// ran is the result of a library with these verdicts.
func ran(name, version string, cells ...Cell) Result {
	return Result{Name: name, Language: "go", Version: version, Cells: cells}
}

func TestChanges(t *testing.T) {
	before := Matrix{Libraries: []Result{
		ran("same", "1", Cell{ID: "K01", Verdict: Pass}),
		ran("gone", "2"),
		ran("moved", "1.0", Cell{ID: "K01", Verdict: Pass}, Cell{ID: "K02", Verdict: FailOpen}, Cell{ID: "K03", Verdict: Refused}),
		{Name: "installed", NotRun: "no ruby"},
		ran("uninstalled", "1", Cell{ID: "K01", Verdict: Pass}),
		{Name: "never", NotRun: "no perl"},
	}}
	after := Matrix{Libraries: []Result{
		{Name: "never", NotRun: "no perl, either"},
		ran("moved", "1.1", Cell{ID: "K01", Verdict: SilentNoop, Policy: "single", Why: "blocked"}, Cell{ID: "K02", Verdict: Pass}, Cell{ID: "K03", Verdict: Refused}, Cell{ID: "K99", Verdict: FailOpen}),
		ran("same", "1", Cell{ID: "K01", Verdict: Pass, Why: "seen in another way"}),
		ran("fresh", "3", Cell{ID: "K01", Verdict: Pass}),
		ran("installed", "4", Cell{ID: "K01", Verdict: Pass}),
		{Name: "uninstalled", NotRun: "no go"},
	}}
	want := []Change{
		{Kind: VersionChanged, Library: "moved", Language: "go", WasVersion: "1.0", IsVersion: "1.1"},
		{Kind: VerdictChanged, Library: "moved", Language: "go", WasVersion: "1.0", IsVersion: "1.1", ID: "K01", Was: Pass, Is: SilentNoop, Policy: "single", Why: "blocked"},
		{Kind: VerdictChanged, Library: "moved", Language: "go", WasVersion: "1.0", IsVersion: "1.1", ID: "K02", Was: FailOpen, Is: Pass},
		{Kind: LibraryAdded, Library: "fresh", Language: "go", IsVersion: "3"},
		{Kind: NowRun, Library: "installed", Language: "go", IsVersion: "4"},
		{Kind: NoLongerRun, Library: "uninstalled", WasVersion: "1", Why: "no go"},
		{Kind: LibraryRemoved, Library: "gone", Language: "go", WasVersion: "2"},
	}
	got := Changes(before, after)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("change %d of %d, want %d:\n%+v\nwant\n%+v", i, len(got), len(want), got[min(i, len(got)-1)], want[min(i, len(want)-1)])
		}
	}
	if again := Changes(after, after); len(again) > 0 {
		t.Errorf("a matrix differs from itself: %+v", again)
	}
}

func TestWorseAndBetter(t *testing.T) {
	for _, c := range []struct {
		was, is       Verdict
		worse, better bool
	}{
		{Pass, FailOpen, true, false},
		{Refused, SilentNoop, true, false},
		{NoVerdict, FailClosed, true, false},
		{FailClosed, FailOpen, true, false},
		{FailOpen, FailClosed, false, true},
		{FailOpen, Pass, false, true},
		{SilentNoop, Refused, false, true},
		{FailOpen, NoVerdict, false, false},
		{Pass, NoVerdict, false, false},
		{Pass, Unsupported, false, false},
		{NoVerdict, Pass, false, false},
	} {
		change := Change{Kind: VerdictChanged, Was: c.was, Is: c.is}
		if change.Worse() != c.worse || change.Better() != c.better {
			t.Errorf("%s to %s: worse %t, better %t", c.was, c.is, change.Worse(), change.Better())
		}
	}
	if c := (Change{Kind: VersionChanged}); c.Worse() || c.Better() {
		t.Error("a version is neither worse nor better")
	}
}
