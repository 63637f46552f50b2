//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package chrome

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// ownerFile is the file in a profile folder that says whose it is. The process that uses
// the folder holds a lock on it, which the kernel ends with the process, however the
// process ends: no number of a process is used again by chance.
const ownerFile = "corsproof-owner"

// own writes the file, and holds its lock until it is closed. The file gets its name when
// it is locked: nobody sees it before.
func own(profile string) (io.Closer, error) {
	path := filepath.Join(profile, ownerFile)
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make a profile: %w", err)
	}
	_, err = file.WriteString(strconv.Itoa(os.Getpid()) + "\n")
	if err == nil {
		err = lock(file)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("make a profile: %w", err)
	}
	return file, nil
}

// sweep removes the profile folders of processes that ended without doing so, such as by
// kill -9. Folders of others stay, and so does what cannot be removed.
func sweep() {
	owners, _ := filepath.Glob(filepath.Join(os.TempDir(), "chromedp-runner*", ownerFile)) // the pattern is right
	for _, owner := range owners {
		file, err := os.OpenFile(owner, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
		if err != nil {
			continue
		}
		if lock(file) == nil {
			empty(filepath.Dir(owner))
		}
		_ = file.Close()
	}
}

// empty removes a folder, and the file of its owner last: processes of a Chrome that is
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

// lock takes the lock of a file, if nobody has it.
func lock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
