package shards

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// environment is an environment of a few variables, such as "A=1 B=2".
func environment(text string) func(string) string {
	variables := map[string]string{}
	for _, field := range strings.Fields(text) {
		name, value, _ := strings.Cut(field, "=")
		variables[name] = value
	}
	return func(name string) string { return variables[name] }
}

// Each system gives its first and its last machine.
func TestFind(t *testing.T) {
	for text, want := range map[string]Place{
		"CI_NODE_INDEX=1 CI_NODE_TOTAL=3":                                        {1, 3, "GitLab"},
		"CI_NODE_INDEX=3 CI_NODE_TOTAL=3":                                        {3, 3, "GitLab"},
		"CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=3":                                {1, 3, "CircleCI"},
		"CIRCLE_NODE_INDEX=2 CIRCLE_NODE_TOTAL=3":                                {3, 3, "CircleCI"},
		"BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=3":                {1, 3, "Buildkite"},
		"BUILDKITE_PARALLEL_JOB=2 BUILDKITE_PARALLEL_JOB_COUNT=3":                {3, 3, "Buildkite"},
		"BITBUCKET_PARALLEL_STEP=0 BITBUCKET_PARALLEL_STEP_COUNT=3":              {1, 3, "Bitbucket"},
		"BITBUCKET_PARALLEL_STEP=2 BITBUCKET_PARALLEL_STEP_COUNT=3":              {3, 3, "Bitbucket"},
		"SEMAPHORE_JOB_INDEX=1 SEMAPHORE_JOB_COUNT=3":                            {1, 3, "Semaphore"},
		"SEMAPHORE_JOB_INDEX=3 SEMAPHORE_JOB_COUNT=3":                            {3, 3, "Semaphore"},
		"SYSTEM_JOBPOSITIONINPHASE=1 SYSTEM_TOTALJOBSINPHASE=3":                  {1, 3, "Azure Pipelines"},
		"SYSTEM_JOBPOSITIONINPHASE=3 SYSTEM_TOTALJOBSINPHASE=3":                  {3, 3, "Azure Pipelines"},
		"TEST_SHARD_INDEX=0 TEST_TOTAL_SHARDS=3":                                 {1, 3, "Bazel"},
		"TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=3":                                 {3, 3, "Bazel"},
		"TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=3 CI_NODE_TOTAL=1":                 {3, 3, "Bazel"}, // a job of GitLab that is not split
		"TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=3 CI_NODE_INDEX=":                  {3, 3, "Bazel"},
		"TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=3 CI_NODE_INDEX=2 CI_NODE_TOTAL=3": {2, 3, "GitLab and Bazel"},
	} {
		if got, faults := Find(environment(text), 0); faults != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, faults, want)
		}
	}
	for text, want := range map[string]Place{
		"JOB_COMPLETION_INDEX=0":                 {1, 5, "Kubernetes"},
		"JOB_COMPLETION_INDEX=4":                 {5, 5, "Kubernetes"},
		"CI_NODE_INDEX=5 CI_NODE_TOTAL=5":        {5, 5, "GitLab"},
		"CIRCLE_NODE_INDEX=1":                    {2, 5, "CircleCI"},
		"JOB_COMPLETION_INDEX=1 CI_NODE_TOTAL=1": {2, 5, "Kubernetes"},
	} {
		if got, faults := Find(environment(text), 5); faults != nil || got != want {
			t.Errorf("%s, of 5: %+v, %v; want %+v", text, got, faults, want)
		}
	}
}

// Every system has a test above, and no two systems share a variable.
func TestSystemsAreTold(t *testing.T) {
	seen := map[string]string{}
	for _, s := range systems {
		for _, name := range []string{s.index, s.total, s.status} {
			if other, twice := seen[name]; twice && name != "" {
				t.Errorf("%s and %s have the variable %s", other, s.name, name)
			}
			seen[name] = s.name
		}
		getenv := environment(fmt.Sprintf("%s=%d %s=7", s.index, s.first, s.total))
		if got, faults := Find(getenv, 7); faults != nil || got != (Place{1, 7, s.name}) {
			t.Errorf("%s: %+v, %v", s.name, got, faults)
		}
	}
}

