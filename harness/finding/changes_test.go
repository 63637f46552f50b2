package finding

import (
	"fmt"
	"testing"
)

// Two runs with one target: what changed, the worst first.
func TestChanges(t *testing.T) {
	probe := func(id string, o Outcome, s Severity) Finding {
		return Finding{ID: id, Key: id + " /", Outcome: o, Severity: s}
	}
	before := []Finding{
		probe("K01", Held, ""), probe("K02", Broken, High), probe("K03", Held, ""),
		probe("K04", Broken, Low), probe("K05", Held, ""), probe("K06", Inconclusive, ""),
	}
	after := []Finding{
		probe("K01", Broken, Medium), probe("K02", Broken, High), probe("K03", Held, ""),
		probe("K04", Broken, Critical), probe("K06", Held, ""), probe("K07", Held, ""),
	}
	var got []string
	for _, c := range Changes(before, after) {
		got = append(got, fmt.Sprintf("%s%s %s %s/%s", c.Before.ID, c.After.ID, c.Before.Outcome, c.After.Outcome, c.After.Severity))
	}
	if want := "[K04K04 broken broken/critical K01K01 held broken/medium K06K06 inconclusive held/ K07  held/ K05 held /]"; fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	if same := Changes(after, after); same != nil {
		t.Errorf("a run differs from itself: %v", same)
	}
}
