// Package schematest compiles JSON Schemas, for tests.
package schematest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// folder is where the ids of the schemas say that they are.
const folder = "https://github.com/corsproof/corsproof/harness/report/"

// Compile returns the schema of a name. Schemas refer to each other by their names.
func Compile(t testing.TB, name string, schemas map[string][]byte) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for name, text := range schemas {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(folder+name, document); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile(folder + name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// Check reports where a document is not as its schema says.
func Check(t testing.TB, schema *jsonschema.Schema, document []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		t.Error(err)
	}
}
