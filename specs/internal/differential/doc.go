// Package differential draws questions, asks Chrome and the oracle, and compares
// their answers.
//
//	d := differential.Run{Chrome: &chrome, Network: &net, Seed: 1, Questions: 3000}
//	summary, err := d.Do(ctx)
//
// A [Question] is drawn by a grammar: a request, and what the server of each hop
// answers, with values at the edges of every rule. Only the seed and the number
// of a question decide what is drawn, so a seed repeats a run, whatever the order
// of the questions. Chrome asks real servers of the fixture network; the oracle
// gets the same answers from the same code.
//
// Compared are the verdict, the reason and its parameter, the type, the status
// and the headers that the script sees, and each request that arrived, with its
// headers from the protocol or the script, and whether credentials were sent. Not
// compared are bodies, the response's URL, and whether Resource Timing shows
// details.
//
// # Decisions
//
// The oracle answers for Chrome: with the rows of its table of deviations. A
// difference that no row explains is a disagreement. Before it is shown, its
// question is simplified for as long as the two disagree in the same point. If no
// row has a part in an answer, the oracle must also answer as for the standard.
//
// A question without evidence is neither a disagreement nor an agreement. It is
// counted separately, and it makes the run fail.
package differential
