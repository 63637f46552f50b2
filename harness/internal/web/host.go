package web

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// domains is the profile by which browsers write a domain in ASCII.
// https://url.spec.whatwg.org/#concept-domain-to-ascii
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// parseHost parses the host of a special URL.
// https://url.spec.whatwg.org/#concept-host-parser
func parseHost(name string) (string, error) {
	if strings.HasPrefix(name, "[") {
		return parseIPv6(name)
	}
	decoded, err := url.PathUnescape(name)
	if err != nil || !utf8.ValidString(decoded) {
		return "", fmt.Errorf("%w: host %q", errURL, name)
	}
	host := Lower(decoded)
	if strings.IndexFunc(host, func(c rune) bool { return c > 0x7F }) >= 0 {
		if host, err = domains.ToASCII(host); err != nil {
			return "", fmt.Errorf("%w: host %q: %w", errURL, name, err)
		}
	}
	if host == "" || strings.ContainsFunc(host, func(c rune) bool { return c <= ' ' || strings.ContainsRune("#/:<>?@[\\]^|%\x7f", c) }) {
		return "", fmt.Errorf("%w: host %q", errURL, name)
	}
	if endsInNumber(host) {
		return parseIPv4(host)
	}
	return host, nil
}

// parseOpaqueHost parses the host of another URL, which keeps its case and may be
// empty.
// https://url.spec.whatwg.org/#concept-opaque-host-parser
func parseOpaqueHost(name string) (string, error) {
	if strings.HasPrefix(name, "[") {
		return parseIPv6(name)
	}
	if strings.ContainsAny(name, "\x00\t\n\r #/:<>?@[\\]^|") {
		return "", fmt.Errorf("%w: host %q", errURL, name)
	}
	return name, nil
}

// parseIPv6 parses an address in brackets.
// https://url.spec.whatwg.org/#concept-ipv6-parser
func parseIPv6(name string) (string, error) {
	address, err := netip.ParseAddr(strings.Trim(name, "[]"))
	if err != nil || !strings.HasSuffix(name, "]") || address.Zone() != "" || !address.Is6() {
		return "", fmt.Errorf("%w: host %q", errURL, name)
	}
	return "[" + address.String() + "]", nil
}

// endsInNumber says whether the host has to be an IPv4 address.
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func endsInNumber(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := labels[len(labels)-1]
	_, ok := ipv4Number(last)
	return IsDigits(last) || ok
}

// ipv4Number parses a part of an address: decimal, octal or hexadecimal.
// https://url.spec.whatwg.org/#ipv4-number-parser
func ipv4Number(s string) (uint64, bool) {
	base := 10
	switch {
	case s == "":
		return 0, false
	case strings.HasPrefix(s, "0x"):
		s, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	if s == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(s, base, 64)
	return n, err == nil
}

// parseIPv4 parses an address of one to four parts.
// https://url.spec.whatwg.org/#concept-ipv4-parser
func parseIPv4(host string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	var address uint64
	for i, part := range parts {
		n, ok := ipv4Number(part)
		limit := uint64(256)
		if i == len(parts)-1 {
			limit = 1 << (8 * max(0, 5-len(parts)))
		}
		if !ok || len(parts) > 4 || n >= limit {
			return "", fmt.Errorf("%w: host %q", errURL, host)
		}
		if i == len(parts)-1 {
			address += n
		} else {
			address += n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), nil
}
