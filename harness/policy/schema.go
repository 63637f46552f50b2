package policy

import _ "embed"

//go:embed schema.json
var schemaJSON string

// SchemaJSON returns the JSON Schema (draft 2020-12) of a policy file, for editors. It
// checks less than [Policy.Validate]: a file that it accepts may have faults.
func SchemaJSON() []byte { return []byte(schemaJSON) }
