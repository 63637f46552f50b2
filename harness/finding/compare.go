package finding

import "github.com/corsproof/corsproof/harness"

// Comparison is what two targets do otherwise when they are asked the same.
type Comparison struct {
	_ [0]func()

	// Version is that of this document: [Version].
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

// Difference is a probe that is not the same on both.
type Difference struct {
	_ [0]func()

	Kind DifferenceKind `json:"kind"`
	// Left and Right are the findings, with all their steps.
	Left  Finding `json:"left"`
	Right Finding `json:"right"`
	// Wire are the lines that differ.
	Wire []WireDifference `json:"wire,omitempty"`
}

// DifferenceKind is in what two findings differ.
type DifferenceKind string

// The kinds of Difference.
const (
	// DifferentVerdict: the browser decided otherwise.
	DifferentVerdict DifferenceKind = "verdict"
	// DifferentWire: it decided the same, on other headers or another status.
	DifferentWire DifferenceKind = "wire"
	// NoVerdict: one of them has none, so they cannot be compared.
	NoVerdict DifferenceKind = "no verdict"
)

// WireDifference is a status, a number of exchanges or a header that differs. In Left
// and Right, (target) stands for the origin of the target, (absent) for a header that
// is not there, and a line break is between two lines of one name.
type WireDifference struct {
	Step     int    `json:"step"`     // counts from 1
	Exchange int    `json:"exchange"` // counts from 1; 0: their number differs
	Name     string `json:"name"`     // of the header, or "status" or "exchanges"
	Left     string `json:"left"`
	Right    string `json:"right"`
}
