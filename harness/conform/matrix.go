package conform

import (
	"fmt"
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/harness/finding"
)

// Version is the version of the JSON document of a Matrix.
const Version = 1

// Matrix is the result of a run: libraries by behaviours.
type Matrix struct {
	_ [0]func()

	Version   int            `json:"version"`
	Corsproof string         `json:"corsproof,omitempty"`
	Chrome    harness.Chrome `json:"chrome"`
	Started   time.Time      `json:"started"`
	Seconds   float64        `json:"seconds"`
	// Requests counts the requests that were sent, with preflights.
	Requests int `json:"requests"`
	// Shard is the part of the libraries that was asked. Nil: all of them.
	Shard *finding.Shard `json:"shard,omitempty"`
	// Ended says why the run ended before it was complete. Empty: it was complete.
	Ended string `json:"ended,omitempty"`

	Libraries []Result `json:"libraries"`
}

// Result is what was found out about one library.
type Result struct {
	_ [0]func()

	// Name is the name of the adapter, such as rs-cors.
	Name string `json:"name"`
	// Language is the folder of the adapter, such as go. It is empty for a library that is
	// not of servers/libraries.
	Language string `json:"language,omitempty"`
	// Library and Version name what was tested.
	Library string `json:"library,omitempty"`
	Version string `json:"version,omitempty"`
	// NotRun says why nothing was asked, such as a compiler that is missing.
	NotRun  string  `json:"notRun,omitempty"`
	Seconds float64 `json:"seconds"`

	// Cells has a cell for each behaviour that a policy asked about, in the order of the
	// catalogue: all of them, where no policies were chosen.
	Cells    []Cell           `json:"cells"`
	Policies []ResultOfPolicy `json:"policies"`
}

// Cell is the verdict on one behaviour: the worst of all policies.
type Cell struct {
	_ [0]func()

	ID      string  `json:"id"`
	Verdict Verdict `json:"verdict"`
	// Policy is the name of the policy that decided.
	Policy string `json:"policy,omitempty"`
	// Why says what was seen.
	Why string `json:"why,omitempty"`
	// Reason is the reason of the baseline for a failure that is expected.
	Reason string `json:"reason,omitempty"`
	// Documented is where the library's documentation says so, as the baseline has it.
	Documented string `json:"documented,omitempty"`
	// Wanted is the verdict that the baseline expects, where it is another one.
	Wanted Verdict `json:"wanted,omitempty"`
}

// State says what became of a policy.
type State string

// The states.
const (
	Asked          State = "asked"
	WasRefused     State = "refused"     // by the library
	NotExpressible State = "unsupported" // the library has no option for it
	Faulty         State = "faulty"      // the adapter did not keep its contract, or did not start
)

// NotAsked is the state in the progress of a library that is not run.
const NotAsked State = "not run"

// ResultOfPolicy is what was found out with one policy.
type ResultOfPolicy struct {
	_ [0]func()

	Name  string        `json:"name"`
	Title string        `json:"title"`
	Kind  contract.Kind `json:"kind"`
	State State         `json:"state"`
	// Text is the error text of the library, or the fault of the adapter.
	Text string `json:"text,omitempty"`
	// Config is the configuration that the adapter used.
	Config string `json:"config,omitempty"`
	// Unsupported are the fields that the library has no option for.
	Unsupported []string `json:"unsupported,omitempty"`
	// Asked counts the probes.
	Asked int `json:"asked"`
	// Verdicts are the verdicts on each behaviour that the policy is about.
	Verdicts []Cell `json:"verdicts"`
	// Findings are the probes that did not hold, with their evidence.
	Findings []finding.Finding `json:"findings,omitempty"`

	answered map[string]int // findings by behaviour
}

// Cell returns the verdict on a behaviour. The bool is false where there is none.
func (r Result) Cell(id string) (Cell, bool) {
	i := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.ID == id })
	if i < 0 {
		return Cell{}, false
	}
	return r.Cells[i], true
}

// Failed says whether a verdict differs from what the baseline expects.
func (r Result) Failed() bool {
	return slices.ContainsFunc(r.Cells, Cell.Unexpected)
}

// Complete says whether every behaviour has a verdict, and the adapter kept its contract
// with every policy.
func (r Result) Complete() bool {
	return r.NotRun == "" && len(r.Cells) > 0 && !slices.ContainsFunc(r.Policies, func(p ResultOfPolicy) bool { return p.State == Faulty }) && !slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Verdict == NoVerdict })
}

// cellsOf joins the verdicts of all policies.
func cellsOf(policies []ResultOfPolicy) []Cell {
	var cells []Cell
	for _, b := range behaviour.All() {
		var cell Cell
		for _, p := range policies {
			for _, c := range p.Verdicts {
				if c.ID == b.ID && (cell.ID == "" || worse(c.Verdict, cell.Verdict)) {
					cell = c
				}
			}
		}
		if cell.ID != "" {
			cells = append(cells, cell)
		}
	}
	return cells
}

// verdictsOf are the verdicts on the behaviours of one policy, from its findings.
func verdictsOf(name string, findings []finding.Finding) []Cell {
	var cells []Cell
	for _, f := range findings {
		c := Cell{ID: f.ID, Verdict: verdictOf(name, f), Policy: name, Why: whyOf(f)}
		i := slices.IndexFunc(cells, func(c Cell) bool { return c.ID == f.ID })
		switch {
		case i < 0:
			cells = append(cells, c)
		case worse(c.Verdict, cells[i].Verdict), c.Verdict == cells[i].Verdict && cells[i].Why == "":
			cells[i] = c
		}
	}
	return cells
}

// whyOf says what was seen: of a failure also which probe.
func whyOf(f finding.Finding) string {
	switch {
	case f.Outcome == finding.Held || f.Why == "":
		return f.Why
	case f.Outcome == finding.Flaky:
		return fmt.Sprintf("wanted: %s; seen in %d of %d runs: %s", f.Title, f.Runs[finding.Broken], timesAsked(f), f.Why)
	}
	return "wanted: " + f.Title + "; seen: " + f.Why
}

// timesAsked is how often a probe was asked.
func timesAsked(f finding.Finding) int {
	all := 0
	for _, n := range f.Runs {
		all += n
	}
	return all
}

// allOf gives the behaviours of some ids one verdict.
func allOf(ids []string, v Verdict, name, why string) []Cell {
	cells := make([]Cell, len(ids))
	for i, id := range ids {
		cells[i] = Cell{ID: id, Verdict: v, Policy: name, Why: why}
	}
	return cells
}
