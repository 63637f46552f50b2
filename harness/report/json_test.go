package report

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// written returns a Report as a format writes it.
func written(t *testing.T, format func(io.Writer, finding.Report) error, r finding.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := format(&b, r); err != nil {
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
		`{}`:                                "r.json: it is no report",
		`[]`:                                "r.json:1:1: json: cannot unmarshal array",
		`{"version": 1}`:                    "r.json: it is no report",
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

// validator is the compiled schema.
func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSchema(t *testing.T) {
	schema := validator(t)
	document := written(t, JSON, demo())
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

// The types and the schema have the same keys.
func TestSchemaHasEveryKey(t *testing.T) {
	type object struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(SchemaJSON(), &schema); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		typed reflect.Type
		said  object
	}{
		"report":   {reflect.TypeFor[finding.Report](), schema.object},
		"finding":  {reflect.TypeFor[finding.Finding](), schema.Defs["finding"]},
		"step":     {reflect.TypeFor[finding.Step](), schema.Defs["step"]},
		"exchange": {reflect.TypeFor[harness.Exchange](), schema.Defs["exchange"]},
		"cookie":   {reflect.TypeFor[harness.Cookie](), schema.Defs["cookie"]},
		"chrome":   {reflect.TypeFor[harness.Chrome](), schema.Defs["chrome"]},
	} {
		var typed, said []string
		for i := range c.typed.NumField() {
			if tag, _, _ := strings.Cut(c.typed.Field(i).Tag.Get("json"), ","); tag != "" {
				typed = append(typed, tag)
			}
		}
		for key := range c.said.Properties {
			said = append(said, key)
		}
		slices.Sort(typed)
		slices.Sort(said)
		if !slices.Equal(typed, said) {
			t.Errorf("%s: the type has\n%v, the schema\n%v", name, typed, said)
		}
	}
}
