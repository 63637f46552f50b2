package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/verify"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s: line %d is otherwise (-update writes it):\n%s", file, i+1, g[i])
		}
	}
	t.Fatalf("%s has %d lines more", file, len(w)-len(g))
}

func TestDemoHasEverything(t *testing.T) {
	r := demo()
	t.Logf("%d findings, sent %v, withheld %v", len(r.Findings), r.Sent, r.Withheld)
	for _, o := range verify.Outcomes() {
		if r.Count(o) == 0 {
			t.Errorf("no finding is %s", o)
		}
		t.Log(o, r.Count(o), bySeverity(r, o))
	}
}
