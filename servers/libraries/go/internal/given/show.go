package given

import "github.com/corsproof/corsproof/harness/conform/contract"

// Shown returns the names of the library's options for credentials and maxAge, where the
// policy has them. Their values false and 0 are Go's zero values, and have to be written
// all the same.
func Shown(p contract.Policy, credentials, maxAge string) []string {
	var names []string
	if p.Credentials != nil {
		names = append(names, credentials)
	}
	if p.MaxAge != nil {
		names = append(names, maxAge)
	}
	return names
}
