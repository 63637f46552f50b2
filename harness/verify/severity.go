package verify

import (
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// harm says how much a broken probe hurts, and in one sentence whom: who can read
// what with whose cookies, or who is locked out. step is the one that decided, and o
// what was observed of it, with all its headers and before anything is redacted.
func harm(p policy.Probe, step policy.Step, o harness.Observation) (finding.Severity, string) {
	judge, ok := harms[sided{p.ID, p.Side}]
	if !ok {
		// An id of a later policy: what it intends is known all the same.
		judge = harmed.lockedOut
		if p.Side == policy.Forbidden {
			judge = harmed.strangerReads
		}
	}
	return judge(harmed{Probe: p, step: step, seen: o})
}

// sided is an id and what is intended: some ids have both sides.
type sided struct {
	id   string
	side policy.Side
}

// harms are what a break of each behaviour does that a policy can judge.
var harms = map[sided]func(harmed) (finding.Severity, string){
	{"K01", policy.Allowed}: harmed.lockedOut,
	{"K02", policy.Allowed}: harmed.lockedOut,
	{"K06", policy.Allowed}: harmed.lockedOut,
	{"K09", policy.Allowed}: harmed.headerHidden,
	{"K10", policy.Allowed}: harmed.headerHidden,
	{"K19", policy.Allowed}: harmed.lockedOut,
	{"K20", policy.Allowed}: harmed.lockedOut,
	{"K25", policy.Allowed}: harmed.lockedOut,
	{"K31", policy.Allowed}: harmed.lockedOut,
	{"K37", policy.Allowed}: harmed.lockedOut,
	{"K41", policy.Allowed}: harmed.lockedOut,
	{"K42", policy.Allowed}: harmed.lockedOut,
	{"K43", policy.Allowed}: harmed.lockedOut,
	{"K44", policy.Allowed}: harmed.lockedOut,
	{"K48", policy.Allowed}: harmed.keptOtherwise,
	{"K49", policy.Allowed}: harmed.keptOtherwise,
	{"K56", policy.Allowed}: harmed.lockedOutByCache,
	{"K57", policy.Allowed}: harmed.lockedOutByCache,
	{"K61", policy.Allowed}: harmed.errorHidden,
	{"K63", policy.Allowed}: harmed.errorHidden,
	{"K64", policy.Allowed}: harmed.lockedOut,

	{"K03", policy.Forbidden}: harmed.readsWithCredentials,
	{"K09", policy.Forbidden}: harmed.headersExposed,
	{"K13", policy.Forbidden}: harmed.strangerReads,
	{"K14", policy.Forbidden}: harmed.strangerReads,
	{"K15", policy.Forbidden}: harmed.strangerReads,
	{"K16", policy.Forbidden}: harmed.strangerReads,
	{"K17", policy.Forbidden}: harmed.strangerReads,
	{"K18", policy.Forbidden}: harmed.strangerReads,
	{"K19", policy.Forbidden}: harmed.strangerReads,
	{"K20", policy.Forbidden}: harmed.strangerReads,
	{"K21", policy.Forbidden}: harmed.malformedPasses,
	{"K26", policy.Forbidden}: harmed.strangerReads,
	{"K27", policy.Forbidden}: harmed.strangerReads,
	{"K35", policy.Forbidden}: harmed.unlistedPasses,
	{"K36", policy.Forbidden}: harmed.unlistedPasses,
	{"K38", policy.Forbidden}: harmed.unlistedPasses,
}
