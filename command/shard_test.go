package command

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

// verify and conform take their part from the environment, and --shard alone makes them do
// so.
func TestShardAuto(t *testing.T) {
	outsideCI(t)
	t.Setenv("CI_NODE_INDEX", "2")
	t.Setenv("CI_NODE_TOTAL", "3")
	for _, verb := range []string{"verify", "conform"} {
		all, part := run(t, verb, "--list"), run(t, verb, "--list", "--shard", "auto")
		byHand := run(t, verb, "--list", "--shard", "2/3")
		if part.status != 0 || part.stdout != byHand.stdout || part.stdout == all.stdout {
			t.Errorf("%s: status %d\n%s\n%s", verb, part.status, part.stdout, part.stderr)
		}
	}
	t.Setenv("CI_NODE_TOTAL", "")
	for _, verb := range []string{"verify", "conform"} {
		got := run(t, verb, "--list", "--shard", "auto")
		if got.status != exitUsage || !strings.Contains(got.stderr, "CI_NODE_TOTAL is missing") {
			t.Errorf("%s: index without total: status %d\n%s", verb, got.status, got.stderr)
		}
	}
}

// The example in eight shards, as the eight pods of a Kubernetes Indexed Job ask it, is
// merged to the report of one run, finding by finding.
func TestShardsOfExampleAreOneRun(t *testing.T) {
	outsideCI(t)
	folder := t.TempDir()
	file := func(name string) string { return filepath.Join(folder, name+".json") }
	merged := []string{"merge", "--json"}
	for _, index := range []string{"2", "0", "1", "7", "5", "6", "4", "3"} {
		t.Setenv("JOB_COMPLETION_INDEX", index)
		got := run(t, "verify", "--shard", "auto/8", "--json-file", file(index))
		if want := "(index from Kubernetes)"; got.status != exitHeld || !strings.Contains(got.stdout, want) {
			t.Fatalf("pod %s: status %d, want %q in\n%s\n%s", index, got.status, want, got.stdout, got.stderr)
		}
		merged = append(merged, file(index))
	}
	one, all := run(t, "verify", "--json"), run(t, merged...)
	if one.status != exitHeld || all.status != exitBlocked { // only verify knows that the example is broken on purpose
		t.Fatalf("status %d and %d\n%s\n%s", one.status, all.status, one.stderr, all.stderr)
	}
	want, got := readReport(t, []byte(one.stdout)), readReport(t, []byte(all.stdout))
	if len(want.Findings) < 100 || len(want.Findings) != len(got.Findings) {
		t.Fatalf("%d findings, want %d", len(got.Findings), len(want.Findings))
	}
	for i, f := range want.Findings {
		if a, b := withoutSteps(f), withoutSteps(got.Findings[i]); !reflect.DeepEqual(a, b) {
			t.Errorf("finding %d:\n%+v\nwant\n%+v", i+1, b, a)
		}
		if a, b := verdicts(f), verdicts(got.Findings[i]); a != b {
			t.Errorf("finding %d, %s: %s, want %s", i+1, f.ID, b, a)
		}
	}
	if !reflect.DeepEqual(want.Problems(), got.Problems()) || !reflect.DeepEqual(want.Sent, got.Sent) || !reflect.DeepEqual(want.Withheld, got.Withheld) || got.Shard != nil {
		t.Errorf("the heads differ:\n%+v %v %v\nwant\n%+v %v %v", got.Problems(), got.Sent, got.Withheld, want.Problems(), want.Sent, want.Withheld)
	}
	// A shard that is missing, is there twice, or is of another policy is named.
	other := fileOf(t, "other.json", strings.NewReplacer(want.Fingerprint, "of-another-policy", want.Chrome.Version, "Chrome/1.2.3").Replace(read(t, file("1"))))
	numbers, _ := json.Marshal(readReport(t, []byte(read(t, file("1")))).Numbers)
	earlier := fileOf(t, "earlier.json", strings.Replace(read(t, file("1")), `"numbers": `+string(numbers)+",", "", 1))
	for text, files := range map[string][]string{
		"shards 2, 4, 5, 6, 7 and 8 of 8 are missing": {file("0"), file("2")},
		"shard 2/8 again": {file("0"), file("1"), file("2"), file("1")},
		"its fingerprint of the policy is of-another-policy": {file("0"), other, file("2")},
		"its browser is Chrome/1.2.3":                        {file("0"), other, file("2")},
		"its way to deal probes to shards is in rounds":      {file("0"), earlier, file("2")},
	} {
		if got := run(t, append([]string{"merge"}, files...)...); got.status != exitUsage || !strings.Contains(got.stderr, text) {
			t.Errorf("%q: status %d\n%s", text, got.status, got.stderr)
		}
	}
}

// outsideCI empties the variables of the CI system that runs this test.
func outsideCI(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		for _, prefix := range []string{"CI_", "CIRCLE_", "BUILDKITE_", "BITBUCKET_", "SEMAPHORE_", "SYSTEM_", "TEST_", "JOB_"} {
			if strings.HasPrefix(name, prefix) {
				t.Setenv(name, "")
			}
		}
	}
}

// withoutSteps is a finding without its observations, whose times and ports differ between
// runs.
func withoutSteps(f finding.Finding) finding.Finding {
	f.Steps = nil
	return f
}

// verdicts are what the steps of a finding wanted and saw.
func verdicts(f finding.Finding) string {
	var b strings.Builder
	for _, s := range f.Steps {
		o := s.Observation
		fmt.Fprintln(&b, s.Want, s.Prepares, s.Decided, o.Request.From, o.Request.Method, o.Request.URL, o.Verdict, o.Reason, len(o.Exchanges))
	}
	return b.String()
}

// read reads a file.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A shard without probes is no shard that held.
func TestShardWithoutProbes(t *testing.T) {
	empty := fileOf(t, "empty.json", `{"version": 1, "shard": {"index": 9, "of": 9}, "findings": []}`)
	got := run(t, "merge", empty, "--partial")
	if got.status != exitNoAnswer {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
	text := "nothing was asked: shard 9/9 has no probe: use fewer shards than there are probes"
	if err := exitOfReport(finding.Report{Shard: &finding.Shard{Index: 9, Of: 9}}); status(err) != exitNoAnswer || err.Error() != text {
		t.Errorf("%v, want %s", err, text)
	}
}
