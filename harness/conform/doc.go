// Package conform asks a real browser what a CORS library lets through: it has the library
// configured for each of the [Policies], asks about each behaviour of the catalogue, and
// puts the verdicts in a matrix of libraries by behaviours.
//
//	run := conform.Run{Browser: &chrome, Client: net.Client(), Libraries: libraries}
//	matrix, err := run.Conform(ctx)
//	for _, cell := range matrix.Libraries[0].Cells { ... }
//
// The questions that a policy file raises are the questions of package verify; this
// package adds the ones that need a route of the contract, the count of a handler's runs,
// or a mistake in a configuration.
//
// There is no score and no ranking: libraries choose different trade-offs.
package conform
