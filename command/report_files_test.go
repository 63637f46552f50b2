package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/report"
)

// If the path of a report is a link, it stays a link.
func TestReportThroughLink(t *testing.T) {
	kept := fileOf(t, "kept.html", "old")
	link := filepath.Join(t.TempDir(), "report.html")
	if err := os.Symlink(kept, link); err != nil {
		t.Fatal(err)
	}
	o := output[finding.Report]{flag: "--html", path: link, write: report.HTML}
	if err := o.try(); err != nil {
		t.Fatal(err)
	}
	if err := o.save(finding.Report{Target: "https://api.example.com"}); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != kept {
		t.Errorf("the link leads to %q: %v", target, err)
	}
	if text, err := os.ReadFile(kept); err != nil || !strings.Contains(string(text), "https://api.example.com") {
		t.Errorf("%v\n%s", err, text)
	}
}

// If only the owner could read a report, only the owner can read the new one.
func TestReportKeepsMode(t *testing.T) {
	path := fileOf(t, "report.html", "old")
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	o := output[finding.Report]{flag: "--html", path: path, write: report.HTML}
	if err := errors.Join(o.try(), o.save(finding.Report{})); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v; want 0600", info.Mode(), err)
	}
}

// If a report cannot be written, the error names the report, not the temporary
// file.
func TestReportNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "report.html")
	err := output[finding.Report]{flag: "--html", path: path}.try()
	if err == nil || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("got %v", err)
	}
}
