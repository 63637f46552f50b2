package verify

import (
	"cmp"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// newFinding returns the parts of a finding that are known before the probe is asked.
func newFinding(p policy.Probe) finding.Finding {
	r := p.Steps[0].Request
	return finding.Finding{
		ID: p.ID, Key: p.Key, Title: p.Title, Level: p.Level, Side: p.Side, Resource: p.Resource, Tags: p.Tags, Wire: p.Wire,
		Origin: r.From, Method: cmp.Or(r.Method, "GET"),
	}
}

// decide fills the finding from the step that decided. Quotes of the target are redacted,
// then cut.
func decide(f *finding.Finding, j judgement, p policy.Probe, step policy.Step, seen harness.Observation, redact func(string) string) {
	cut := func(text string) string { return cutRedacted(text, maxText, redact) }
	f.Outcome, f.Why = j.outcome, cut(j.why)
	f.Origin, f.Method = step.Request.From, cmp.Or(step.Request.Method, "GET")
	if j.outcome != finding.Broken {
		return
	}
	f.Severity, f.Effect = harm(p, step, seen)
	f.Effect = cut(f.Effect)
	e := harness.Explain(seen)
	f.Meaning, f.Remedy, f.Anchor = cut(e.Meaning), cut(e.Remedy), e.Anchor
	if p.Wire {
		f.Meaning, f.Remedy, f.Anchor = wireMeaning, wireRemedy, wireAnchor
	}
	if p.Caches && seen.Verdict == harness.Blocked && len(f.Steps) > 1 {
		f.Meaning, f.Remedy, f.Anchor = keptMeaning, keptRemedy, keptAnchor
	}
}

// The explanation when the server lets in an Origin that no browser sends.
const (
	wireMeaning = "The server takes an Origin that no browser sends for one that it allows: it does not compare the whole of it."
	wireRemedy  = "Make the server compare the whole value of Origin with a list, byte for byte."
	wireAnchor  = "https://fetch.spec.whatwg.org/#cors-check"
)

// The explanation when the first question was answered well and the next was not: the
// browser used the cached answer, or the server gave another answer for the same URL.
const (
	keptMeaning = "The browser keeps the answer to one question, and gives it to the next one, which it does not suit: it is that to a request without Origin, or from another origin."
	keptRemedy  = "Make the server send Vary: Origin with every answer, those to requests without Origin too, or the same Access-Control-Allow-Origin with all of them."
	keptAnchor  = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"
)

// joined makes one finding of several runs of the same probe. A probe that held in one
// run and broke in another is flaky: the server answers the same page in two ways. A
// single run without a verdict makes all other runs that held inconclusive.
func joined(runs []finding.Finding) finding.Finding {
	count := map[finding.Outcome]int{}
	for _, f := range runs {
		count[f.Outcome]++
	}
	outcome := runs[0].Outcome
	switch {
	case count[finding.Broken] > 0: // evidence counts, even if other runs had no verdict
		outcome = finding.Broken
	case count[finding.Inconclusive] > 0:
		outcome = finding.Inconclusive
	}
	for _, f := range runs {
		if f.Outcome != outcome {
			continue
		}
		if len(runs) > 1 {
			f.Runs = count
		}
		if count[finding.Broken] > 0 && count[finding.Held] > 0 {
			f.Outcome = finding.Flaky
		}
		return f
	}
	return runs[0]
}
