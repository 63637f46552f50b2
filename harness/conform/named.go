package conform

import (
	"encoding/json"
	"fmt"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// PolicyNamed returns the policy of [Policies] with a name, such as list-creds.
func PolicyNamed(name string) (contract.Policy, bool) {
	for _, p := range Policies() {
		if p.Name == name {
			return p, true
		}
	}
	return contract.Policy{}, false
}

// PolicyText writes a policy as an adapter reads it, indented.
func PolicyText(p contract.Policy) string {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("%T cannot be written as JSON: %v", p, err)) // it is plain data
	}
	return string(text)
}
