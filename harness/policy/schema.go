package policy

import _ "embed"

// SchemaURL is where the JSON Schema of a policy file is published.
const SchemaURL = "https://raw.githubusercontent.com/corsproof/corsproof/main/harness/policy/schema.json"

//go:embed schema.json
var schemaJSON string

// SchemaJSON returns the JSON Schema (draft 2020-12) of a policy file, for editors. It
// checks less than [Policy.Validate]: a file that it accepts may have faults.
func SchemaJSON() []byte { return []byte(schemaJSON) }
