package command

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/conform"
)

// matrixFlags describe where a matrix goes.
type matrixFlags struct {
	html, markdown, jsonFile, junit string
	json, verbose                   bool
}

func (m *matrixFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&m.json, "json", false, "print the matrix as one JSON document instead of text")
	f.BoolVarP(&m.verbose, "verbose", "v", false, "list what passes, too")
}

func (m *matrixFlags) try() error { return nil }

func (m *matrixFlags) save(s streams, matrix conform.Matrix, previous *conform.Matrix) error {
	for _, l := range matrix.Libraries {
		fmt.Fprintf(s.out, "%s (%s %s) %.1fs %s\n", l.Name, l.Library, l.Version, l.Seconds, l.NotRun)
		for _, p := range l.Policies {
			if p.State == conform.Faulty {
				fmt.Fprintf(s.out, "  %s %s %s\n", p.Name, p.State, p.Text)
			}
		}
		for _, c := range l.Cells {
			fmt.Fprintf(s.out, "  %s %-15s %s %s\n", c.ID, c.Verdict, c.Policy, c.Why)
		}
	}
	fmt.Fprintf(s.out, "%d requests, %.1f s\n", matrix.Requests, matrix.Seconds)
	return nil
}

// matrixBar shows the progress of a run, if a person watches. The returned function
// removes the bar.
func (s streams) matrixBar(run *conform.Run) func() {
	if !s.watched {
		return func() {}
	}
	stop := s.progress("starting Chrome ...")
	var bar *progressbar.ProgressBar
	run.Progress = func(p conform.Progress) {
		if bar == nil {
			stop()
			bar = progressbar.NewOptions(p.All, progressbar.OptionSetWriter(s.err), progressbar.OptionShowCount(),
				progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true))
		}
		bar.Describe(p.Library + " " + p.Policy)
		_ = bar.Set(p.Done) // an error only spoils the picture
	}
	return func() {
		if bar == nil {
			stop()
			return
		}
		_ = bar.Finish()
	}
}
