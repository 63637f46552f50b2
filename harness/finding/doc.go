// Package finding is what a run leaves behind: a [Report] with a [Finding] for each
// probe, and a [Comparison] of two targets. Package verify makes them, package report
// writes them, and neither is needed to work with them. Nothing here asks a browser.
//
//	r, err := report.Read("report.json")
//	if r.Count(finding.Broken) > 0 { ... }
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
// # Shards
//
// A [Shard] is a part of the probes of one run, and [Merge] joins the reports of
// shards: of all of them, unless it is told that some may be missing, and of none that
// asked something else.
//
// # Secrets
//
// A document that is written holds no secret: see [Redact].
package finding
