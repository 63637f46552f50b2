package process

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Own makes the file, and holds it until it is closed. Others may remove it meanwhile, and
// not open it.
func Own(profile string) (io.Closer, error) {
	held, err := open(filepath.Join(profile, ownerFile), windows.GENERIC_WRITE, windows.CREATE_NEW)
	if err != nil {
		return nil, fmt.Errorf("make a profile: %w", err)
	}
	return held, nil
}

// take holds the file of an owner that has ended.
func take(owner string) (io.Closer, error) {
	return open(owner, windows.GENERIC_READ, windows.OPEN_EXISTING)
}

// open opens a file that nobody else has open.
// https://learn.microsoft.com/en-us/windows/win32/fileio/creating-and-opening-files
func open(path string, access, how uint32) (io.Closer, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const noLink = windows.FILE_FLAG_OPEN_REPARSE_POINT
	handle, err := windows.CreateFile(name, access, windows.FILE_SHARE_DELETE, nil, how, windows.FILE_ATTRIBUTE_NORMAL|noLink, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
}
