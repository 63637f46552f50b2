//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package process

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Own writes the file, and holds its lock until it is closed. The file gets its name when
// it is locked: nobody sees it before.
func Own(profile string) (io.Closer, error) {
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

// take holds the file of an owner that has ended.
func take(owner string) (io.Closer, error) {
	file, err := os.OpenFile(owner, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// lock takes the lock of a file, if nobody has it.
func lock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
