package report

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/internal/schematest"
)

// written returns a document as a format writes it.
func written[T any](t *testing.T, format func(io.Writer, T) error, document T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := format(&b, document); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadWhatWasWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	for name, r := range map[string]finding.Report{"demo": demo(), "hostile": hostile(), "empty": {Version: 1}} {
		text := written(t, JSON, r)
		for range 2 { // the first time replaces bytes that are not UTF-8
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			again, err := Read(file)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			before := text
			text = written(t, JSON, again)
			if name != "hostile" && !bytes.Equal(before, text) {
				t.Errorf("%s changed when it was read", name)
			}
		}
		if before, err := os.ReadFile(file); err != nil || !bytes.Equal(before, text) {
			t.Errorf("%s changed when it was read twice", name)
		}
	}
}

func TestParseNamesTheFault(t *testing.T) {
	for text, want := range map[string]string{
		``:                                  "r.json:1:1: unexpected end of JSON input",
		"{\n  \"version\": 1,,\n}":          "r.json:2:16: invalid character",
		`{"version": "1"}`:                  "r.json:1:15: json: cannot unmarshal string",
		`{}`:                                "r.json: this is not a report",
		`[]`:                                "r.json:1:1: json: cannot unmarshal array",
		`{"version": 1}`:                    "r.json: this is not a report",
		`{"version": 2, "findings": []}`:    "r.json: it is a report of version 2, want 1",
		`{"version": 1, "differences": []}`: "r.json: it is a comparison, want a report",
		`{"version": 1, "findings": [{"id": "K01", "outcome": "held"}]}`:                                    "r.json: finding 1: it has no id or no key",
		`{"version": 1, "findings": [{"id": "K01", "key": "/", "outcome": "fine"}]}`:                        `r.json: finding 1, K01: the outcome "fine" is unknown`,
		`{"version": 1, "findings": [{"id": "K01", "key": "/", "outcome": "broken", "severity": "awful"}]}`: `r.json: finding 1, K01: the severity "awful" is unknown`,
		`{"version": 1, "shard": {"index": 3, "of": 2}, "findings": []}`:                                    "r.json: shard 3 of 2",
	} {
		if _, err := Parse("r.json", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	if _, err := Read("not-there.json"); err == nil || !strings.Contains(err.Error(), "not-there.json") {
		t.Errorf("a missing file: %v", err)
	}
}

// validator is a compiled schema.
func validator(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	return schematest.Compile(t, name, map[string][]byte{
		"schema.json": SchemaJSON(), "matrix.schema.json": MatrixSchemaJSON(), "diagnosis.schema.json": DiagnosisSchemaJSON(), "visit.schema.json": VisitSchemaJSON(),
	})
}

func TestSchema(t *testing.T) {
	schema := validator(t, "schema.json")
	part := demo()
	part.Shard = &finding.Shard{Index: 2, Of: 5, System: "GitLab"}
	document := written(t, JSON, part)
	valid := func(data []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	if err := valid(document); err != nil {
		t.Error(err)
	}
	if err := valid(written(t, JSON, finding.Report{Version: finding.Version})); err != nil {
		t.Errorf("a run that ended before its first question: %v", err)
	}
	for _, change := range [][2]string{
		{`"version": 1`, `"version": 2`},
		{`"policy":`, `"polcy":`},
		{`"system": "GitLab"`, `"systems": "GitLab"`},
		{`"id": "K19"`, `"id": ""`},
		{`"outcome": "held"`, `"outcome": "fine"`},
		{`"want": "blocked"`, `"want": "refused"`},
		{`"kind": "preflight"`, `"kind": "options"`},
		{`"started": "2026`, `"started": "yesterday 2026`},
		{`"sent": true`, `"sent": true, "more": 1`},
	} {
		changed := bytes.Replace(document, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, document) || valid(changed) == nil {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}

// schemaObject is an object in a schema.
type schemaObject struct {
	Properties map[string]json.RawMessage `json:"properties"`
	Enum       json.RawMessage            `json:"enum"`
}

// schemaDocument is a schema with its definitions.
type schemaDocument struct {
	schemaObject
	Defs map[string]schemaObject `json:"$defs"`
}

func schemaObjects(t *testing.T, text []byte) schemaDocument {
	t.Helper()
	var s schemaDocument
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// sameKeys checks that a type and an object of a schema have the same keys.
func sameKeys(t *testing.T, name string, typed reflect.Type, said schemaObject) {
	t.Helper()
	var has []string
	for _, f := range reflect.VisibleFields(typed) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" {
			has = append(has, tag)
		}
	}
	slices.Sort(has)
	if want := slices.Sorted(maps.Keys(said.Properties)); !slices.Equal(has, want) {
		t.Errorf("%s: the type has\n%v, the schema\n%v", name, has, want)
	}
}

// The types and the schema have the same keys.
func TestSchemaHasEveryKey(t *testing.T) {
	schema := schemaObjects(t, SchemaJSON())
	for name, c := range map[string]struct {
		typed reflect.Type
		said  schemaObject
	}{
		"report":   {reflect.TypeFor[document](), schema.schemaObject},
		"problem":  {reflect.TypeFor[finding.Problem](), schema.Defs["problem"]},
		"name":     {reflect.TypeFor[finding.ProbeName](), schema.Defs["name"]},
		"finding":  {reflect.TypeFor[finding.Finding](), schema.Defs["finding"]},
		"step":     {reflect.TypeFor[finding.Step](), schema.Defs["step"]},
		"exchange": {reflect.TypeFor[harness.Exchange](), schema.Defs["exchange"]},
		"cookie":   {reflect.TypeFor[harness.Cookie](), schema.Defs["cookie"]},
		"chrome":   {reflect.TypeFor[harness.Chrome](), schema.Defs["chrome"]},
	} {
		sameKeys(t, name, c.typed, c.said)
	}
}
