package command

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
