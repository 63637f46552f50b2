package command

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/corsproof/corsproof/harness/finding"
)

// output is a file that a report goes to.
type output struct {
	flag, path string
	write      func(io.Writer, finding.Report) error
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
	return finding.TryFile(o.path, trial)
}

// replaces says whether the report takes the place of a file. It goes into anything
// else that stands there, such as a device, and to the end of a summary.
func (o output) replaces() bool {
	info, err := os.Stat(o.path)
	return !o.appends && (err != nil || info.Mode().IsRegular() || info.IsDir())
}

// save writes the report. An older one stays whole until the new one is.
func (o output) save(r finding.Report) error {
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
	return finding.WriteFile(o.path, text.Bytes())
}
