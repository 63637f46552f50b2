package finding

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile replaces a file. The old file stays until the new one is complete. After an
// error the old file is unchanged, and no other file remains.
//
// The new file has the mode of the old one, or without an old one the mode that
// [os.Create] gives. A link stays a link: the file that it leads to is replaced.
//
// No known library does all of this: google/renameio does not support Windows,
// natefinch/atomic and tailscale.com/atomicfile replace a link, moby/sys/atomicwriter
// refuses a link, and the latter three ignore the umask.
func WriteFile(path string, data []byte) error {
	return ReplaceFile(path, writing(data))
}

// ReplaceFile is [WriteFile] for data that write writes: a large document is never in
// memory.
func ReplaceFile(path string, write func(io.Writer) error) error {
	next, err := newReplacement(path)
	if err != nil {
		return err
	}
	return next.finish(write, func() error { return os.Rename(next.file.Name(), next.place) })
}

// writing writes data.
func writing(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// TryFile says whether [WriteFile] could write that many bytes. It changes nothing.
func TryFile(path string, size int) error {
	next, err := newReplacement(path)
	if err != nil {
		return err
	}
	return next.finish(writing(make([]byte, size)), func() error { return os.Remove(next.file.Name()) })
}

// replacement is a temporary file beside the file that it will replace.
type replacement struct {
	path  string // as the caller gave it
	place string // after following links
	file  *os.File
	mode  fs.FileMode // zero: keep the mode of the new file
}

// newReplacement creates the file, with its final mode or a stricter one.
func newReplacement(path string) (*replacement, error) {
	next := &replacement{path: path, place: followed(path)}
	created := fs.FileMode(0o666) // before the umask
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

// finish lets write write the file, and does the last step. After an error it removes the file.
func (r *replacement) finish(write func(io.Writer) error, last func() error) error {
	out := bufio.NewWriter(r.file)
	err := errors.Join(write(out), out.Flush())
	if r.mode != 0 {
		err = errors.Join(err, r.file.Chmod(r.mode))
	}
	// Without Sync, a crash of the system may leave an empty file here.
	if err = errors.Join(err, r.file.Sync(), r.file.Close()); err == nil {
		err = last()
	}
	if err != nil {
		return r.fault(errors.Join(err, os.Remove(r.file.Name())))
	}
	return nil
}

// fault returns an error with the path that the caller gave. The name of the temporary
// file would not help. The name of a file that was read stays.
func (r *replacement) fault(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok && (r.file == nil || at.Path == r.file.Name()) {
		err = at.Err
	} else if at, ok := errors.AsType[*os.LinkError](err); ok {
		err = at.Err
	}
	return fmt.Errorf("%s: %w", r.path, err)
}

// followed returns the path that a link leads to, and any other path unchanged. The file
// at the end of a link may be missing.
func followed(path string) string {
	const most = 40 // the same as on Linux; a longer chain is a loop
	for range most {
		target, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(target) { // filepath.Join would be wrong: .. may lead to another place if the folder is a link
			target = filepath.Dir(path) + string(filepath.Separator) + target
		}
		path = target
	}
	return path
}
