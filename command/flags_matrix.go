package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/report"
)

// matrixFlags describe where a matrix goes.
type matrixFlags struct {
	html, findings            string // folders
	markdown, jsonFile, junit string
	since                     string
	json, verbose             bool
}

func (m *matrixFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&m.json, "json", false, "print the matrix as one JSON document instead of text")
	f.BoolVarP(&m.verbose, "verbose", "v", false, "also list the behaviours that pass")
	f.StringVar(&m.html, "html", "", "write pages to this folder: index.html with the matrix, and a page for each library")
	f.StringVar(&m.markdown, "markdown", "", "write the matrix as Markdown to this file")
	f.StringVar(&m.jsonFile, "json-file", "", "write the matrix as JSON to this file, which --from and --since read")
	f.StringVar(&m.junit, "junit", "", "write the matrix as JUnit XML to this file")
	f.StringVar(&m.findings, "findings", "", "write a Markdown report to this folder for each library that fails a behaviour of level must")
	f.StringVar(&m.since, "since", "", "an earlier matrix as JSON: the pages begin with what changed since")
}

// matrixOutput is a file that a matrix is written to.
type matrixOutput struct {
	flag, path string
	write      func(io.Writer, conform.Matrix) error
}

func (m *matrixFlags) outputs() []matrixOutput {
	var given []matrixOutput
	for _, o := range []matrixOutput{
		{"--markdown", m.markdown, report.MatrixMarkdown},
		{"--json-file", m.jsonFile, report.MatrixJSON},
		{"--junit", m.junit, report.MatrixJUnit},
	} {
		if o.path != "" {
			given = append(given, o)
		}
	}
	return given
}

// try makes sure, before anything is asked, that every output can be written, and that no
// output overwrites another one or an input.
func (m *matrixFlags) try(inputs ...string) error {
	var faults []error
	outputs := m.outputs()
	for i, o := range outputs {
		if err := finding.TryFile(o.path, trial); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", o.flag, err))
		}
		for _, other := range outputs[:i] {
			if sameFile(o.path, other.path) {
				faults = append(faults, fmt.Errorf("%s: %s is also the file of %s: give another file", o.flag, o.path, other.flag))
			}
		}
		for _, input := range inputs {
			if sameFile(o.path, input) {
				faults = append(faults, fmt.Errorf("%s: %s would be overwritten: give another file", o.flag, o.path))
			}
		}
	}
	for flag, folder := range map[string]string{"--html": m.html, "--findings": m.findings} {
		if folder == "" {
			continue
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", flag, err))
		} else if err := finding.TryFile(filepath.Join(folder, "index.html"), trial); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", flag, err))
		}
	}
	return errors.Join(faults...)
}

// earlier reads the matrix to compare with. It is nil where there is none.
func (m *matrixFlags) earlier() (*conform.Matrix, error) {
	if m.since == "" {
		return nil, nil
	}
	earlier, err := report.ReadMatrix(m.since)
	if err != nil {
		return nil, fmt.Errorf("--since: %w", err)
	}
	return &earlier, nil
}

// save writes the matrix to every output, and prints it. If one output fails, the others
// are still written.
func (m *matrixFlags) save(s streams, matrix conform.Matrix, earlier *conform.Matrix) error {
	var failed []error
	for _, o := range m.outputs() {
		var text bytes.Buffer
		err := o.write(&text, matrix)
		if err == nil {
			err = finding.WriteFile(o.path, text.Bytes())
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", o.flag, err))
		}
	}
	if m.html != "" {
		pages, err := report.MatrixPages(matrix, earlier)
		failed = append(failed, err, writeFolder("--html", m.html, pages))
	}
	if m.findings != "" {
		texts := map[string][]byte{}
		for name, text := range report.WriteUps(matrix) {
			texts[name+".md"] = text
		}
		failed = append(failed, writeFolder("--findings", m.findings, texts))
	}
	if m.json {
		failed = append(failed, report.MatrixJSON(s.out, matrix))
	} else {
		failed = append(failed, s.text(m.verbose).Matrix(s.out, matrix))
	}
	return errors.Join(failed...)
}

// writeFolder writes files into a folder. A file without text is removed if an earlier run
// wrote it. Other files in the folder stay.
func writeFolder(flag, folder string, files map[string][]byte) error {
	var failed []error
	for name, text := range files {
		name = filepath.Join(folder, name)
		write := finding.WriteFile
		if len(text) == 0 {
			write = removeWritten
		}
		if err := write(name, text); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", flag, err))
		}
	}
	return errors.Join(failed...)
}

// removeWritten removes a text that an earlier run wrote. It keeps a file of somebody else,
// which does not name the program.
func removeWritten(name string, _ []byte) error {
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !bytes.Contains(text, []byte("`corsproof conform")):
		return nil
	}
	return os.Remove(name)
}