func TestFindFaults(t *testing.T) {
	const none = "no environment variable has the index of this machine. Known are GitLab (CI_NODE_INDEX), CircleCI (CIRCLE_NODE_INDEX), " +
		"Buildkite (BUILDKITE_PARALLEL_JOB), Bitbucket (BITBUCKET_PARALLEL_STEP), Semaphore (SEMAPHORE_JOB_INDEX), Azure Pipelines (SYSTEM_JOBPOSITIONINPHASE), " +
		"Bazel (TEST_SHARD_INDEX), Kubernetes (JOB_COMPLETION_INDEX). Is the job split? If another system splits it, give the shard as numbers, such as --shard 2/5"
	for _, c := range []struct {
		text  string
		total int
		want  string
	}{
		{"", 0, none}, {"", 5, none}, {"CI_NODE_TOTAL=1", 0, none},
		{"GITHUB_ACTIONS=true", 0, "GitHub Actions gives no index to programs: with a matrix such as shard: [1, 2, 3], give --shard ${{ matrix.shard }}/${{ strategy.job-total }}"},
		{"CI_NODE_TOTAL=3", 0, "GitLab: CI_NODE_TOTAL is 3, but CI_NODE_INDEX is missing: pass both to corsproof"},
		{"CI_NODE_INDEX=3", 0, "GitLab: CI_NODE_INDEX is 3, but CI_NODE_TOTAL is missing: pass both to corsproof"},
		{"CIRCLE_NODE_TOTAL=1", 0, "CircleCI: CIRCLE_NODE_TOTAL is 1, but CIRCLE_NODE_INDEX is missing: pass both to corsproof"},
		{"JOB_COMPLETION_INDEX=3", 0, "Kubernetes: JOB_COMPLETION_INDEX is 3, but Kubernetes gives no total: give the completions of the job, such as --shard auto/5"},
		{"JOB_COMPLETION_INDEX=5", 5, `Kubernetes: JOB_COMPLETION_INDEX is "5": want a number from 0 to 4`},
		{"CI_NODE_INDEX=1 CI_NODE_TOTAL=3", 5, "GitLab: CI_NODE_TOTAL is 3, but --shard auto/5 says 5: give --shard auto"},
		{"CI_NODE_INDEX=0 CI_NODE_TOTAL=3", 0, `GitLab: CI_NODE_INDEX is "0": want a number from 1 to 3`},
		{"CI_NODE_INDEX=4 CI_NODE_TOTAL=3", 0, `GitLab: CI_NODE_INDEX is "4": want a number from 1 to 3`},
		{"CIRCLE_NODE_INDEX=3 CIRCLE_NODE_TOTAL=3", 0, `CircleCI: CIRCLE_NODE_INDEX is "3": want a number from 0 to 2`},
		{"CIRCLE_NODE_INDEX=-1 CIRCLE_NODE_TOTAL=3", 0, `CircleCI: CIRCLE_NODE_INDEX is "-1": want a number from 0 to 2`},
		{"CIRCLE_NODE_INDEX=two CIRCLE_NODE_TOTAL=3", 0, `CircleCI: CIRCLE_NODE_INDEX is "two": want a number from 0 to 2`},
		{"CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=0", 0, `CircleCI: CIRCLE_NODE_TOTAL is "0": want the number of machines, 1 or more`},
		{"CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=many", 0, `CircleCI: CIRCLE_NODE_TOTAL is "many": want the number of machines, 1 or more`},
		{"CI_NODE_INDEX=2 CI_NODE_TOTAL=5 TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=5", 0, "GitLab says 2/5, and Bazel says 3/5: give the shard as numbers, such as --shard 2/5"},
		{"CI_NODE_INDEX=2 CI_NODE_TOTAL=5 TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=4", 0, "GitLab says 2/5, and Bazel says 2/4: give the shard as numbers, such as --shard 2/5"},
		{"CI_NODE_INDEX=0 CI_NODE_TOTAL=5 TEST_SHARD_INDEX=1", 0,
			"GitLab: CI_NODE_INDEX is \"0\": want a number from 1 to 5\nBazel: TEST_SHARD_INDEX is 1, but TEST_TOTAL_SHARDS is missing: pass both to corsproof"},
	} {
		got, faults := Find(environment(c.text), c.total)
		if err := errors.Join(faults...); err == nil || err.Error() != c.want || got != (Place{}) {
			t.Errorf("%s, of %d: %+v\n%v\nwant\n%s", c.text, c.total, got, err, c.want)
		}
	}
}

// Bazel's file is created, an old one stays as it is, and a file that cannot be created is a
// fault.
func TestAnnounce(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "status")
	old := filepath.Join(folder, "old")
	if err := os.WriteFile(old, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"TEST_SHARD_STATUS_FILE=" + file + "0 CI_NODE_INDEX=1": "", // not Bazel's shard
		"TEST_SHARD_INDEX=0": "",
		"TEST_SHARD_INDEX=0 TEST_SHARD_STATUS_FILE=" + file:             "",
		"TEST_SHARD_INDEX=0 TEST_SHARD_STATUS_FILE=" + old:              "",
		"TEST_SHARD_INDEX=0 TEST_SHARD_STATUS_FILE=" + folder + "/no/f": "Bazel: TEST_SHARD_STATUS_FILE: open " + folder + "/no/f: no such file or directory",
	} {
		if err := Announce(environment(text)); want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	there := map[string]string{}
	list, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		there[filepath.Base(name)] = string(text)
	}
	if want := map[string]string{"status": "", "old": "kept"}; !maps.Equal(there, want) {
		t.Errorf("%v, want %v", there, want)
	}
}
