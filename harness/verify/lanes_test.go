package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// aProbe is a probe with one step.
func aProbe(from, url string) policy.Probe {
	return policy.Probe{ID: "K01", Steps: []policy.Step{{Request: harness.Request{From: from, URL: url}}}}
}

func TestLanes(t *testing.T) {
	const a, b = "https://a.test", "https://b.test"
	kept := aProbe(a, "/1")
	kept.Caches = true
	dry := aProbe(a, "/1")
	dry.Unsafe = true
	probes := []policy.Probe{
		aProbe(a, "/1"), aProbe(b, "/1"), aProbe(a, "/2"), aProbe(a, "/1"), kept, dry, aProbe(b, "/2"), aProbe("", "/1"), aProbe("", "/1"),
	}
	want := []string{"[[0 3] [2]]", "[[1] [6]]", "[[4]]", "[[5]]", "[[7 8]]"}
	var got []string
	for _, g := range groupsOf(probes) {
		got = append(got, fmt.Sprint(g.lanes))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := groupsOf(nil); len(got) != 0 {
		t.Errorf("nothing to ask makes groups: %v", got)
	}
}

// Every probe is in one lane, whatever there is.
func TestLanesAreAllProbes(t *testing.T) {
	var probes []policy.Probe
	for i := range 1000 {
		probes = append(probes, aProbe(fmt.Sprint("https://p", i%7, ".test"), fmt.Sprint("/", i%11)))
	}
	var all []int
	for _, g := range groupsOf(probes) {
		for _, lane := range g.lanes {
			if !slices.IsSorted(lane) {
				t.Errorf("a lane is out of order: %v", lane)
			}
			all = append(all, lane...)
		}
	}
	slices.Sort(all)
	if len(all) != len(probes) || len(slices.Compact(all)) != len(probes) {
		t.Errorf("%d probes in lanes, want %d", len(all), len(probes))
	}
}

func TestTurns(t *testing.T) {
	var turns turns
	k := turn{from: "https://a.test", url: "/1"}
	over, err := turns.take(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	otherOver, err := turns.take(t.Context(), turn{from: "https://b.test", url: "/1"})
	if err != nil {
		t.Fatalf("another page had to wait: %v", err)
	}
	otherOver()
	given, giveUp := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	giveUp(cause)
	if _, err := turns.take(given, k); !errors.Is(err, cause) {
		t.Errorf("waiting ends with %v, want %v", err, cause)
	}
	next := make(chan func())
	go func() {
		over, _ := turns.take(context.Background(), k)
		next <- over
	}()
	select {
	case <-next:
		t.Fatal("two have their turn at a time")
	default:
	}
	over()
	(<-next)()
	if len(turns.taken) != 0 {
		t.Errorf("%d turns are left", len(turns.taken))
	}
}
