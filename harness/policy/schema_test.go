package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// object is a mapping in the schema.
type object struct {
	Properties map[string]json.RawMessage `json:"properties"`
}

// tags are the JSON keys of a struct, embedded ones too.
func tags(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		switch name, _, _ := strings.Cut(f.Tag.Get("json"), ","); {
		case f.Anonymous:
			names = append(names, tags(f.Type)...)
		case name != "":
			names = append(names, name)
		}
	}
	return names
}

// Reader, types and schema have the same keys.
func TestSchemaHasEveryKey(t *testing.T) {
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(SchemaJSON(), &schema); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		read, typed []string
		said        object
	}{
		"policy":   {policyKeys.names(), tags(reflect.TypeFor[Policy]()), schema.object},
		"resource": {resourceKeys.names(), tags(reflect.TypeFor[Resource]()), schema.Defs["resource"]},
		"ask":      {askKeys.names(), tags(reflect.TypeFor[Ask]()), schema.Defs["ask"]},
		"origins":  {originsKeys.names(), []string{"subdomains"}, schema.Defs["subdomains"]},
	} {
		var said []string
		for key := range c.said.Properties {
			said = append(said, key)
		}
		slices.Sort(said)
		slices.Sort(c.read)
		slices.Sort(c.typed)
		if !slices.Equal(said, c.read) || !slices.Equal(c.typed, c.read) {
			t.Errorf("%s: the schema has\n%v, the types\n%v, the reader\n%v", name, said, c.typed, c.read)
		}
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
	valid := func(text string) error {
		var document any
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		return schema.Validate(document)
	}
	const head = "target: https://a.test\n"
	for _, text := range []string{
		example,
		head + "origins: none", head + "origins: []", head + "origins: [https://b.test, https://*.c.test, {subdomains: [https://d.test]}]\nresources: [{path: /, errors: false}, {path: /a?b=c, redirects: true}]", head + "origins: {subdomains: [\"https://${HOST}\"]}\nallowNull: true",
		head + "origins: any\nmethods: any\nrequestHeaders: any\nexposeHeaders: any\nmaxAge: 0",
		head + "origins: any\nask: {cookies: {sid: \"abc; SameSite=Lax\", n: 1}}",
		head + "origins: any\nask: {concurrency: 1, timeLimit: 1m30s, rate: 100/m, unsafe: send}",
		"target: \"${TARGET}\"\norigins: any",
	} {
		if err := valid(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := Parse("p.yaml", []byte(text), func(string) (string, bool) { return "https://b.test", true }); err != nil && !strings.Contains(text, "${HOST}") {
			t.Errorf("%q is no policy: %v", text, err)
		}
	}
	for _, text := range []string{
		"origins: any", head + "orgins: any", head + "origins: all", head + "origins: [https://b.test/]", head + "origins: [\"*\"]", head + "origins: {}", head + "origins: [{}]", head + "origins: [{subdomains: [\"https://*.b.test\"]}]",
		head + "origins: [https://b*.test]", head + "origins: 1", head + "resources: [{path: /v1/*}]", head + "resources: [{path: \"/users/{id}\"}]", head + "resources: [{path: //a}]", head + "ask: {ca: \"\"}", head + "errors: 1",
		head + "credentials: yes please", head + "methods: [get]", head + "methods: PUT", head + "requestHeaders: [\"X-A: 1\"]", head + "maxAge: 10s", head + "maxAge: -1",
		head + "resources: []", head + "resources: [{origins: any}]", head + "resources: [{path: a}]", head + "ask: {rate: 10}", head + "ask: {unsafe: maybe}", head + "ask: {concurrency: 0}", head + "ask: {cookies: [sid]}",
	} {
		if valid(text) == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// An editor marks the item that is wrong, and not the list around it.
func TestSchemaPointsAtTheItem(t *testing.T) {
	schema := validator(t)
	for text, want := range map[string]string{
		"origins: [https://b.test, https://c.test/]":                    "/origins/1",
		"origins: [{subdomains: [https://b.test]}, {subdomains: [b]}]":  "/origins/1/subdomains/0",
		"origins: {subdomains: [https://b.test, \"https://*.c.test\"]}": "/origins/subdomains/1",
		"origins: all":              "/origins",
		"methods: [GET, put]":       "/methods/1",
		"requestHeaders: [A, B:]":   "/requestHeaders/1",
		"ask: {ca: [a, \"\"]}":      "/ask/ca/1",
		"resources: [{path: /v/*}]": "/resources/0/path",
	} {
		var document any
		if err := yaml.Unmarshal([]byte("target: https://a.test\n"+text), &document); err != nil {
			t.Fatal(err)
		}
		wrong, ok := errors.AsType[*jsonschema.ValidationError](schema.Validate(document))
		if !ok {
			t.Errorf("%q is accepted", text)
			continue
		}
		for _, at := range leaves(wrong) {
			if at != want {
				t.Errorf("%q: marks %s, want %s", text, at, want)
			}
		}
	}
}

// leaves are the places of the errors that have no cause in others.
func leaves(e *jsonschema.ValidationError) []string {
	if len(e.Causes) == 0 {
		return []string{"/" + strings.Join(e.InstanceLocation, "/")}
	}
	var list []string
	for _, cause := range e.Causes {
		list = append(list, leaves(cause)...)
	}
	return list
}
