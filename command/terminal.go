package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/harness/verify"
)

// streams are the streams of a verb.
type streams struct {
	in       io.Reader
	out, err io.Writer
	colors   bool       // out shows colours, unless --color says otherwise
	color    *colorFlag // nil: auto
	width    int        // columns of the terminal that out is; 0: out is no terminal
	watched  bool       // err is a terminal: a person watches
	typed    bool       // in is a terminal: a person answers
}

// colorFlag is the value of --color.
type colorFlag string

// The values of --color.
const (
	colorAuto   colorFlag = "auto"
	colorAlways colorFlag = "always"
	colorNever  colorFlag = "never"
)

// add adds the flag to a command and to its verbs.
func (f *colorFlag) add(c *cobra.Command) {
	*f = colorAuto
	v := &choice[colorFlag]{target: f, allowed: []colorFlag{colorAuto, colorAlways, colorNever}}
	c.PersistentFlags().Var(v, "color", "whether standard output has colours")
	// The only possible error is that the flag does not exist.
	_ = c.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(v.words(), cobra.ShellCompDirectiveNoFileComp))
}

// streamsOf returns the streams of a process.
func streamsOf(in, out, err *os.File) streams {
	terminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	s := streams{in: in, out: out, err: err, colors: showsColors(os.Getenv, terminal(out)), watched: terminal(err), typed: terminal(in)}
	if columns, _, err := term.GetSize(int(out.Fd())); err == nil && columns > 0 {
		s.width = report.Columns(columns)
	}
	return s
}

// showsColors says whether a stream shows colours.
// https://no-color.org, https://bixense.com/clicolors
func showsColors(getenv func(string) string, terminal bool) bool {
	switch force := getenv("CLICOLOR_FORCE"); {
	case getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return getenv("TERM") != "dumb" && terminal
}

// style is how a transcript is printed on standard output.
func (s streams) style() harness.Style {
	colors := s.colors
	if s.color != nil && *s.color != colorAuto {
		colors = *s.color == colorAlways
	}
	if colors {
		return harness.ANSIColors
	}
	return harness.PlainText
}

// text is how a report is printed on standard output.
func (s streams) text(verbose bool) report.Text {
	return report.Text{Style: s.style(), Width: s.width, Verbose: verbose}
}

// progress shows a line on standard error while something takes its time, if a
// person watches. The returned function removes the line.
func (s streams) progress(text string) func() {
	if !s.watched {
		return func() {}
	}
	fmt.Fprint(s.err, text)
	return func() { fmt.Fprint(s.err, "\r\x1b[K") }
}

// bar shows the progress of a run, if a person watches. The returned function
// removes the bar.
func (s streams) bar(run *verify.Run) func() {
	if !s.watched {
		return func() {}
	}
	stop := s.progress("starting the browser ...")
	var bar *progressbar.ProgressBar
	broken := 0
	run.Progress = func(p verify.Progress) {
		if bar == nil {
			stop()
			bar = s.newBar(p.All)
		}
		if p.Finding.Outcome == finding.Broken || p.Finding.Outcome == finding.Flaky {
			broken++
		}
		bar.Describe(fmt.Sprintf("%d broken", broken))
		_ = bar.Set(p.Done) // an error only spoils the picture
	}
	return func() {
		stop()
		if bar != nil {
			_ = bar.Clear()
		}
	}
}

// writeJoined writes one JSON document with the keys of two objects.
func writeJoined(w io.Writer, first, more any) error {
	keys, err := json.Marshal(first)
	if err != nil {
		return err
	}
	added, err := json.Marshal(more)
	if err != nil {
		return err
	}
	document := slices.Concat(keys[:len(keys)-1], []byte(","), added[1:])
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(json.RawMessage(document))
}

// onOneLine prints the JSON document that a function writes on one line.
func onOneLine(w io.Writer, write func(io.Writer) error) error {
	var document, line bytes.Buffer
	if err := write(&document); err != nil {
		return err
	}
	if err := json.Compact(&line, document.Bytes()); err != nil {
		return err
	}
	line.WriteByte('\n')
	_, err := line.WriteTo(w)
	return err
}

// writeJSON writes one JSON document, indented, since people read it too.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// logged is how often a log gets a line while libraries are asked: some CI services end a
// job that prints nothing for ten minutes.
const logged = time.Minute

// matrixBar shows the progress of a run of libraries: a bar to a person who watches, a line
// every minute to a log. The returned function removes the bar.
func (s streams) matrixBar(run *conform.Run) func() {
	if !s.watched {
		last := time.Now()
		run.Progress = func(p conform.Progress) {
			if now := time.Now(); now.Sub(last) >= logged {
				last = now
				fmt.Fprintf(s.err, "%d of %d policies are done, the last with %s\n", p.Done, p.All, p.Library)
			}
		}
		return func() {}
	}
	stop := s.progress("starting the browser ...")
	var bar *progressbar.ProgressBar
	run.Progress = func(p conform.Progress) {
		if bar == nil {
			stop()
			bar = s.newBar(p.All)
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

// newBar is a bar of a number of steps, which disappears at its end.
func (s streams) newBar(all int) *progressbar.ProgressBar {
	return progressbar.NewOptions(all, append(s.barOptions(), progressbar.OptionShowCount())...)
}

// barOptions are the options of every bar.
func (s streams) barOptions() []progressbar.Option {
	return []progressbar.Option{progressbar.OptionSetWriter(s.err), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100 * time.Millisecond), progressbar.OptionSetPredictTime(true)}
}
