package oracle

import "slices"

// declared holds every branch, in the order of the files.
var declared []string

// branch declares a branch.
func branch(name string) string {
	declared = append(declared, name)
	return name
}

// Branches returns the name of every branch that a [Decision] can report, so that a run
// over many questions can find the branches that it never reached.
func Branches() []string {
	all := slices.Clone(declared)
	slices.Sort(all)
	return all
}
