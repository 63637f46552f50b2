package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/source"
)

//go:embed schema.json
var schemaJSON string

// SchemaJSON returns the JSON Schema (draft 2020-12) of what [JSON] writes.
func SchemaJSON() []byte { return []byte(schemaJSON) }

// document is a Report with its problems, which a reader of the JSON need not compute.
type document struct {
	Problems []finding.Problem `json:"problems"`
	finding.Report
}

// JSON writes the Report as one document, with the whole values and the problems of the
// findings.
func JSON(w io.Writer, r finding.Report) error {
	return JSONStream(w, r, finding.SourceOf(finding.Part{Report: r}).Findings())
}

// maxDocument is the largest size in bytes of a document to read.
const maxDocument = 1 << 30

// Read reads a document that [JSON] wrote.
func Read(file string) (finding.Report, error) {
	data, err := source.ReadFile(file, maxDocument)
	if err != nil {
		return finding.Report{}, err // the error names the file
	}
	return Parse(file, data)
}

// Parse reads a document. name is the file name for errors.
func Parse(name string, data []byte) (finding.Report, error) {
	kind, err := kindOf(name, data)
	switch {
	case err != nil:
		return finding.Report{}, err
	case kind.Libraries != nil:
		return finding.Report{}, fmt.Errorf("%s: it is a matrix of libraries, want a report", name)
	case kind.Differences != nil:
		return finding.Report{}, fmt.Errorf("%s: it is a comparison, want a report", name)
	case kind.Version == nil || kind.Findings == nil:
		return finding.Report{}, fmt.Errorf("%s: this is not a report: it has no version or no findings", name)
	case *kind.Version != finding.Version:
		return finding.Report{}, fmt.Errorf("%s: it is a report of version %d, want %d", name, *kind.Version, finding.Version)
	}
	var r finding.Report
	if err := decode(name, data, &r); err != nil {
		return finding.Report{}, err
	}
	if err := check(r); err != nil {
		return finding.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// check finds faults that no run writes.
func check(r finding.Report) error {
	var faults []error
	if r.FailOn != "" && !slices.Contains(finding.Severities(), r.FailOn) {
		faults = append(faults, fmt.Errorf("failOn: the severity %q is unknown", r.FailOn))
	}
	if s := r.Shard; s != nil && (s.Index < 1 || s.Index > s.Of) {
		faults = append(faults, fmt.Errorf("shard %d of %d: there is none", s.Index, s.Of))
	}
	for i, f := range r.Findings {
		faults = append(faults, checkFinding(fmt.Sprintf("finding %d", i+1), f))
	}
	return errors.Join(faults...)
}

// checkFinding finds a fault that no run writes. where is the place of the finding.
func checkFinding(where string, f finding.Finding) error {
	switch {
	case f.ID == "" || f.Key == "":
		return fmt.Errorf("%s: it has no id or no key", where)
	case !slices.Contains(finding.Outcomes(), f.Outcome):
		return fmt.Errorf("%s, %s: the outcome %q is unknown", where, f.ID, f.Outcome)
	case f.Line < 0:
		return fmt.Errorf("%s, %s: the line is %d", where, f.ID, f.Line)
	case f.Severity != "" && !slices.Contains(finding.Severities(), f.Severity):
		return fmt.Errorf("%s, %s: the severity %q is unknown", where, f.ID, f.Severity)
	}
	return nil
}

// placeOf returns the place of an error in a document, as :line:column.
func placeOf(data []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var at int64
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	default:
		return ""
	}
	before := data[:min(max(int(at)-1, 0), len(data))]
	return fmt.Sprintf(":%d:%d", bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
}
