// Package verify holds a target to its policy: it asks every probe of the policy
// in a real Chrome, and says which held, which are broken, and who is harmed.
//
//	p, err := policy.Read("policy.yaml")
//	run := verify.Run{Policy: p, Browser: &chrome}
//	report, err := run.Verify(ctx)
//	if report.Count(finding.Broken) > 0 { ... }
//
// # Nothing is harmed by asking
//
// Nothing but GET, HEAD and OPTIONS leaves the browser, unless the policy says
// otherwise: a probe of another method lets the preflight go, and Chrome's next
// step, the request that it was about to send, is held back: see
// [harness.Request.DryRun]. A POST that needs no leave cannot be judged so, and is
// not asked.
//
// # Results
//
// What a run found is a [finding.Report]; [Select] and [finding.Shard] say which probes
// are asked.
package verify
