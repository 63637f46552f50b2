package command

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
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

// A comparison is written to each file that a flag names, and no file is written twice.
func TestCompareWritesFiles(t *testing.T) {
	left := newAllowing(t, nil)
	right := newAllowing(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") })
	policy, folder := policyOf(t, left.URL, ""), t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	got := run(t, "compare", policy, "--left", left.URL, "--right", right.URL, "--only", "K13", "--html", at("c.html"), "--junit", at("c.xml"), "--markdown", at("c.md"), "--json-file", at("c.json"))
	if got.status != exitBlocked || !strings.Contains(got.stdout, "Only right: Any origin can read") {
		t.Errorf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	for _, name := range []string{"c.html", "c.xml", "c.md", "c.json"} {
		if text, err := os.ReadFile(at(name)); err != nil || !strings.Contains(string(text), "Any origin can read") {
			t.Errorf("%s: %v\n%.300s", name, err, text)
		}
	}
	got = run(t, "compare", policy, "--left", left.URL, "--right", right.URL, "--html", at("c"), "--junit", at("c"), "--markdown", policy)
	if got.status != exitUsage || !strings.Contains(got.stderr, "is also the file of --html") || !strings.Contains(got.stderr, "would be overwritten") {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
}
