package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/report"
)

// reportFlags say where a report goes.
type reportFlags struct {
	html, jsonFile, junit, sarif string
	json, github, verbose        bool
}

func (r *reportFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&r.json, "json", false, "print the report as one JSON document instead of text")
	f.BoolVarP(&r.verbose, "verbose", "v", false, "list what held, too")
	f.StringVar(&r.html, "html", "", "write the report as a page to this file")
	f.StringVar(&r.jsonFile, "json-file", "", "write the report as JSON to this file, which corsproof merge reads")
	f.StringVar(&r.junit, "junit", "", "write the report as JUnit XML to this file")
	f.StringVar(&r.sarif, "sarif", "", "write the report as SARIF to this file")
	f.BoolVar(&r.github, "github", false, "print annotations for GitHub Actions, and add to $GITHUB_STEP_SUMMARY")
}

// output is a file that a report goes to.
type output struct {
	flag, path string
	write      func(io.Writer, finding.Report) error
	appends    bool
}

func (r *reportFlags) outputs() []output {
	list := []output{
		{"--html", r.html, report.HTML, false},
		{"--json-file", r.jsonFile, report.JSON, false},
		{"--junit", r.junit, report.JUnit, false},
		{"--sarif", r.sarif, report.SARIF, false},
	}
	if r.github {
		list = append(list, output{"GITHUB_STEP_SUMMARY", os.Getenv("GITHUB_STEP_SUMMARY"), report.Summary, true})
	}
	var given []output
	for _, o := range list {
		if o.path != "" {
			given = append(given, o)
		}
	}
	return given
}

// try makes sure that every report can be written, before anything is asked, and that
// none takes the place of another or of what was read.
func (r *reportFlags) try(inputs ...string) error {
	var faults []error
	outputs := r.outputs()
	for i, o := range outputs {
		err := o.try()
		for _, input := range inputs {
			if o.replaces() && sameFile(o.path, input) {
				err = fmt.Errorf("%s would be overwritten: want another file", o.path)
			}
		}
		for _, other := range outputs[:i] {
			if o.replaces() && sameFile(o.path, other.path) {
				err = fmt.Errorf("%s is the file of %s, too: want another one", o.path, other.flag)
			}
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", o.flag, err))
		}
	}
	return errors.Join(faults...)
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

// save writes the report everywhere, and prints it. What cannot be written does not keep
// the rest from being written.
func (r *reportFlags) save(found finding.Report) error {
	var failed []error
	for _, o := range r.outputs() {
		if err := o.save(found); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", o.flag, err))
		}
	}
	annotations := io.Writer(os.Stdout)
	if r.json {
		failed = append(failed, report.JSON(os.Stdout, found))
		annotations = os.Stderr
	} else {
		failed = append(failed, r.printText(found))
	}
	if r.github {
		failed = append(failed, report.Annotations(annotations, found))
	}
	return errors.Join(failed...)
}

// printText prints for a person. On GitHub what a server sends could begin a line, and be
// a command there: no line is one until the word comes that nobody can guess.
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#stopping-and-starting-workflow-commands
func (r *reportFlags) printText(found finding.Report) error {
	t := text(r.verbose)
	if !r.github {
		return t.Report(os.Stdout, found)
	}
	word := rand.Text()
	_, err := fmt.Println("::stop-commands::" + word)
	err = errors.Join(err, t.Report(os.Stdout, found))
	_, again := fmt.Println("::" + word + "::")
	return errors.Join(err, again)
}

// text is how texts are written here.
func text(verbose bool) report.Text {
	style := harness.PlainText
	if colors() {
		style = harness.ANSIColors
	}
	return report.Text{Style: style, Verbose: verbose}
}
