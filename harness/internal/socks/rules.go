package socks

import "strings"

// ByRules leads as host rules say, in the syntax of Chrome's --host-resolver-rules: "MAP *.test
// 127.0.0.1:4443". The first rule that fits decides, and every other host is refused. Rules
// have no port in their pattern: they lead every port.
func ByRules(rules []string) Lead {
	var list []rule
	for _, text := range rules {
		if words := strings.Fields(text); len(words) == 3 && words[0] == "MAP" {
			list = append(list, rule{strings.ToLower(words[1]), words[2]})
		}
	}
	return func(host string, _ uint16) string {
		for _, r := range list {
			if r.fits(strings.ToLower(host)) {
				return r.address
			}
		}
		return ""
	}
}

// rule leads the hosts of a pattern, such as *.test, to an address.
type rule struct{ pattern, address string }

func (r rule) fits(host string) bool {
	if end, ok := strings.CutPrefix(r.pattern, "*"); ok {
		return len(host) > len(end) && strings.HasSuffix(host, end)
	}
	return host == r.pattern
}
