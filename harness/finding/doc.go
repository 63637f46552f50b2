// Package finding holds the results of a run: a [Report] with a [Finding] for each probe,
// and a [Comparison] of two targets. Package verify makes them and package report writes
// them; this package needs neither, and uses no browser.
//
//	r, err := report.Read("report.json")
//	if r.Count(finding.Broken) > 0 { ... }
//
// # Outcomes
//
// Held and broken are verdicts, drawn from what the browser did. A question without a
// verdict is inconclusive, whatever the cause: a target that is down, a 429, a redirect
// to the login page of another origin. An inconclusive probe never counts as held, and
// the verdict is never guessed.
//
// A [Baseline] lists what is known to be broken: causes, ids, paths or single probes, each
// with its reason and perhaps a last day. A run does not fail on it, but fails when it holds
// again: otherwise nobody would have to shorten the list. The findings of a shard or of a
// selection do not tell whether all that a cause, an id or a path lists holds, so only a run
// of all probes fails for that.
//
// # Problems
//
// One mistake of a server breaks many probes. [Problems] groups the findings by what has to
// change: a [Problem] has the probes, the worst severity, and the finding that proves it.
// It is computed from the findings alone, so that a merged report has the same problems as
// a run that was not split.
//
// # Shards
//
// A [Shard] is a part of the probes of one run, and [Merge] joins the reports of the
// shards. It needs all shards, unless it is told that some may be missing, and refuses
// shards that asked something else. [Join] does the same with streams, for runs that do
// not fit into memory.
//
// # Secrets
//
// A document that is written holds no secret: see [Redact].
package finding
