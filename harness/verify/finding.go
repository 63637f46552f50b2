package verify

import (
	"cmp"
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// newFinding returns the parts of a finding that are known before the probe is asked.
func newFinding(p policy.Probe) finding.Finding {
	r := p.Steps[0].Request
	return finding.Finding{
		ID: p.ID, Key: p.Key, Title: p.Title, Level: p.Level, Side: p.Side, Resource: p.Resource, Tags: p.Tags, Wire: p.Wire || onlyApps(p),
		Header: p.Header, Line: p.Line,
		Origin: r.From, Method: cmp.Or(r.Method, "GET"),
	}
}

// onlyApps says whether each step is asked for a page that Chrome cannot have.
func onlyApps(p policy.Probe) bool {
	return !slices.ContainsFunc(p.Steps, func(s policy.Step) bool { return !s.Request.OnTheWire() })
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
	e := harmedBy(p, step, seen).explain()
	f.Meaning, f.Remedy, f.Anchor = cut(e.Meaning), cut(e.Remedy), e.Anchor
}

// meanings say what it means where a probe on the wire is broken, and what to do. Without
// Together, the server lets in what no browser sends.
var meanings = map[policy.Together]harness.Explanation{
	"": {
		Meaning: "The server accepts an Origin that no browser sends, so it does not compare the whole value.",
		Remedy:  "Make the server compare the whole value of Origin with a list, byte for byte.",
		Anchor:  "https://fetch.spec.whatwg.org/#cors-check",
	},
	policy.VaryByOrigin: {
		Meaning: "A cache that keeps this answer gives it to pages of other origins, and the answer does not allow these pages.",
		Remedy:  "Make the server send Vary: Origin with every answer (also to a request without Origin, to a refused origin, and with errors), or send the same Access-Control-Allow-Origin with every answer.",
		Anchor:  keptAnchor,
	},
	policy.UnchangedAnswer: {
		Meaning: "The CORS layer changes the answer: a page gets another status or body than a client without Origin.",
		Remedy:  "Make the CORS layer only add headers, and not change status and body.",
		Anchor:  "https://fetch.spec.whatwg.org/#http-cors-protocol",
	},
	policy.OwnOriginPasses: {
		Meaning: "The server refuses its own pages. Browsers send Origin with a POST to the page's own origin, too.",
		Remedy:  "Add the public origin of the server to the list, or have the proxy pass Host and the scheme on.",
		Anchor:  "https://fetch.spec.whatwg.org/#origin-header",
	},
	policy.NotAPreflight: {
		Meaning: "The server answers this OPTIONS request as a preflight. It is not a preflight, because it has no Access-Control-Request-Method.",
		Remedy:  "Make the CORS layer answer only OPTIONS requests that have both Origin and Access-Control-Request-Method.",
		Anchor:  "https://fetch.spec.whatwg.org/#cors-preflight-request",
	},
	policy.LinesAreOneList: {
		Meaning: "The server reads only the first line of Access-Control-Request-Headers. A proxy may split the browser's one line into several.",
		Remedy:  "Make the server read all lines of Access-Control-Request-Headers as one list.",
		Anchor:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
	},
}

const keptAnchor = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"

// keptForAnother is the explanation where the first question was answered well and the next
// was not: the browser used the cached answer, or the server gave another answer for the same
// URL.
var keptForAnother = harness.Explanation{
	Meaning: "The browser keeps an answer in its cache and uses it again for another origin. The kept answer does not allow the page of that origin.",
	Remedy:  "Make the server send Vary: Origin with every answer, also to requests without Origin, or send the same Access-Control-Allow-Origin with every answer.",
	Anchor:  keptAnchor,
}

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
