package mutants

// Equivalent are the mutants that no client can notice, by their keys, each with the reason.
var Equivalent = map[string]string{}
