package finding

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile puts data in the place of a file. The old file is there until the new one is
// whole, and stays where anything goes wrong; then nothing else is left behind.
//
// The new file has the mode of the old one. Without an old one it has the mode that
// [os.Create] gives. A link stays a link: the file that it leads to is replaced.
//
// No library that was looked at does all of it: google/renameio is not for Windows,
// natefinch/atomic and tailscale.com/atomicfile replace a link, moby/sys/atomicwriter
// refuses one, and none of these three heeds the umask.
func WriteFile(path string, data []byte) error {
	next, err := newReplacement(path)
	if err != nil {
		return err
	}
	return next.finish(data, func() error { return os.Rename(next.file.Name(), next.place) })
}

// TryFile tells whether [WriteFile] could write that many bytes, and changes nothing.
func TryFile(path string, size int) error {
	next, err := newReplacement(path)
	if err != nil {
		return err
	}
	return next.finish(make([]byte, size), func() error { return os.Remove(next.file.Name()) })
}

// replacement is a file beside the one whose place it will take.
type replacement struct {
	path  string // as it was given
	place string // without links
	file  *os.File
	mode  fs.FileMode // zero: the mode that it has
}

// newReplacement creates the file, with its final mode or a stricter one.
func newReplacement(path string) (*replacement, error) {
	next := &replacement{path: path, place: followed(path)}
	created := fs.FileMode(0o666) // the umask takes from it
	switch old, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, next.fault(err)
	case old.IsDir():
		return nil, fmt.Errorf("%s is a folder: want a file in it", path)
	case !old.Mode().IsRegular():
		return nil, fmt.Errorf("%s is neither a file nor a folder: want a file", path)
	default:
		next.mode, created = old.Mode().Perm(), 0o600
	}
	name := filepath.Join(filepath.Dir(next.place), "."+filepath.Base(next.place)+"."+rand.Text()[:8])
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, created)
	if err != nil {
		return nil, next.fault(err)
	}
	next.file = file
	return next, nil
}

// finish writes the data and does the last step, or removes the file.
func (r *replacement) finish(data []byte, last func() error) error {
	_, err := r.file.Write(data)
	if r.mode != 0 {
		err = errors.Join(err, r.file.Chmod(r.mode))
	}
	// Without Sync, a crash of the system may leave an empty file in the place.
	if err = errors.Join(err, r.file.Sync(), r.file.Close()); err == nil {
		err = last()
	}
	if err != nil {
		return r.fault(errors.Join(err, os.Remove(r.file.Name())))
	}
	return nil
}

// fault is an error with the path as it was given. The name of the temporary file helps
// nobody.
func (r *replacement) fault(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	} else if at, ok := errors.AsType[*os.LinkError](err); ok {
		err = at.Err
	}
	return fmt.Errorf("%s: %w", r.path, err)
}

// followed is the path that a link leads to, and the path itself of anything else. The
// file at the end need not be there.
func followed(path string) string {
	const most = 40 // the same as on Linux; a longer chain is a circle, and no file
	for range most {
		target, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(target) { // not joined: .. may lead elsewhere where the folder is a link
			target = filepath.Dir(path) + string(filepath.Separator) + target
		}
		path = target
	}
	return path
}
