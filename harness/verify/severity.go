package verify

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// harm says how much a broken probe hurts, and in one sentence whom: who can read what
// with whose cookies, or who is locked out. step is the step that decided, and o its
// observation, with all headers and before the redaction.
func harm(p policy.Probe, step policy.Step, o harness.Observation) (finding.Severity, string) {
	h := harmedBy(p, step, o)
	judge, ok := harms[h.harm]
	if said := h.harm.Sentence(); said != "" && (!ok || p.Judge != nil && p.Side == behaviour.Allowed) {
		return h.notOpen(), said
	}
	if !ok {
		// An id of a later policy: the side still says what the policy intends.
		judge = harmed.lockedOut
		if p.Side == behaviour.Forbidden {
			judge = harmed.strangerReads
		}
	}
	return judge(h)
}

// harmedBy is a broken probe with the step that decided.
func harmedBy(p policy.Probe, step policy.Step, o harness.Observation) harmed {
	b, _ := behaviour.Of(p.ID)
	aim, _ := b.On(p.Side)
	return harmed{Probe: p, harm: aim.Harm, step: step, seen: o}
}

// notOpen is the severity of a break that lets nobody read or write.
func (h harmed) notOpen() finding.Severity {
	if h.Level == behaviour.Must {
		return finding.Medium
	}
	return finding.Low
}

// weigh is the place of a severity among all, the worst first.
func weigh(s finding.Severity) int { return slices.Index(finding.Severities(), s) }

// harms has a judge for each harm that a policy can find.
var harms = map[behaviour.Harm]func(harmed) (finding.Severity, string){
	behaviour.LockedOut:        harmed.lockedOut,
	behaviour.LockedOutByCache: harmed.lockedOutByCache,
	behaviour.ErrorHidden:      harmed.errorHidden,
	behaviour.HeaderHidden:     harmed.headerHidden,
	behaviour.KeptOtherwise:    harmed.keptOtherwise,
	behaviour.ResponseChanged:  harmed.responseChanged,

	behaviour.AnyoneReads:          harmed.strangerReads,
	behaviour.StrangerReads:        harmed.strangerReads,
	behaviour.ReadsWithCredentials: harmed.readsWithCredentials,
	behaviour.HeadersExposed:       harmed.headersExposed,
	behaviour.MalformedPasses:      harmed.malformedPasses,
	behaviour.MethodPasses:         harmed.unlistedPasses,
	behaviour.HeaderPasses:         harmed.unlistedPasses,
}
