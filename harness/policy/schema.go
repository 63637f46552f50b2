package policy

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of a policy file, for editors. It says
// less than [Policy.Validate] does: a file that it accepts may have faults.
//
//go:embed schema.json
var Schema []byte
