// Package reach says how servers are reached: at which addresses, and with whose
// certificates. A browser and the requests without a browser share it.
package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Address is where a host name leads, at one port.
type Address struct {
	Host string // as browsers write it
	Port uint16
	IP   netip.Addr
}

// Authority is the host with its port.
func (a Address) Authority() string { return a.Host + ":" + strconv.Itoa(int(a.Port)) }

// Target is the address with the port.
func (a Address) Target() string { return netip.AddrPortFrom(a.IP, a.Port).String() }

// wantAddress is the form of an address.
const wantAddress = "want HOST:PORT:ADDRESS, such as api.example.com:443:127.0.0.1"

// ParseAddress reads HOST:PORT:ADDRESS, as curl has it. An IPv6 address may stand in
// brackets. The problem says what is wrong.
// https://curl.se/docs/manpage.html#--resolve
func ParseAddress(text string) (a Address, problem string) {
	host, rest, ok := strings.Cut(text, ":")
	port, address, more := strings.Cut(rest, ":")
	switch {
	case !ok || !more || host == "" || address == "":
		return a, wantAddress
	case strings.HasPrefix(host, "+") || strings.HasPrefix(host, "-"):
		return a, "the signs + and - are not allowed: " + wantAddress
	case strings.Contains(host, "*"):
		return a, "want one host, not a pattern: give each host an entry of its own"
	case strings.Contains(address, ","):
		return a, "want one address: a browser is asked about one server"
	}
	name, ok := parseHost(host)
	if !ok {
		return a, "not the name of a host: " + wantAddress
	}
	if web.IsAddress(name) {
		return a, "the host is an address already: want a name"
	}
	number, ok := parsePort(port)
	if !ok {
		return a, notPort
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(address, "["), "]"))
	if err != nil || strings.HasPrefix(address, "[") != strings.HasSuffix(address, "]") || ip.Zone() != "" {
		return a, "not an address: want IPv4 or IPv6, without a port"
	}
	return Address{name, number, ip}, ""
}

// notPort is the problem of a port.
const notPort = "not a port: want a number from 1 to 65535"

// parsePort reads a port.
func parsePort(text string) (uint16, bool) {
	number, err := strconv.ParseUint(text, 10, 16)
	return uint16(number), err == nil && number > 0
}

// parseHost writes a host as browsers do.
func parseHost(text string) (string, bool) {
	u, err := web.ParseURL("https://"+text, nil)
	return u.Host, err == nil && u.Authority() == u.Host && u.Path == "/" && u.Query+u.Fragment+u.Userinfo == ""
}

// ParseAuthority reads HOST:PORT, and writes it as browsers do. The problem says what is
// wrong.
func ParseAuthority(text string) (authority, problem string) {
	host, port, ok := strings.Cut(text, ":")
	if !ok {
		return "", "want HOST:PORT, such as api.example.com:443"
	}
	name, ok := parseHost(host)
	if !ok || strings.Contains(host, "*") {
		return "", "not the name of a host: want HOST:PORT, such as api.example.com:443"
	}
	number, ok := parsePort(port)
	if !ok {
		return "", notPort
	}
	return name + ":" + strconv.Itoa(int(number)), ""
}

// Fault is what is wrong with one of several texts.
type Fault struct {
	At            int // in the list
	Text, Problem string
}

// ParseAddresses reads all addresses, and finds all faults at once.
func ParseAddresses(texts []string) (list []Address, faults []Fault) {
	for i, text := range texts {
		a, problem := ParseAddress(text)
		if problem == "" {
			problem = conflict(list, a)
		}
		if problem != "" {
			faults = append(faults, Fault{i, text, problem})
			continue
		}
		list = append(list, a)
	}
	return list, faults
}

// conflict says that the host has another address at the same port.
func conflict(list []Address, a Address) string {
	i := slices.IndexFunc(list, func(b Address) bool { return a.Authority() == b.Authority() && a.IP != b.IP })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("%s leads to %s already", a.Authority(), list[i].IP)
}
