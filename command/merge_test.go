package command

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

// The reports of shards are merged into the report of the whole run, in any
// order.
func TestVerifyShards(t *testing.T) {
	target := newAllowing(t, nil)
	policy := policyOf(t, target.URL, "methods: [PUT, DELETE]\nrequestHeaders: [X-Trace]\n")
	folder := t.TempDir()
	shard := func(n int) string { return filepath.Join(folder, fmt.Sprintf("shard-%d.json", n)) }
	for n := 1; n <= 2; n++ {
		o := verifyOptions{policy: policy, shard: fmt.Sprintf("%d/2", n), report: reportFlags{jsonFile: shard(n)}}
		o.probes.selected.Skip = []string{"origin", "cache"}
		if got := end(t, o.run); got.status != 0 {
			t.Fatalf("shard %d: status %d\n%s\n%s", n, got.status, got.stdout, got.stderr)
		}
	}
	whole := run(t, "verify", policy, "--skip", "origin,cache", "--json")
	joined := run(t, "merge", shard(2), shard(1), "--json")
	if whole.status != 0 || joined.status != 0 {
		t.Fatalf("status %d and %d\n%s\n%s", whole.status, joined.status, whole.stderr, joined.stderr)
	}
	w, j := readReport(t, []byte(whole.stdout)), readReport(t, []byte(joined.stdout))
	keys := func(r finding.Report) []string {
		var list []string
		for _, f := range r.Findings {
			list = append(list, fmt.Sprint(f.Number, f.ID, f.Key, f.Outcome))
		}
		return list
	}
	if !slices.Equal(keys(w), keys(j)) || w.Sent["OPTIONS"] != j.Sent["OPTIONS"] || j.Shard != nil {
		t.Errorf("joined\n%v\nwant\n%v", keys(j), keys(w))
	}
	if got := end(t, (&mergeOptions{files: []string{shard(1)}}).run); got.status != 2 || !strings.Contains(got.stderr, "2 of 2") && !strings.Contains(got.stderr, "shard 2") {
		t.Errorf("half: status %d\n%s", got.status, got.stderr)
	}
	if got := end(t, (&mergeOptions{files: []string{shard(1)}, partial: true}).run); got.status != 3 {
		t.Errorf("half, knowingly: status %d\n%s", got.status, got.stderr)
	}
}

// A break that is less severe than --fail-on does not fail the run, and the report says so.
func TestFailOn(t *testing.T) {
	report := func(severity string) string {
		return fileOf(t, severity+".json", `{"version": 1, "findings": [{"id": "K13", "key": "/", "side": "forbidden", "outcome": "broken", "severity": "`+severity+`"}]}`)
	}
	for _, c := range []struct {
		severity, failOn string
		status           int
	}{
		{"low", "low", exitBlocked}, {"low", "medium", exitHeld}, {"medium", "medium", exitBlocked}, {"medium", "high", exitHeld}, {"critical", "high", exitBlocked}, {"high", "critical", exitHeld},
	} {
		got := run(t, "merge", report(c.severity), "--fail-on", c.failOn)
		if said := strings.Contains(got.stdout, "Nothing is as severe as "+c.failOn); got.status != c.status || said != (c.status == exitHeld) {
			t.Errorf("%s, --fail-on %s: status %d\n%s%s", c.severity, c.failOn, got.status, got.stdout, got.stderr)
		}
	}
	if got := run(t, "merge", report("low"), "--fail-on", "worse"); got.status != exitUsage {
		t.Errorf("%+v", got)
	}
	// What a shard was told holds for the whole.
	if got := run(t, "merge", fileOf(t, "told.json", `{"version": 1, "failOn": "high", "findings": [{"id": "K13", "key": "/", "side": "forbidden", "outcome": "broken", "severity": "low"}]}`)); got.status != exitHeld {
		t.Errorf("%+v", got)
	}
}
