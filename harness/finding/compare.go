package finding

import "github.com/corsproof/corsproof/harness"

// Comparison lists the differences between two targets that were asked the same
// questions.
type Comparison struct {
	_ [0]func()

	// Version is the version of this document: [Version].
	Version     int            `json:"version"`
	Policy      string         `json:"policy"`
	Left        string         `json:"left"`  // the origin
	Right       string         `json:"right"` // the origin
	Chrome      harness.Chrome `json:"chrome"`
	Seconds     float64        `json:"seconds"`
	Ended       string         `json:"ended,omitempty"`
	Notes       []string       `json:"notes,omitempty"`
	Same        int            `json:"same"` // how many probes are the same on both
	Differences []Difference   `json:"differences"`
}

// Difference is a probe with different results on the two targets.
type Difference struct {
	_ [0]func()

	Kind DifferenceKind `json:"kind"`
	// Left and Right are the findings, with all their steps.
	Left  Finding `json:"left"`
	Right Finding `json:"right"`
	// LeftCause and RightCause are the causes of what is broken: see [Problem]. They are
	// empty where the target does what the policy wants.
	LeftCause  string `json:"leftCause,omitempty"`
	RightCause string `json:"rightCause,omitempty"`
	// Wire are the lines that differ.
	Wire []WireDifference `json:"wire,omitempty"`
}

// DifferenceKind says what differs between two findings.
type DifferenceKind string

// The kinds of Difference.
const (
	// DifferentVerdict: the verdicts or their reasons differ.
	DifferentVerdict DifferenceKind = "verdict"
	// DifferentWire: the verdict is the same, but a header, a status or the number of
	// exchanges differs.
	DifferentWire DifferenceKind = "wire"
	// NoVerdict: at least one finding has no verdict, so they cannot be compared.
	NoVerdict DifferenceKind = "no verdict"
)

// WireDifference is a status, a number of exchanges or a header that differs. In Left and
// Right, (target) replaces the origin of the target, (absent) means that the header is
// missing, and a line break separates two lines of one name. A request that was not sent has
// the status "not sent", and one without an answer "no answer"; their headers are not
// compared.
type WireDifference struct {
	Step     int    `json:"step"`     // counts from 1
	Exchange int    `json:"exchange"` // counts from 1; 0: their number differs
	Name     string `json:"name"`     // of the header, or "status" or "exchanges"
	Left     string `json:"left"`
	Right    string `json:"right"`
}
