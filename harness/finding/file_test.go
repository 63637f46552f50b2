package finding

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// given creates a file with a mode.
func given(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// wantFile checks the text and the mode of a file.
func wantFile(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if data, err := os.ReadFile(path); err != nil || string(data) != text {
		t.Errorf("%s: %q, %v; want %q", path, data, err, text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, mode)
	}
}

// Every mode of a file is kept.
func TestWriteFileKeepsMode(t *testing.T) {
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o666, 0o640, 0o444, 0o755} {
		folder := t.TempDir()
		path := filepath.Join(folder, "report.html")
		given(t, path, mode)
		if err := WriteFile(path, []byte("new")); err != nil {
			t.Error(err)
		}
		wantFile(t, path, "new", mode)
		alone(t, folder, 1)
	}
}

// A link stays a link, even one that leads through others, out of its folder, or to a
// missing file.
func TestWriteFileThroughLinks(t *testing.T) {
	for _, test := range []struct {
		name  string
		links map[string]string // target by place
		kept  string
		old   bool
	}{
		{"to a file", map[string]string{"report": "kept"}, "kept", true},
		{"to a file that is not there", map[string]string{"report": "kept"}, "kept", false},
		{"through another", map[string]string{"report": "latest", "latest": "kept"}, "kept", true},
		{"into a folder", map[string]string{"report": "real/kept"}, "real/kept", true},
		{"out of a linked folder", map[string]string{"linked": "real/deep", "real/deep/report": "../kept", "report": "linked/report"}, "real/kept", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.MkdirAll(filepath.Join(folder, "real", "deep"), 0o755); err != nil {
				t.Fatal(err)
			}
			for link, target := range test.links {
				if err := os.Symlink(filepath.FromSlash(target), filepath.Join(folder, link)); err != nil {
					t.Skip(err)
				}
			}
			kept := filepath.Join(folder, filepath.FromSlash(test.kept))
			given(t, kept, 0o600)
			if !test.old {
				if err := os.Remove(kept); err != nil {
					t.Fatal(err)
				}
			}
			if err := WriteFile(filepath.Join(folder, "report"), []byte("new")); err != nil {
				t.Error(err)
			}
			if data, err := os.ReadFile(kept); err != nil || string(data) != "new" {
				t.Errorf("%q, %v", data, err)
			}
			for link := range test.links {
				if info, err := os.Lstat(filepath.Join(folder, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
					t.Errorf("%s is not a link any more: %v, %v", link, info, err)
				}
			}
		})
	}
}

// After every error, the message has the path that the caller gave, the old file is
// unchanged, and no file is added.
func TestWriteFileFails(t *testing.T) {
	folder := t.TempDir()
	circle := filepath.Join(folder, "circle")
	if err := os.Symlink("circle", circle); err != nil {
		t.Skip(err)
	}
	full := filepath.Join(folder, "folder")
	if err := os.MkdirAll(filepath.Join(full, "not empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		full: " is a folder: want a file in it",
		filepath.Join(folder, "no such folder", "report.html"): ": ",
		circle: ": ",
	} {
		for what, err := range map[string]error{"write": WriteFile(path, []byte("new")), "try": TryFile(path, 10)} {
			if err == nil || !strings.HasPrefix(err.Error(), path+want) || strings.Contains(err.Error(), "."+filepath.Base(path)+".") {
				t.Errorf("%s %s: %v", what, path, err)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(full, "not empty")); err != nil {
		t.Error(err)
	}
	alone(t, folder, 2)
}

// TryFile changes nothing.
func TestTryFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "report.html")
	if err := TryFile(path, 1<<10); err != nil {
		t.Error(err)
	}
	alone(t, folder, 0)
	given(t, path, 0o640)
	if err := TryFile(path, 1<<10); err != nil {
		t.Error(err)
	}
	wantFile(t, path, "old", 0o640)
	alone(t, folder, 1)
}

// A baseline is written by WriteFile.
func TestBaselineWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline.yaml")
	b := Baseline{Entries: []Entry{{ID: "K13", Key: "/", Reason: "x"}}}
	text, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	given(t, path, 0o600)
	if err := b.Write(path); err != nil {
		t.Error(err)
	}
	wantFile(t, path, string(text), 0o600)
	path = filepath.Join(filepath.Dir(path), "no such folder", "baseline.yaml")
	if err := b.Write(path); err == nil || !strings.HasPrefix(err.Error(), "baseline: "+path+": ") {
		t.Errorf("got %v", err)
	}
}

// alone checks that no temporary file remains.
func alone(t *testing.T, folder string, want int) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != want {
		t.Errorf("%v, %v; want %d", entries, err, want)
	}
}
