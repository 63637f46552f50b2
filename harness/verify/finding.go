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
	e := harness.Explain(seen)
	f.Meaning, f.Remedy, f.Anchor = cut(e.Meaning), cut(e.Remedy), e.Anchor
	if said, ok := meanings[p.Together]; p.Wire && ok {
		f.Meaning, f.Remedy, f.Anchor = said[0], said[1], said[2]
	}
	if p.Caches && seen.Verdict == harness.Blocked && len(f.Steps) > 1 {
		f.Meaning, f.Remedy, f.Anchor = keptMeaning, keptRemedy, keptAnchor
	}
}

// meanings say what it means where a probe on the wire is broken, what to do, and where it
// stands. Without Together, the server lets in what no browser sends.
var meanings = map[policy.Together][3]string{
	"": {
		"The server takes an Origin that no browser sends for one that it allows: it does not compare the whole of it.",
		"Make the server compare the whole value of Origin with a list, byte for byte.",
		"https://fetch.spec.whatwg.org/#cors-check",
	},
	policy.VaryByOrigin: {
		"A cache that keeps this answer gives it to other origins, too, which it does not suit.",
		"Make the server send Vary: Origin with every answer, those to requests without Origin, to origins that it refuses and errors too, or the same Access-Control-Allow-Origin with all of them.",
		keptAnchor,
	},
	policy.UnchangedAnswer: {
		"What adds the headers of CORS changes the answer: a page sees another one than other clients do.",
		"Make what adds the headers leave status and body alone.",
		"https://fetch.spec.whatwg.org/#http-cors-protocol",
	},
	policy.OwnOriginPasses: {
		"The server takes its own pages for strangers. Browsers send Origin with a POST of the same origin, too.",
		"Add the origin that browsers see to the list, or have the proxy pass Host and the scheme on.",
		"https://fetch.spec.whatwg.org/#origin-header",
	},
	policy.NotAPreflight: {
		"A preflight has Access-Control-Request-Method. This request has none, and the server answers it as a preflight all the same.",
		"Make the server answer OPTIONS itself only where Origin and Access-Control-Request-Method are there.",
		"https://fetch.spec.whatwg.org/#cors-preflight-request",
	},
	policy.LinesAreOneList: {
		"The server reads the first line of Access-Control-Request-Headers only. A proxy may have split the line that the browser sent.",
		"Make the server read all lines of Access-Control-Request-Headers as one list.",
		"https://fetch.spec.whatwg.org/#cors-preflight-fetch",
	},
}

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
