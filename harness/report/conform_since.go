package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness/conform"
)

// pageTime is how a page writes a time.
const pageTime = "2 January 2006, 15:04 MST"

// since lists the changes since an earlier matrix. It is empty without one.
type since struct {
	Date     string
	Notes    []string
	Verdicts int // how many changed
	Changes  changeList
}

// change is a verdict that changed, or a library as a whole.
type change struct {
	Class, Mark, Library, Href, ID, What, Sentence, Way string
}

// changeList is a list of changes. A long list is folded.
type changeList struct{ First, More []change }

// listOf folds a list if it is long.
func listOf(list []change) changeList {
	const most = 24
	n := min(len(list), most)
	return changeList{list[:n], list[n:]}
}

// sinceOf prepares the changes. A change for the worse comes first.
func sinceOf(m conform.Matrix, before *conform.Matrix, changes []conform.Change) since {
	if before == nil {
		return since{}
	}
	s := since{Date: before.Started.UTC().Format(pageTime)}
	for _, d := range []struct{ what, was, is string }{
		{"The browser", before.Chrome.Version, m.Chrome.Version}, {"corsproof", before.Corsproof, m.Corsproof},
	} {
		if d.was != d.is {
			s.Notes = append(s.Notes, printable(fmt.Sprintf("%s changed from %s to %s.", d.what, cmp.Or(d.was, "unknown"), cmp.Or(d.is, "unknown")), textLimit))
		}
	}
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b conform.Change) int { return cmp.Compare(weightOf(a), weightOf(b)) })
	var list []change
	for _, c := range sorted {
		if c.Kind == conform.VerdictChanged {
			s.Verdicts++
		}
		list = append(list, changeOf(c))
	}
	s.Changes = listOf(list)
	return s
}

// weightOf is the place of a change in the list.
func weightOf(c conform.Change) int {
	switch {
	case c.Worse():
		return 0
	case c.Better():
		return 2
	case c.Kind == conform.VerdictChanged:
		return 1
	}
	return 3 + place([]conform.ChangeKind{conform.NoLongerRun, conform.LibraryRemoved, conform.VersionChanged, conform.NowRun, conform.LibraryAdded}, c.Kind)
}

// changeOf prepares a change.
func changeOf(c conform.Change) change {
	x := change{Library: printable(c.Library, 40), Href: fileOf(c.Library)}
	version := ""
	if c.WasVersion != c.IsVersion {
		version = printable(fmt.Sprintf("version %s, was %s", cmp.Or(c.IsVersion, "unknown"), cmp.Or(c.WasVersion, "unknown")), textLimit)
	}
	switch c.Kind {
	case conform.VerdictChanged:
		x.Class, x.Mark, x.ID, x.Sentence = verdictClass(c.Is), verdictMarks[c.Is], c.ID, sentenceOf(c.ID)+prefixed("; ", version)
		x.Href += "#" + c.ID
		x.What = fmt.Sprintf("was %s, is %s", c.Was, c.Is)
		if c.Worse() {
			x.Way = "worse"
		} else if c.Better() {
			x.Way = "better"
		}
	case conform.VersionChanged:
		x.What = printable(fmt.Sprintf("changed from version %s to %s", cmp.Or(c.WasVersion, "unknown"), cmp.Or(c.IsVersion, "unknown")), textLimit)
	case conform.LibraryAdded:
		x.What = "is new" + prefixed(", version ", printable(c.IsVersion, 40))
	case conform.LibraryRemoved:
		x.What, x.Href = "is missing from this matrix", ""
	case conform.NowRun:
		x.What = "was not run, and is now"
	case conform.NoLongerRun:
		x.What = "is no longer run: " + printable(oneLine(c.Why), textLimit)
	}
	return x
}

// changeOfCell prepares a cell that differs from the baseline.
func changeOfCell(r conform.Result, c conform.Cell) change {
	return change{
		Class: verdictClass(c.Verdict), Mark: verdictMarks[c.Verdict], Library: r.Name, Href: fileOf(r.Name) + "#" + c.ID, ID: printable(c.ID, 20),
		What: wasAndIs(c), Sentence: sentenceOf(c.ID),
	}
}
