package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/corsproof/corsproof/harness/verify"
)

// output is a file that a report goes to.
type output struct {
	flag, path string
	write      func(io.Writer, verify.Report) error
	appends    bool
}

// sameFile says whether two paths lead to one file, which need not be there yet.
func sameFile(a, b string) bool {
	if b == "" {
		return false
	}
	one, err := os.Stat(a)
	other, wrong := os.Stat(b)
	if err == nil && wrong == nil {
		return os.SameFile(one, other)
	}
	return filepath.Clean(a) == filepath.Clean(b)
}

// trial is how much must fit where a report will be.
const trial = 1 << 20

// try writes something where the report will be, and takes it away again.
func (o output) try() error {
	if !o.replaces() {
		file, err := os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		_, err = file.WriteString("\n")
		return errors.Join(err, file.Close())
	}
	file, err := o.create()
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, trial))
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

// replaces says whether the report takes the place of a file. It goes into anything
// else that stands there, such as a device, and to the end of a summary.
func (o output) replaces() bool {
	info, err := os.Stat(o.path)
	return !o.appends && (err != nil || info.Mode().IsRegular() || info.IsDir())
}

// place is where the file is that the report replaces: a link to it stays one.
func (o output) place() string {
	if target, err := filepath.EvalSymlinks(o.path); err == nil {
		return target
	}
	return o.path
}

// cause is an error without the name of the file.
func cause(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}

// create makes a file beside the one that it will replace.
func (o output) create() (*os.File, error) {
	if info, err := os.Stat(o.path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: want a file in it", o.path)
	}
	place := o.place()
	file, err := os.CreateTemp(filepath.Dir(place), "."+filepath.Base(place)+".*")
	if err != nil { // without the name of the temporary file
		return nil, fmt.Errorf("%s: %w", o.path, cause(err))
	}
	return file, file.Chmod(0o644)
}

// save writes the report. An older one stays whole until the new one is.
func (o output) save(r verify.Report) error {
	var text bytes.Buffer
	if err := o.write(&text, r); err != nil {
		return err
	}
	if !o.replaces() {
		file, err := os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND, 0o644)
		if err != nil {
			return err
		}
		_, err = text.WriteTo(file)
		return errors.Join(err, file.Close())
	}
	file, err := o.create()
	if err != nil {
		return err
	}
	_, err = text.WriteTo(file)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), o.place())
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
