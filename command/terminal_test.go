package command

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/verify"
)

// Progress is for a person: a file gets none of it.
func TestProgress(t *testing.T) {
	for _, watched := range []bool{false, true} {
		var out, err bytes.Buffer
		s := streams{out: &out, err: &err, watched: watched}
		s.progress("asking")()
		var run verify.Run
		stop := s.bar(&run)
		if run.Progress != nil {
			run.Progress(verify.Progress{Done: 1, All: 2, Finding: finding.Finding{Outcome: finding.Broken}})
		}
		stop()
		shown := strings.Contains(err.String(), "asking\r\x1b[K") && strings.Contains(err.String(), "1 broken")
		if shown != watched || (err.Len() > 0) != watched || out.Len() > 0 {
			t.Errorf("watched %v: %q, %q", watched, out.String(), err.String())
		}
	}
}

// A run of libraries takes long: a log gets a line every minute.
func TestMatrixProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var err bytes.Buffer
		var run conform.Run
		defer streams{err: &err}.matrixBar(&run)()
		for done := range 4 {
			time.Sleep(logged / 2) // of fake time: the subject
			run.Progress(conform.Progress{Done: done + 1, All: 4, Library: "rs-cors"})
		}
		want := "2 of 4 policies are done, the last with rs-cors\n4 of 4 policies are done, the last with rs-cors\n"
		if err.String() != want {
			t.Errorf("%q, want %q", err.String(), want)
		}
	})
}

// A file is not a terminal: it gets no colours, and nobody watches it.
func TestStreamsOfFiles(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if s := streamsOf(file, file, file); s.colors || s.watched {
		t.Errorf("%+v", s)
	}
}

// What a stream shows: NO_COLOR before CLICOLOR_FORCE, and both before the terminal. The flag
// is before all of them.
func TestColors(t *testing.T) {
	for _, c := range []struct {
		variables string
		terminal  bool
		flag      colorFlag
		want      bool
	}{
		{"", true, colorAuto, true},
		{"", false, colorAuto, false},
		{"TERM=dumb", true, colorAuto, false},
		{"NO_COLOR=1", true, colorAuto, false},
		{"CLICOLOR_FORCE=1", false, colorAuto, true},
		{"CLICOLOR_FORCE=1 TERM=dumb", false, colorAuto, true},
		{"CLICOLOR_FORCE=0", false, colorAuto, false},
		{"CLICOLOR_FORCE=1 NO_COLOR=1", true, colorAuto, false},
		{"NO_COLOR=1", false, colorAlways, true},
		{"", true, colorNever, false},
	} {
		getenv := func(name string) string {
			for _, v := range strings.Fields(c.variables) {
				if value, ok := strings.CutPrefix(v, name+"="); ok {
					return value
				}
			}
			return ""
		}
		s := streams{colors: showsColors(getenv, c.terminal), color: &c.flag}
		if got := s.style() == harness.ANSIColors; got != c.want {
			t.Errorf("%q, a terminal: %t, --color %s: colours: %t", c.variables, c.terminal, c.flag, got)
		}
	}
}

// The flag --color reaches every verb.
func TestColorFlag(t *testing.T) {
	file := fileOf(t, "report.json", `{"version": 1, "findings": [{"id": "K13", "key": "/", "side": "forbidden", "outcome": "broken", "severity": "low"}]}`)
	colored := run(t, "merge", file, "--color", "always")
	plain := run(t, "--color", "never", "merge", file)
	if !strings.Contains(colored.stdout, "\x1b[31m1 thing to change (1 probe)\x1b[0m") || strings.Contains(plain.stdout, "\x1b") || plain.status != exitBlocked {
		t.Errorf("%q\n%q", colored.stdout, plain.stdout)
	}
	if got := run(t, "merge", file, "--color", "sometimes"); got.status != exitUsage || !strings.Contains(got.stderr, "auto|always|never") {
		t.Errorf("%+v", got)
	}
}
