package command

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/report"
)

// reportFlags describe where a report goes.
type reportFlags struct {
	html, jsonFile, junit, sarif, markdown string
	json, github, verbose                  bool
	line                                   bool // --json prints each document on a line
	failOn                                 finding.Severity
	// writeJSON, unless nil, writes JSON in place of [report.JSON].
	writeJSON func(io.Writer, finding.Report) error
}

// listsAll says whether an output other than JSON lists every finding, also what held.
func (r *reportFlags) listsAll() bool {
	return r.html != "" || r.junit != "" || r.verbose && !r.json
}

// asJSON writes a report as JSON.
func (r *reportFlags) asJSON(w io.Writer, found finding.Report) error {
	if r.writeJSON != nil {
		return r.writeJSON(w, found)
	}
	return report.JSON(w, found)
}

func (r *reportFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&r.json, "json", false, "print the report as one JSON document instead of text")
	f.BoolVarP(&r.verbose, "verbose", "v", false, "also list the probes that held")
	f.StringVar(&r.html, "html", "", "write the report as a page to this file")
	f.StringVar(&r.jsonFile, "json-file", "", "write the report as JSON to this file, which corsproof merge reads")
	f.StringVar(&r.junit, "junit", "", "write the report as JUnit XML to this file")
	f.StringVar(&r.sarif, "sarif", "", "write the report as SARIF to this file")
	f.StringVar(&r.markdown, "markdown", "", "write the report as Markdown to this file")
	choiceVar(c, &r.failOn, "fail-on", "", "the lowest severity that makes the exit status 1 (default: low)", finding.Severities()...)
	f.BoolVar(&r.github, "github", false, "print annotations for GitHub Actions, and add to $GITHUB_STEP_SUMMARY")
}

func (r *reportFlags) outputs() []output[finding.Report] {
	list := []output[finding.Report]{
		{"--html", r.html, report.HTML, false},
		{"--json-file", r.jsonFile, r.asJSON, false},
		{"--junit", r.junit, report.JUnit, false},
		{"--sarif", r.sarif, report.SARIF, false},
		{"--markdown", r.markdown, report.Markdown, false},
	}
	if r.github {
		list = append(list, output[finding.Report]{"GITHUB_STEP_SUMMARY", os.Getenv("GITHUB_STEP_SUMMARY"), report.Markdown, true})
	}
	return given(list)
}

// try makes sure, before anything is asked, that every report can be written, and
// that no report overwrites another report or an input.
func (r *reportFlags) try(inputs ...string) error { return tryAll(r.outputs(), inputs...) }

// save writes the report to every output, and prints it. If one output fails, the
// others are still written.
func (r *reportFlags) save(s streams, found finding.Report) error {
	failed := []error{saveAll(r.outputs(), found)}
	annotations := s.out
	if r.json {
		failed = append(failed, r.printJSON(s.out, found))
		annotations = s.err
	} else {
		failed = append(failed, r.printText(s, found))
	}
	if r.github {
		failed = append(failed, report.Annotations(annotations, found))
	}
	return errors.Join(failed...)
}

// printJSON prints the report as JSON.
func (r *reportFlags) printJSON(w io.Writer, found finding.Report) error {
	write := func(w io.Writer) error { return r.asJSON(w, found) }
	if r.line {
		return onOneLine(w, write)
	}
	return write(w)
}

// printText prints for a person. On GitHub a line that a server sent could be a
// command. The first line switches commands off, until a word comes that nobody
// can guess.
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#stopping-and-starting-workflow-commands
func (r *reportFlags) printText(s streams, found finding.Report) error {
	t := s.text(r.verbose)
	if !r.github {
		return t.Report(s.out, found)
	}
	word := rand.Text()
	_, err := fmt.Fprintln(s.out, "::stop-commands::"+word)
	err = errors.Join(err, t.Report(s.out, found))
	_, again := fmt.Fprintln(s.out, "::"+word+"::")
	return errors.Join(err, again)
}
