//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package process

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The folder of a process that has ended goes. Folders in use, and of others, stay.
func TestSweep(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	folder := func(name string) string {
		path := filepath.Join(temp, name)
		if err := os.MkdirAll(filepath.Join(path, "Default"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	dead, err := Own(folder("chromedp-runner1")) // closed, as the kernel does at its end
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	inUse, err := Own(folder("chromedp-runner2"))
	if err != nil {
		t.Fatal(err)
	}
	defer inUse.Close()
	folder("chromedp-runner3") // of another program
	other, err := Own(folder("another4"))
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	Sweep("chromedp-runner*")
	entries, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if !slices.Equal(left, []string{"another4", "chromedp-runner2", "chromedp-runner3"}) {
		t.Errorf("left: %v", left)
	}
}
