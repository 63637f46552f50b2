package verify

import (
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// worstOf returns how much harm a break of a probe can do, before it is asked: the worst
// severity over its steps.
func worstOf(p policy.Probe) finding.Severity {
	worst := finding.Low
	for _, step := range p.Steps {
		if s, _ := harm(p, step, worstAnswer(step)); weigh(s) < weigh(worst) {
			worst = s
		}
	}
	return worst
}

// worstAnswer is what would be observed if a step broke as badly as it can: the server lets
// the page in with credentials, or locks it out.
func worstAnswer(step policy.Step) harness.Observation {
	o := harness.Observation{Request: step.Request, Verdict: harness.Blocked}
	if step.Want != harness.Blocked {
		return o
	}
	o.Verdict = harness.Readable
	o.Exchanges = []harness.Exchange{{Kind: harness.ActualRequest, Method: step.Request.Method, URL: step.Request.URL, Sent: true, ResponseHeaders: harness.Header{
		{Name: web.NameAllowOrigin, Value: harmed{step: step}.origin()}, {Name: web.NameAllowCredentials, Value: "true"},
	}}}
	return o
}
