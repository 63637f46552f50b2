package check

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// lint returns the faults that actionlint finds in a workflow.
func lint(t *testing.T, name string, text []byte) []*actionlint.Error {
	t.Helper()
	l, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	faults, err := l.Lint(name, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

// Each example of a GitHub workflow is valid, and in the example of several machines the
// shards are as many as the matrix has.
func TestGitHub(t *testing.T) {
	examples, err := filepath.Glob("../../actions/*/example*.yml")
	if err != nil || len(examples) < 6 {
		t.Fatalf("%q, %v", examples, err)
	}
	ours, err := filepath.Glob("../../workflows/*.yml") // the workflows of this project
	if err != nil || len(ours) < 4 {
		t.Fatalf("%q, %v", ours, err)
	}
	examples = append(examples, ours...)
	for _, name := range examples {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range lint(t, name, text) {
			t.Error(fault)
		}
		if !strings.HasSuffix(name, "example-shards.yml") {
			continue
		}
		if !bytes.Contains(text, []byte("--shard=${{ matrix.shard }}/${{ strategy.job-total }}\n")) || !bytes.Contains(text, []byte("shard: [1, 2, 3]\n")) {
			t.Errorf("%s: want shards from 1 to the number of jobs", name)
		}
		for _, change := range [][2]string{{"matrix.shard", "matrix.part"}, {"needs: verify", "needs: verified"}, {"fail-fast", "failfast"}} {
			changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
			if bytes.Equal(changed, text) || len(lint(t, name, changed)) == 0 {
				t.Errorf("%s: %s in place of %s is accepted", name, change[1], change[0])
			}
		}
	}
}
