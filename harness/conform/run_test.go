package conform

import (
	"context"
	"testing"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// refusing is a library that refuses every policy: it is never asked.
type refusing struct{}

func (refusing) Name() string { return "refusing" }

func (refusing) Start(context.Context, contract.Policy, string) (Served, error) {
	return Served{Announcement: contract.Announcement{Refused: "no"}}, nil
}

// A library that needs no further policies gets none, and the progress still comes to its
// end.
func TestEnough(t *testing.T) {
	var last Progress
	run := &Run{Libraries: []Library{refusing{}}, Progress: func(p Progress) { last = p }}
	run.Enough = func(l Library, p ResultOfPolicy) bool { return l.Name() == "refusing" && p.Name == "none" }
	x := &runner{Run: run, policies: Policies()}
	result, err := x.library(t.Context(), run.Libraries[0])
	if err != nil || len(result.Policies) != 4 || result.Policies[3].Name != "none" || result.Policies[3].State != WasRefused {
		t.Errorf("%v, %d policies: %+v", err, len(result.Policies), result.Policies)
	}
	if all := len(Policies()); last.Done != all || last.All != all {
		t.Errorf("the progress ends with %d of %d, want %d", last.Done, last.All, all)
	}
}
