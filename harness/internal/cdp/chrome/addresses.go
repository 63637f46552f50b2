package chrome

import (
	"strings"

	"github.com/corsproof/corsproof/harness/internal/reach"
)

// addressRules are the rules of --host-resolver-rules that lead hosts to their addresses.
// The first rule that matches counts.
func addressRules(list []reach.Address) []string {
	var rules []string
	for _, a := range list {
		rules = append(rules, "MAP "+a.Authority()+" "+a.Target())
	}
	return rules
}

// direct are environment variables that keep the proxies of an environment from hosts
// with an address: a proxy would look the name up itself.
func direct(list []reach.Address, environment []string) []string {
	if len(list) == 0 {
		return nil
	}
	var hosts []string
	for _, line := range environment {
		if name, value, _ := strings.Cut(line, "="); strings.EqualFold(name, "no_proxy") && value != "" {
			hosts = append(hosts, value)
		}
	}
	for _, a := range list {
		hosts = append(hosts, a.Authority())
	}
	all := strings.Join(hosts, ",")
	return []string{"no_proxy=" + all, "NO_PROXY=" + all}
}
