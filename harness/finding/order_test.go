package finding

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestOrder(t *testing.T) {
	findings := []Finding{
		{Key: "a", Outcome: Held, Number: 1},
		{Key: "b", Outcome: Broken, Severity: Low, Number: 2},
		{Key: "c", Outcome: Inconclusive, Number: 3},
		{Key: "d", Outcome: Broken, Severity: Critical, Number: 9},
		{Key: "e", Outcome: Broken, Severity: Critical, Number: 5},
		{Key: "f", Outcome: "of a later version", Number: 6},
		{Key: "g", Outcome: Known, Severity: High, Number: 7},
		{Key: "h", Outcome: Broken, Severity: High, Number: 8},
		{Key: "i", Outcome: Broken, Severity: Medium, Number: 4},
		{Key: "j", Outcome: Flaky, Number: 10},
		{Key: "k", Outcome: NotAsked, Number: 11},
		{Key: "l", Outcome: Unexpected, Number: 12},
		{Key: "m", Outcome: Broken, Number: 13},
		{Key: "n", Outcome: Flaky, Number: 10}, // in this order
	}
	Sort(findings)
	var got strings.Builder
	for _, f := range findings {
		got.WriteString(f.Key)
	}
	if want := "edhibmjnlcgkaf"; got.String() != want {
		t.Errorf("%s, want %s", got.String(), want)
	}
}

// Every word of the lists has a weight, also a new one.
func TestEveryWordHasAWeight(t *testing.T) {
	if fmt.Sprint(Outcomes()) != "[broken flaky unexpected inconclusive known not asked held]" || fmt.Sprint(Severities()) != "[critical high medium low]" {
		t.Errorf("%v, %v", Outcomes(), Severities())
	}
	if !slices.Equal(outcomes, Outcomes()) || !slices.Equal(severities, Severities()) {
		t.Error("the lists for sorting differ")
	}
}
