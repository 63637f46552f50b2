package command

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

// A library that cannot be built keeps no other from being built: where all together fail,
// each is tried alone.
func TestABuildThatFailsIsFound(t *testing.T) {
	dir := t.TempDir()
	for path, text := range map[string]string{
		"cobol/run":   "exit 1\n",
		"cobol/setup": "for name; do [ $name != bad ] || { echo the compiler fails >&2; exit 4; }; done\n",
		"cobol/bad/x": "", "cobol/good/x": "", "fortran/run": "", "fortran/old/x": "",
		"fortran/setup": "echo install gfortran >&2; exit 3\n",
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := (&conformOptions{libraries: dir}).shelf(finding.Shard{})
	if err != nil {
		t.Fatal(err)
	}
	failed := b.build(t.Context(), streams{err: io.Discard})
	for name, want := range map[string]string{"bad": "the compiler fails", "good": "", "old": "install gfortran"} {
		got := ""
		if failed[name] != nil {
			got = failed[name].Error()
		}
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	got := end(t, (&conformOptions{libraries: dir, names: []string{"fortran"}}).run)
	if got.status != 3 || !strings.Contains(got.stdout, "install gfortran") {
		t.Errorf("status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
}
