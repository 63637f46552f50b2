package finding

import (
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
)

// Version is the version of the documents that this build writes and reads: a [Report]
// and a [Comparison]. The JSON Schema of a report has it, too.
const Version = 1

// MaxEvidence is the number of findings with steps in a report: once for findings that
// held, once for all others. A policy may have hundreds of thousands of probes.
const MaxEvidence = 5000

// Report is the result of a run. It holds no secret: values of environment variables are
// written as ${NAME} again.
type Report struct {
	_ [0]func()

	// Version is the version of this document: [Version].
	Version int `json:"version"`
	// Corsproof is the version of the program.
	Corsproof string `json:"corsproof,omitempty"`
	// Policy is the file name of the policy.
	Policy string `json:"policy"`
	// Fingerprint identifies the policy and the selected probes.
	Fingerprint string `json:"fingerprint"`
	// Target is the origin that was asked.
	Target string         `json:"target"`
	Chrome harness.Chrome `json:"chrome"`

	Started time.Time `json:"started"`
	// Seconds is the duration of the run.
	Seconds float64 `json:"seconds"`

	// Shard is the part of the probes that was asked. Nil: all probes.
	Shard *Shard `json:"shard,omitempty"`
	// Numbers are the numbers of the probes of the Shard. Nil: all probes, or a shard of an
	// earlier version.
	Numbers Numbers `json:"numbers,omitzero"`
	// Repeat is how often each probe was asked.
	Repeat int `json:"repeat"`

	// FailOn is the least severity at which a broken or flaky finding fails the run. Empty:
	// each does.
	FailOn Severity `json:"failOn,omitempty"`

	// Ended says why the run ended before it was complete. Empty: it was complete.
	Ended string `json:"ended,omitempty"`
	// Notes are remarks about the run as a whole, a sentence each.
	Notes []string `json:"notes,omitempty"`

	// Sent counts the requests that left the browser, and the requests on the wire, by
	// method. Withheld counts the requests that Chrome was about to send and did not.
	Sent     map[string]int `json:"sent"`
	Withheld map[string]int `json:"withheld"`

	// Findings are in the order of their weight: see [Outcome] and [Severity].
	Findings []Finding `json:"findings"`

	// unlisted, unless nil, is about findings that are not in Findings: see [Join].
	unlisted *unlisted
}

// Shard is one of Of parts. Index counts from 1.
type Shard struct {
	Index int `json:"index"`
	Of    int `json:"of"`
	// System is the system that gave the index, such as GitLab: see [ReadShard]. Empty: a
	// person gave it.
	System string `json:"system,omitempty"`
}

// Finding is a Probe with its result.
type Finding struct {
	_ [0]func()

	// Number is the number of the probe in the run, over all shards. It counts from 1,
	// and restores the order of findings when reports are joined.
	Number int `json:"number"`
	// ID, Key and the next fields are the fields of the [policy.Probe].
	ID       string          `json:"id"`
	Key      string          `json:"key"`
	Title    string          `json:"title"`
	Level    behaviour.Level `json:"level"`
	Side     behaviour.Side  `json:"side"`
	Resource string          `json:"resource"`
	Tags     []string        `json:"tags"`
	Wire     bool            `json:"wire,omitempty"`
	// Header is the name of the one request or response header that the probe is about.
	Header string `json:"header,omitempty"`
	// Line is the line of the resource in the policy's file, from 1. Zero: unknown.
	Line int `json:"line,omitempty"`

	// Origin and Method are the page's origin and the method in the step that decided. On
	// the wire Origin is empty.
	Origin string `json:"origin"`
	Method string `json:"method"`

	Outcome Outcome `json:"outcome"`

	// Severity says how much harm a broken, known or flaky finding does. It is empty for
	// all other findings.
	Severity Severity `json:"severity,omitempty"`
	// Effect says in one sentence who can read what, with whose cookies, or who is
	// locked out.
	Effect string `json:"effect,omitempty"`
	// Why says what differs from the wanted outcome, or what was missing.
	Why string `json:"why,omitempty"`
	// Meaning, Remedy and Anchor explain what the browser did, and what to do.
	Meaning string `json:"meaning,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
	Anchor  string `json:"anchor,omitempty"`

	// Known is the reason in the baseline.
	Known string `json:"known,omitempty"`
	// Runs counts the outcomes of a probe that was asked more than once.
	Runs map[Outcome]int `json:"runs,omitempty"`

	// Steps are the observed steps. After [MaxEvidence] findings a finding has none.
	Steps []Step `json:"steps,omitempty"`
}

// Step is one question of a probe, with the observation.
type Step struct {
	_ [0]func()

	// Want is the wanted verdict.
	Want harness.Verdict `json:"want"`
	// Prepares says that the step only prepared the next, and was not judged.
	Prepares bool `json:"prepares,omitempty"`
	// Decided says that this step decided the outcome.
	Decided bool `json:"decided,omitempty"`
	// Observation has only the headers that matter to the decision, and no bodies. Its
	// Chrome is the Chrome of the Report.
	Observation harness.Observation `json:"observation"`
	// Error says why there is no verdict.
	Error string `json:"error,omitempty"`
}

// Outcome is the result of a probe. The constants are in the order of their weight.
type Outcome string

// The outcomes.
const (
	// Broken: the browser did not do what the policy wants.
	Broken Outcome = "broken"
	// Flaky: repeated questions had different results.
	Flaky Outcome = "flaky"
	// Unexpected: it held, but the baseline lists it as broken.
	Unexpected Outcome = "unexpected"
	// Inconclusive: there is no verdict.
	Inconclusive Outcome = "inconclusive"
	// Known: broken, and listed in the baseline.
	Known Outcome = "known"
	// NotAsked: the probe cannot be judged without sending an unsafe request.
	NotAsked Outcome = "not asked"
	// Held: the browser did what the policy wants.
	Held Outcome = "held"
)

// Outcomes returns all outcomes, in the order of their weight.
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
	// Medium: something does not work as the policy says, but no page reads data that it
	// should not.
	Medium Severity = "medium"
	// Low: a matter of hardening, or a fault that no browser can reach today.
	Low Severity = "low"
)

// Severities returns all severities, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

// Count counts the findings of an outcome.
func (r Report) Count(o Outcome) int {
	n := 0
	if r.unlisted != nil {
		n = r.unlisted.counts[o]
	}
	for _, f := range r.Findings {
		if f.Outcome == o {
			n++
		}
	}
	return n
}

// Failed says whether a result differs from the policy and the baseline, and is as severe
// as FailOn.
func (r Report) Failed() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return f.Outcome == Unexpected || (f.Outcome == Broken || f.Outcome == Flaky) && r.fails(f.Severity)
	})
}

// fails says whether a severity fails the run.
func (r Report) fails(s Severity) bool {
	return r.FailOn == "" || s == "" || weight(severities, s) <= weight(severities, r.FailOn)
}

// Complete says whether every probe that was asked has a verdict, and at least one was
// asked.
func (r Report) Complete() bool {
	return r.Ended == "" && r.Count(Inconclusive) == 0 && r.Count(NotAsked) < r.Total()
}
