// Package differential draws questions, asks Chrome and the oracle, and holds one
// answer against the other.
//
//	d := differential.Run{Chrome: &chrome, Network: &net, Seed: 1, Questions: 3000}
//	summary, err := d.Do(ctx)
//
// A [Question] is drawn by a grammar: a request, and what the server of each hop
// answers, with values at the edges of every rule. The number of a question and the
// seed draw it, and nothing else does, so that a seed repeats a run whatever order
// the questions are asked in. Chrome asks real servers of the fixture network; the
// oracle is told the same answers by the same code.
//
// What is compared: the verdict, the reason and its parameter, the type, the status
// and the headers that the script sees, and each request that arrived, with the
// headers that the protocol or the script gave it and whether credentials went along.
// What is not: bodies, the response's URL, and whether Resource Timing shows details.
//
// # Decisions
//
// The oracle answers for Chrome: with the rows of its table of deviations. A
// difference that is none of them is a disagreement, and is made as small as it can
// be before it is shown: a question is simplified for as long as the two disagree in
// the same point. Where no row has a part, the oracle has to answer as for the
// standard, too.
//
// A question without evidence is no disagreement and no agreement. It is counted
// by itself, and a run with one has failed.
package differential
