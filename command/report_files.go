package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/corsproof/corsproof/harness/finding"
)

// output is a file that a document is written to, such as a report.
type output[T any] struct {
	flag, path string
	write      func(io.Writer, T) error
	appends    bool
}

// given returns the outputs that have a path.
func given[T any](list []output[T]) []output[T] {
	return slices.DeleteFunc(list, func(o output[T]) bool { return o.path == "" })
}

// tryAll makes sure, before anything is asked, that every document can be written, and
// that no document overwrites another one or an input.
func tryAll[T any](outputs []output[T], inputs ...string) error {
	var faults []error
	for i, o := range outputs {
		err := o.try()
		for _, input := range inputs {
			if o.replaces() && sameFile(o.path, input) {
				err = fmt.Errorf("%s would be overwritten: give another file", o.path)
			}
		}
		for _, other := range outputs[:i] {
			if o.replaces() && sameFile(o.path, other.path) {
				err = fmt.Errorf("%s is also the file of %s: give another file", o.path, other.flag)
			}
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", o.flag, err))
		}
	}
	return errors.Join(faults...)
}

// saveAll writes a document to every output. If one output fails, the others are still
// written.
func saveAll[T any](outputs []output[T], document T) error {
	var failed []error
	for _, o := range outputs {
		if err := o.save(document); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", o.flag, err))
		}
	}
	return errors.Join(failed...)
}

// sameFile says whether two paths lead to one file, which need not exist yet.
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

// trial is how many bytes must fit where a report will be.
const trial = 1 << 20

// try writes that many bytes where the report will be, and removes them.
func (o output[T]) try() error {
	if !o.replaces() {
		file, err := os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		_, err = file.WriteString("\n")
		return errors.Join(err, file.Close())
	}
	return finding.TryFile(o.path, trial)
}

// replaces says whether the report replaces the file at the path. It is written
// into anything else there, such as a device, and appended to a summary.
func (o output[T]) replaces() bool {
	info, err := os.Stat(o.path)
	return !o.appends && (err != nil || info.Mode().IsRegular() || info.IsDir())
}

// save writes the report. An older report stays whole until the new one is
// complete.
func (o output[T]) save(document T) error {
	if o.replaces() {
		return finding.ReplaceFile(o.path, func(w io.Writer) error { return o.write(w, document) })
	}
	var text bytes.Buffer // half a document must not be appended
	if err := o.write(&text, document); err != nil {
		return err
	}
	file, err := os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = text.WriteTo(file)
	return errors.Join(err, file.Close())
}
