package socks

import (
	"net"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/reach"
)

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

// With is the same with addresses that go first. A host that has an address at another port leads
// to where the system resolves its name.
func (l Lead) With(addresses []reach.Address) Lead {
	return func(host string, port uint16) string {
		known := false
		for _, a := range addresses {
			if known = known || a.Host == host; a.Host == host && a.Port == port {
				return a.Target()
			}
		}
		if address := l(host, port); address != "" || !known {
			return address
		}
		return Directly(host, port)
	}
}

// Directly leads to where the system resolves a name.
func Directly(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// rule leads the hosts of a pattern, such as *.test, to an address.
type rule struct{ pattern, address string }

func (r rule) fits(host string) bool {
	if end, ok := strings.CutPrefix(r.pattern, "*"); ok {
		return len(host) > len(end) && strings.HasSuffix(host, end)
	}
	return host == r.pattern
}
