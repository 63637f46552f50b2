package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsproof/corsproof/harness/conform"
)

func TestReadMatrixThatWasWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "matrix.json")
	for name, m := range map[string]conform.Matrix{"demo": demoMatrix(), "empty": {Version: conform.Version}} {
		text := written(t, MatrixJSON, m)
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := ReadMatrix(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if after := written(t, MatrixJSON, again); !bytes.Equal(text, after) {
			t.Errorf("%s changed when it was read", name)
		}
	}
	m := demoMatrix()
	if written(t, MatrixJSON, m); m.Libraries[0].Cells != nil {
		t.Error("the matrix itself was changed")
	}
}

func TestParseMatrixNamesTheFault(t *testing.T) {
	library := func(rest string) string {
		return `{"version": 1, "libraries": [{"name": "a"` + rest + `}]}`
	}
	for text, want := range map[string]string{
		``:                                    "m.json:1:1: unexpected end of JSON input",
		"{\n  \"version\": 1,,\n}":            "m.json:2:16: invalid character",
		`{"version": "1"}`:                    "m.json:1:15: json: cannot unmarshal string",
		`{"version": 1}`:                      "m.json: this is not a matrix",
		`{"libraries": []}`:                   "m.json: this is not a matrix",
		`{"version": 2, "libraries": []}`:     "m.json: it is a matrix of version 2, want 1",
		`{"version": 1, "findings": []}`:      "m.json: it is a report, want a matrix",
		`{"version": 1, "libraries": [7]}`:    "m.json:1:",
		library(`}, {"name": "a"`):            "m.json: library 2: a is there twice",
		library(`}, {"name": "../b"`):         `m.json: library 2: the name "../b" is not made of`,
		library(`, "cells": [{"id": "K01"}]`): `m.json: a, K01: the verdict "" is unknown`,
		library(`, "cells": [{"id": "K01", "verdict": "PASS", "wanted": "FINE"}]`):                           `m.json: a, K01: the verdict "FINE" is unknown`,
		library(`, "policies": [{"name": "p", "verdicts": [{"id": "K02", "verdict": "fail"}]}]`):             `m.json: a, policy p, K02: the verdict "fail" is unknown`,
		library(`, "policies": [{"name": "p", "findings": [{"id": "K02", "key": "k", "outcome": "fine"}]}]`): `m.json: a, policy p, finding 1, K02: the outcome "fine" is unknown`,
		`{"version": 1, "shard": {"index": 3, "of": 2}, "libraries": []}`:                                    "m.json: shard 3/2",
	} {
		if _, err := ParseMatrix("m.json", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	if _, err := ReadMatrix("not-there.json"); err == nil || !strings.Contains(err.Error(), "not-there.json") {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Parse("m.json", written(t, MatrixJSON, demoMatrix())); err == nil || err.Error() != "m.json: it is a matrix of libraries, want a report" {
		t.Errorf("a matrix as a report: %v", err)
	}
	if _, err := ParseMatrix("r.json", written(t, JSON, demo())); err == nil || err.Error() != "r.json: it is a report, want a matrix" {
		t.Errorf("a report as a matrix: %v", err)
	}
}

func TestMatrixSchema(t *testing.T) {
	schema := validator(t, "matrix.schema.json")
	document := written(t, MatrixJSON, demoMatrix())
	valid := func(data []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	for name, data := range map[string][]byte{"demo": document, "empty": written(t, MatrixJSON, conform.Matrix{Version: conform.Version})} {
		if err := valid(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, change := range [][2]string{
		{`"version": 1`, `"version": 2`},
		{`"libraries":`, `"librarys":`},
		{`"name": "rs-cors"`, `"name": "RS"`},
		{`"verdict": "FAIL-OPEN"`, `"verdict": "FAILS"`},
		{`"wanted": "PASS"`, `"wanted": "BEST"`},
		{`"state": "refused"`, `"state": "broken"`},
		{`"kind": "verbatim"`, `"kind": "wild"`},
		{`"started": "2026`, `"started": "yesterday 2026`},
		{`"outcome": "broken"`, `"outcome": "fine"`}, // in the schema of a report
		{`"sent": true`, `"sent": true, "more": 1`},
	} {
		changed := bytes.Replace(document, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, document) || valid(changed) == nil {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}

// The types and the schema have the same keys, and the schema has every verdict.
func TestMatrixSchemaHasEveryKey(t *testing.T) {
	s := schemaObjects(t, MatrixSchemaJSON())
	for name, c := range map[string]struct {
		typed reflect.Type
		said  schemaObject
	}{
		"matrix":  {reflect.TypeFor[conform.Matrix](), s.schemaObject},
		"library": {reflect.TypeFor[conform.Result](), s.Defs["library"]},
		"cell":    {reflect.TypeFor[conform.Cell](), s.Defs["cell"]},
		"policy":  {reflect.TypeFor[conform.ResultOfPolicy](), s.Defs["policy"]},
	} {
		sameKeys(t, name, c.typed, c.said)
	}
	var verdicts []conform.Verdict
	if err := json.Unmarshal(s.Defs["verdict"].Enum, &verdicts); err != nil || !reflect.DeepEqual(verdicts, conform.Verdicts()) {
		t.Errorf("the schema has %v, %v", verdicts, err)
	}
}
