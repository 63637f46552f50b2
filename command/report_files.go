package command

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/corsproof/corsproof/harness/finding"
)

// output is a file that a report is written to.
type output struct {
	flag, path string
	write      func(io.Writer, finding.Report) error
	appends    bool
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

// replaces says whether the report replaces the file at the path. It is written
// into anything else there, such as a device, and appended to a summary.
func (o output) replaces() bool {
	info, err := os.Stat(o.path)
	return !o.appends && (err != nil || info.Mode().IsRegular() || info.IsDir())
}

// save writes the report. An older report stays whole until the new one is
// complete.
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
