package report

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/internal/source"
)

//go:embed matrix.schema.json
var matrixSchemaJSON string

// MatrixSchemaJSON returns the JSON Schema (draft 2020-12) of what [MatrixJSON] writes. It
// refers to the schema of a report, [SchemaJSON].
func MatrixSchemaJSON() []byte { return []byte(matrixSchemaJSON) }

// MatrixJSON writes the Matrix as one document, with the whole values.
func MatrixJSON(w io.Writer, m conform.Matrix) error {
	m.Libraries = slices.Clone(m.Libraries)
	if m.Libraries == nil { // null would not be a list
		m.Libraries = []conform.Result{}
	}
	for i := range m.Libraries {
		r := &m.Libraries[i]
		if r.Cells == nil {
			r.Cells = []conform.Cell{}
		}
		r.Policies = slices.Clone(r.Policies)
		if r.Policies == nil {
			r.Policies = []conform.ResultOfPolicy{}
		}
		for j := range r.Policies {
			if r.Policies[j].Verdicts == nil {
				r.Policies[j].Verdicts = []conform.Cell{}
			}
		}
	}
	return writeJSON(w, m)
}

// ReadMatrix reads a document that [MatrixJSON] wrote.
func ReadMatrix(file string) (conform.Matrix, error) {
	data, err := source.ReadFile(file, maxDocument)
	if err != nil {
		return conform.Matrix{}, err // the error names the file
	}
	return ParseMatrix(file, data)
}

// ParseMatrix reads a document. name is the file name for errors. A version or a verdict
// that this program does not know is an error.
func ParseMatrix(name string, data []byte) (conform.Matrix, error) {
	kind, err := kindOf(name, data)
	switch {
	case err != nil:
		return conform.Matrix{}, err
	case kind.Findings != nil:
		return conform.Matrix{}, fmt.Errorf("%s: it is a report, want a matrix", name)
	case kind.Version == nil || kind.Libraries == nil:
		return conform.Matrix{}, fmt.Errorf("%s: this is not a matrix: it has no version or no libraries", name)
	case *kind.Version != conform.Version:
		return conform.Matrix{}, fmt.Errorf("%s: it is a matrix of version %d, want %d", name, *kind.Version, conform.Version)
	}
	var m conform.Matrix
	if err := decode(name, data, &m); err != nil {
		return conform.Matrix{}, err
	}
	if err := checkMatrix(m); err != nil {
		return conform.Matrix{}, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// documentKind has the keys by which the documents of this package are told apart.
type documentKind struct {
	Version     *int            `json:"version"`
	Findings    json.RawMessage `json:"findings"`
	Differences json.RawMessage `json:"differences"`
	Libraries   json.RawMessage `json:"libraries"`
}

// kindOf reads the keys by which documents are told apart.
func kindOf(name string, data []byte) (documentKind, error) {
	var kind documentKind
	return kind, decode(name, data, &kind)
}

// decode reads JSON. Its error has the place of the fault.
func decode(name string, data []byte, v any) error {
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s%s: %w", name, placeOf(data, err), err)
	}
	return nil
}
