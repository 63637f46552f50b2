package finding

import (
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
)

// Version is the version of the documents that this build writes and reads, a [Report]
// and a [Comparison]. The JSON Schema of a report has it, too.
const Version = 1

// Report is what a run found. It holds no secret: what variables of the
// environment were replaced by is written as ${NAME} again.
type Report struct {
	_ [0]func()

	// Version is that of this document: [Version].
	Version int `json:"version"`
	// Corsproof is the version of the program.
	Corsproof string `json:"corsproof,omitempty"`
	// Policy is the name of the file.
	Policy string `json:"policy"`
	// Fingerprint tells the probes of one policy from those of another.
	Fingerprint string `json:"fingerprint"`
	// Target is the origin that was asked.
	Target string         `json:"target"`
	Chrome harness.Chrome `json:"chrome"`

	Started time.Time `json:"started"`
	// Seconds is how long it took.
	Seconds float64 `json:"seconds"`

	// Shard is the part of the probes that was asked. Nil: all of them.
	Shard *Shard `json:"shard,omitempty"`
	// Repeat is how often each was asked.
	Repeat int `json:"repeat"`

	// Ended says why the run ended before it was complete. Empty: it did not.
	Ended string `json:"ended,omitempty"`
	// Notes are what a reader should know of the run as a whole, a sentence each.
	Notes []string `json:"notes,omitempty"`

	// Sent counts the requests that left the browser, and those on the wire, by
	// method; Withheld those that Chrome was about to send and did not.
	Sent     map[string]int `json:"sent"`
	Withheld map[string]int `json:"withheld"`

	// Findings are in the order of their weight: see [Outcome] and [Severity].
	Findings []Finding `json:"findings"`
}

// Shard is one of Of parts. Index counts from 1.
type Shard struct {
	Index int `json:"index"`
	Of    int `json:"of"`
}

// Finding is a Probe with what was observed.
type Finding struct {
	_ [0]func()

	// Number is that of the probe among all that the run asks, in every shard of it.
	// It counts from 1, and puts the findings of joined reports in order again.
	Number int `json:"number"`
	// ID, Key and the next are those of the [policy.Probe].
	ID       string          `json:"id"`
	Key      string          `json:"key"`
	Title    string          `json:"title"`
	Level    behaviour.Level `json:"level"`
	Side     behaviour.Side  `json:"side"`
	Resource string          `json:"resource"`
	Tags     []string        `json:"tags"`
	Wire     bool            `json:"wire,omitempty"`

	// Origin is that of the page that asked, and Method what it asked with, in the
	// step that decided. On the wire Origin is empty.
	Origin string `json:"origin"`
	Method string `json:"method"`

	Outcome Outcome `json:"outcome"`

	// Severity says how much harm one does that is broken, known or flaky. It is empty
	// for all others.
	Severity Severity `json:"severity,omitempty"`
	// Effect says in one sentence who can read what, with whose cookies, or who is
	// locked out.
	Effect string `json:"effect,omitempty"`
	// Why says what was otherwise than wanted, or what was missing.
	Why string `json:"why,omitempty"`
	// Meaning, Remedy and Anchor explain what the browser did, and what to do.
	Meaning string `json:"meaning,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
	Anchor  string `json:"anchor,omitempty"`

	// Known is the reason that the baseline gives for it.
	Known string `json:"known,omitempty"`
	// Runs counts the outcomes where it was asked more than once.
	Runs map[Outcome]int `json:"runs,omitempty"`

	// Steps are what was observed. Of findings that held there are none where a
	// report has very many.
	Steps []Step `json:"steps,omitempty"`
}

// Step is one question of a probe, and what was observed.
type Step struct {
	_ [0]func()

	// Want is the verdict that is wanted.
	Want harness.Verdict `json:"want"`
	// Prepares says that the step came only before the next, and was not judged.
	Prepares bool `json:"prepares,omitempty"`
	// Decided says that this step decided the outcome.
	Decided bool `json:"decided,omitempty"`
	// Observation has the headers that matter to the decision, no others, and no
	// bodies. Its Chrome is that of the Report.
	Observation harness.Observation `json:"observation"`
	// Error says why there is no verdict.
	Error string `json:"error,omitempty"`
}

// Outcome is what became of a probe. The order of the constants is that of their
// weight.
type Outcome string

// The outcomes.
const (
	// Broken: the browser did otherwise than the policy wants.
	Broken Outcome = "broken"
	// Flaky: asked again, it came out differently.
	Flaky Outcome = "flaky"
	// Unexpected: it held, and the baseline says that it is broken.
	Unexpected Outcome = "unexpected"
	// Inconclusive: there is no verdict.
	Inconclusive Outcome = "inconclusive"
	// Known: broken, as the baseline says.
	Known Outcome = "known"
	// NotAsked: it cannot be judged without sending an unsafe request.
	NotAsked Outcome = "not asked"
	// Held: the browser did what the policy wants.
	Held Outcome = "held"
)

// Outcomes are all of them, in the order of their weight.
func Outcomes() []Outcome {
	return []Outcome{Broken, Flaky, Unexpected, Inconclusive, Known, NotAsked, Held}
}

// Severity says how much harm a broken finding does.
type Severity string

// The severities.
const (
	// Critical: a stranger's page reads what the signed-in user may read, or acts
	// as that user.
	Critical Severity = "critical"
	// High: a page that the policy excludes reads, or one that it includes cannot.
	High Severity = "high"
	// Medium: something does not work as the policy says, and nobody reads what is
	// not theirs.
	Medium Severity = "medium"
	// Low: hardening, or nothing that a browser can do today.
	Low Severity = "low"
)

// Severities are all of them, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

// Count counts the findings of an outcome.
func (r Report) Count(o Outcome) int {
	n := 0
	for _, f := range r.Findings {
		if f.Outcome == o {
			n++
		}
	}
	return n
}

// Failed says whether something is otherwise than the policy and the baseline say.
func (r Report) Failed() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return f.Outcome == Broken || f.Outcome == Flaky || f.Outcome == Unexpected
	})
}

// Complete says whether everything that was asked has a verdict, and something was.
func (r Report) Complete() bool {
	return r.Ended == "" && r.Count(Inconclusive) == 0 && r.Count(NotAsked) < len(r.Findings)
}
