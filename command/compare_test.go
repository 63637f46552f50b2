package command

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

// Two targets are compared, in verdict and on the wire.
func TestCompare(t *testing.T) {
	left := newAllowing(t, nil)
	same := newAllowing(t, nil)
	right := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Origin") {
		case "null":
			w.Header().Set("Access-Control-Allow-Origin", "null")
		case page:
			w.Header().Add("Vary", "Accept")
		}
	})
	policy := policyOf(t, left.URL, "")
	compared := func(other string, json bool) result {
		o := compareOptions{policy: policy, left: left.URL, right: other, json: json}
		o.probes.selected.Only = []string{"null", "K01"}
		return end(t, o.run)
	}
	if got := compared(same.URL, false); got.status != 0 {
		t.Errorf("the same: status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	got := compared(right.URL, true)
	var c finding.Comparison
	if err := json.Unmarshal([]byte(got.stdout), &c); err != nil || got.status != 1 {
		t.Fatalf("status %d, %v\n%s", got.status, err, got.stderr)
	}
	kinds := map[finding.DifferenceKind]int{}
	for _, d := range c.Differences {
		kinds[d.Kind]++
	}
	if kinds[finding.DifferentVerdict] != 3 || kinds[finding.DifferentWire] != 1 {
		t.Errorf("%v\n%s", kinds, got.stdout)
	}
	if got := end(t, (&compareOptions{policy: policy, left: "api.example.com"}).run); got.status != 2 || !strings.Contains(got.stderr, "--left") || !strings.Contains(got.stderr, "--right") {
		t.Errorf("faults: status %d\n%s", got.status, got.stderr)
	}
}
