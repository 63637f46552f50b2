// Package reference is a CORS library that is small and correct: `corsproof conform` finds
// nothing against it. It shows that each behaviour of the catalogue can be kept, and it is
// what the tests of the suite itself start from: servers/broken spoils it in one way each,
// and specs/mutants changes each of its rules. It is no library for production: it has no
// code but the code that a behaviour needs.
//
//	cors, err := reference.Of(policy)
//	handler := cors.Wrap(mux)
package reference
