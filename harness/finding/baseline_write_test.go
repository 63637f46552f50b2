package finding

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestBaselineWrite(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "baseline.yaml")
	b := Baseline{Entries: []Entry{{"K13", "/", "x"}}}
	want, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, mode fs.FileMode) {
		t.Helper()
		if err := b.Write(path); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		data, err := os.ReadFile(path)
		if err != nil || string(data) != string(want) {
			t.Errorf("%s: %q, %v", what, data, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %v", what, info.Mode(), err, mode)
		}
	}
	check("new", 0o644)
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	check("over the old one", 0o600)
	link := filepath.Join(folder, "link.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	path = link
	check("through a link", 0o600)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	alone(t, folder, 2)
}

// Whatever goes wrong, the old file stays, and nothing else.
func TestBaselineWriteFails(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "baseline.yaml")
	if err := os.MkdirAll(filepath.Join(path, "not empty"), 0o755); err != nil { // cannot be replaced by a file
		t.Fatal(err)
	}
	if err := (Baseline{}).Write(path); err == nil {
		t.Error("a folder was replaced")
	}
	if _, err := os.Stat(filepath.Join(path, "not empty")); err != nil {
		t.Error(err)
	}
	alone(t, folder, 1)
	if err := (Baseline{}).Write(filepath.Join(folder, "no such folder", "baseline.yaml")); err == nil {
		t.Error("a folder was made")
	}
}

// alone wants no temporary file to be left.
func alone(t *testing.T, folder string, want int) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != want {
		t.Errorf("%v, %v; want %d", entries, err, want)
	}
}
