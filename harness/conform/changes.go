package conform

import "slices"

// Change is a difference between two matrices.
type Change struct {
	_ [0]func()

	Kind ChangeKind
	// Library is the name of the library, and Language its language.
	Library, Language string

	// ID is the behaviour of a VerdictChanged, and Was and Is are the two verdicts.
	ID      string
	Was, Is Verdict
	// Policy and Why are the policy that decided, and what was seen now.
	Policy, Why string

	// WasVersion and IsVersion are the two versions of the library. One is empty where one
	// matrix does not know it.
	WasVersion, IsVersion string
}

// ChangeKind says what changed.
type ChangeKind string

// The kinds of Change.
const (
	LibraryAdded   ChangeKind = "added"
	LibraryRemoved ChangeKind = "removed"
	NowRun         ChangeKind = "now run"       // the earlier matrix has no verdict on the library
	NoLongerRun    ChangeKind = "no longer run" // the later matrix has no verdict on the library
	VersionChanged ChangeKind = "version"
	VerdictChanged ChangeKind = "verdict"
)

// Worse says whether the library fails now where it did not, or fails in a worse way.
func (c Change) Worse() bool {
	return c.Kind == VerdictChanged && c.Is.Failed() && (!c.Was.Failed() || worse(c.Is, c.Was))
}

// Better says whether the library fails no longer, or fails in a less bad way.
func (c Change) Better() bool {
	return c.Kind == VerdictChanged && c.Was.Failed() && c.Is != NoVerdict && (!c.Is.Failed() || worse(c.Was, c.Is))
}

// Changes returns what changed from one matrix to a later one: library by library, in
// the order of the later matrix, and then the libraries that it no longer has. A behaviour
// that only one of them knows is not a change of a library.
func Changes(before, after Matrix) []Change {
	var list []Change
	for _, is := range after.Libraries {
		if was, ok := before.library(is.Name); ok {
			list = append(list, changesOf(was, is)...)
		} else {
			list = append(list, Change{Kind: LibraryAdded, Library: is.Name, Language: is.Language, IsVersion: is.Version})
		}
	}
	for _, was := range before.Libraries {
		if _, ok := after.library(was.Name); !ok {
			list = append(list, Change{Kind: LibraryRemoved, Library: was.Name, Language: was.Language, WasVersion: was.Version})
		}
	}
	return list
}

// library returns the result of a library.
func (m Matrix) library(name string) (Result, bool) {
	i := slices.IndexFunc(m.Libraries, func(r Result) bool { return r.Name == name })
	if i < 0 {
		return Result{}, false
	}
	return m.Libraries[i], true
}

// changesOf returns the changes of one library.
func changesOf(was, is Result) []Change {
	change := Change{Library: is.Name, Language: is.Language, WasVersion: was.Version, IsVersion: is.Version}
	switch ran, runs := was.NotRun == "", is.NotRun == ""; {
	case !ran && !runs:
		return nil
	case !ran:
		change.Kind = NowRun
		return []Change{change}
	case !runs:
		change.Kind, change.Why = NoLongerRun, is.NotRun
		return []Change{change}
	}
	var list []Change
	if was.Version != is.Version {
		c := change
		c.Kind = VersionChanged
		list = append(list, c)
	}
	for _, cell := range is.Cells {
		if before, ok := was.Cell(cell.ID); ok && before.Verdict != cell.Verdict {
			c := change
			c.Kind, c.ID, c.Was, c.Is, c.Policy, c.Why = VerdictChanged, cell.ID, before.Verdict, cell.Verdict, cell.Policy, cell.Why
			list = append(list, c)
		}
	}
	return list
}
