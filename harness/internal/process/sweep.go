package process

import (
	"os"
	"path/filepath"
)

// ownerFile is the file in a profile folder that says whose it is. The process that uses
// the folder holds the file so that no other process can, which the kernel ends with the
// process, however the process ends: no number of a process is used again by chance.
const ownerFile = "corsproof-owner"

// Sweep removes the profile folders of processes that ended without doing so, such as by
// Kill -9. Folders of others stay, and so does what cannot be removed.
func Sweep(pattern string) {
	owners, _ := filepath.Glob(filepath.Join(os.TempDir(), pattern, ownerFile)) // the pattern is right
	for _, owner := range owners {
		if held, err := take(owner); err == nil {
			empty(filepath.Dir(owner))
			_ = held.Close()
		}
	}
}

// empty removes a folder, and the file of its owner last: processes of a browser that is
// just ending may still write there, and the next sweep has to find the folder again.
func empty(folder string) {
	entries, _ := os.ReadDir(folder) // it may be gone
	for _, e := range entries {
		if e.Name() == ownerFile {
			continue
		}
		if os.RemoveAll(filepath.Join(folder, e.Name())) != nil {
			return
		}
	}
	_ = os.RemoveAll(folder)
}
