// Package verify holds a target to its policy: it asks every probe of the policy in a
// real Chrome, and says which probes held, which are broken, and who is harmed.
//
//	p, err := policy.Read("policy.yaml")
//	run := verify.Run{Policy: p, Browser: &chrome}
//	report, err := run.Verify(ctx)
//	if report.Failed() || !report.Complete() {
//		t.Fatal(report) // its String: what to change, a line or two each
//	}
//
// So a policy can be a test: see the example of [Run]. Package report writes the whole
// evidence, for a person and for CI.
//
// # No question does harm
//
// Only GET, HEAD and OPTIONS leave the browser, unless the policy permits more. A probe
// of another method sends the preflight, and the request that Chrome was about to send
// next is held back: see [harness.Request.DryRun]. A POST without a preflight cannot be
// judged this way, and is not asked.
//
// # Results
//
// The result of a run is a [finding.Report]; [Select] and [finding.Shard] choose the
// probes to ask.
package verify
