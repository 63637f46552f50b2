// Package verify holds a target to its policy: it asks every probe of the policy
// in a real Chrome, and says which held, which are broken, and who is harmed.
//
//	p, err := policy.Read("policy.yaml")
//	run := verify.Run{Policy: p, Browser: &chrome}
//	report, err := run.Verify(ctx)
//	if report.Count(verify.Broken) > 0 { ... }
//
// # Nothing is harmed by asking
//
// Nothing but GET, HEAD and OPTIONS leaves the browser, unless the policy says
// otherwise: a probe of another method lets the preflight go, and Chrome's next
// step, the request that it was about to send, is held back: see
// [harness.Request.DryRun]. A POST that needs no leave cannot be judged so, and is
// not asked.
//
// # Outcomes
//
// Held and broken are verdicts, drawn from what the browser did. Whatever kept a
// question from its verdict makes it inconclusive: a target that is down, a 429, a
// redirect to the login page of another origin. It is never a guess, and never held.
//
// What is known to be broken stands in a [Baseline], each with its reason. A run does
// not fail on it, and fails when it holds again: a list that nobody has to shorten
// would only grow.
//
// # Parts
//
// [Select] and [Shard] say which probes are asked, and [Merge] joins the reports of
// shards: of all of them, unless it is told that some may be missing, and of none that
// asked something else.
package verify
