// Package mutants tests the tests: it changes each rule of the reference library in turn,
// has each mutant asked by the conformance suite, and finds the mutants that survive. A
// survivor is a hole of the suite, a rule that no behaviour needs, or a change that no
// client can notice; the last are listed in [Equivalent], with the reason.
package mutants
