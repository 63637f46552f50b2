package conform

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
)

// Verdict says what a library does about one behaviour.
type Verdict string

// The verdicts, the worst first.
const (
	// FailOpen: a page that the policy excludes can read or write.
	FailOpen Verdict = "FAIL-OPEN"
	// FailClosed: a page that the policy includes is blocked, or gets less than the policy
	// says.
	FailClosed Verdict = "FAIL-CLOSED"
	// SilentNoop: the configuration is accepted and can never match.
	SilentNoop Verdict = "SILENT-NOOP"
	// NoVerdict: evidence is missing. It says nothing about the library.
	NoVerdict Verdict = "NO-VERDICT"
	// SpecDivergence: the browser allows what the Fetch standard does not, or the reverse.
	SpecDivergence Verdict = "SPEC-DIVERGENCE"
	// Pass: the browser does what the policy says.
	Pass Verdict = "PASS"
	// Refused: the library rejected the configuration at start.
	Refused Verdict = "REFUSED"
	// Unsupported: the library has no such option.
	Unsupported Verdict = "UNSUPPORTED"
)

// Verdicts lists the verdicts, the worst first.
func Verdicts() []Verdict {
	return []Verdict{FailOpen, FailClosed, SilentNoop, NoVerdict, SpecDivergence, Pass, Refused, Unsupported}
}

// Failed says whether the verdict is a failure of the library.
func (v Verdict) Failed() bool { return v == FailOpen || v == FailClosed || v == SilentNoop }

// Sentence says what the verdict means. It is empty for a verdict that this build does not
// know.
func (v Verdict) Sentence() string {
	switch v {
	case FailOpen:
		return "A page that the policy excludes can read or write."
	case FailClosed:
		return "A page that the policy includes is blocked, or gets less than the policy says."
	case SilentNoop:
		return "The configuration is accepted and can never match."
	case NoVerdict:
		return "Evidence is missing; this says nothing about the library."
	case SpecDivergence:
		return "The browser allows what the Fetch standard does not, or the reverse."
	case Pass:
		return "The browser does what the policy says."
	case Refused:
		return "The library rejected the configuration at start."
	case Unsupported:
		return "The library has no such option."
	}
	return ""
}

// silent are the behaviours of configurations that a library may accept and never match:
// to be locked out there is a SilentNoop.
var silent = []string{"K10", "K42", "K43", "K44", "K45", "K68", "K69", "K70", "K71", "K73", "K74"}

// opens are the harms by which a page gets what the policy keeps from it.
var opens = []behaviour.Harm{
	behaviour.AnyoneReads, behaviour.StrangerReads, behaviour.ReadsWithCredentials, behaviour.HeadersExposed,
	behaviour.MalformedPasses, behaviour.MethodPasses, behaviour.HeaderPasses, behaviour.HandlerRuns,
}

// silentWith are more of them, with one policy: any name in every list, and a max-age of 0,
// which many libraries take for none.
var silentWith = map[string][]string{
	"star-lists":   {"K09", "K31", "K37", "K41"},
	"single-creds": {"K48", "K49"},
}

// verdictOf is the verdict of one finding with a policy.
func verdictOf(policy string, f finding.Finding) Verdict {
	b, _ := behaviour.Of(f.ID)
	aim, _ := b.On(f.Side)
	switch f.Outcome {
	case finding.Held:
		if strings.HasPrefix(f.Why, diverges) {
			return SpecDivergence
		}
		return Pass
	case finding.Broken, finding.Flaky:
		switch {
		case slices.Contains(opens, aim.Harm):
			return FailOpen
		case slices.Contains(silent, f.ID), slices.Contains(silentWith[policy], f.ID):
			return SilentNoop
		}
		return FailClosed
	}
	return NoVerdict
}

// worse says whether a verdict stands before another in a cell.
func worse(v, than Verdict) bool {
	return slices.Index(Verdicts(), v) < slices.Index(Verdicts(), than)
}
