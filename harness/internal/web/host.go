package web

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// domains is the profile by which browsers write a domain in ASCII: a label may begin
// and end with a hyphen, may have two in its middle, and may have an underscore; no
// length is checked.
// https://url.spec.whatwg.org/#concept-domain-to-ascii
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true),
	idna.CheckHyphens(false), idna.StrictDomainName(false), idna.Transitional(false), idna.VerifyDNSLength(false))

// hostError says why a text is not a host.
func hostError(name, problem string) error { return fmt.Errorf("host %q %s", name, problem) }

// parseHost parses the host of a special URL.
// https://url.spec.whatwg.org/#concept-host-parser
func parseHost(name string) (string, error) {
	if strings.HasPrefix(name, "[") {
		return parseIPv6(name)
	}
	decoded, err := url.PathUnescape(name)
	if err != nil || !utf8.ValidString(decoded) {
		return "", hostError(name, "has a percent sign that does not encode UTF-8")
	}
	host, err := domainToASCII(decoded)
	var loose *LooseHostError
	switch {
	case err != nil && !errors.As(err, &loose):
		return "", err
	case endsInNumber(host):
		address, refused := parseIPv4(host)
		return address, cmp.Or(refused, err)
	}
	return host, err
}

// LooseHostError says that a text is not a host by the standard, and is one for Chrome
// 156. [ParseURL] returns the URL that Chrome reads with it.
type LooseHostError struct {
	// Decoded says that Chrome has decoded percent signs twice.
	Decoded bool
	problem error
}

func (e *LooseHostError) Error() string { return e.problem.Error() }

// domainToASCII writes a domain as browsers do. With a [LooseHostError] it returns what
// Chrome writes.
// https://url.spec.whatwg.org/#concept-domain-to-ascii
func domainToASCII(domain string) (string, error) {
	host := Lower(domain)
	labels := strings.Split(host, ".")
	isASCII := !strings.ContainsFunc(host, func(c rune) bool { return c > 0x7F })
	var loose error
	if slices.ContainsFunc(labels, isEncodedLabel) || !isASCII {
		written, err := domains.ToASCII(host)
		switch {
		case slices.ContainsFunc(labels, encodesASCII):
			err = hostError(domain, "has a label xn-- that encodes nothing")
		case err != nil:
			err = hostError(domain, "is not an internationalized domain name: "+err.Error())
		default:
			host = written
		}
		if err != nil && !isASCII {
			return "", err
		} else if err != nil {
			loose = &LooseHostError{problem: err}
		}
	}
	switch i := strings.IndexFunc(host, forbiddenInDomain); {
	case host == "":
		return "", hostError(domain, "is empty")
	case i >= 0:
		problem := hostError(domain, fmt.Sprintf("has the character %q", host[i]))
		if again, err := url.PathUnescape(host); !isASCII && host[i] == '%' && err == nil {
			if again, err = domainToASCII(again); err == nil {
				return again, &LooseHostError{true, problem}
			}
		}
		return "", problem
	}
	return host, loose
}

// isEncodedLabel says whether a label is Punycode.
func isEncodedLabel(label string) bool { return strings.HasPrefix(label, "xn--") }

// encodesASCII says whether the Punycode of a label has only ASCII in it, or nothing.
// https://www.unicode.org/reports/tr46/#Processing
func encodesASCII(label string) bool {
	return label == "xn--" || isEncodedLabel(label) && strings.HasSuffix(label, "-")
}

// forbiddenInDomain says whether no domain may have the character.
// https://url.spec.whatwg.org/#forbidden-domain-code-point
func forbiddenInDomain(c rune) bool {
	return c <= ' ' || c == 0x7F || strings.ContainsRune("#/:<>?@[\\]^|%", c)
}

// parseOpaqueHost parses the host of a URL that is not special: it keeps its case
// and may be empty.
// https://url.spec.whatwg.org/#concept-opaque-host-parser
func parseOpaqueHost(name string) (string, error) {
	if strings.HasPrefix(name, "[") {
		return parseIPv6(name)
	}
	if strings.ContainsAny(name, "\x00\t\n\r #/:<>?@[\\]^|") {
		return "", hostError(name, "has a character that no host has")
	}
	return name, nil
}

// parseIPv6 parses an address in brackets.
// https://url.spec.whatwg.org/#concept-ipv6-parser
func parseIPv6(name string) (string, error) {
	inner, closed := strings.CutSuffix(strings.TrimPrefix(name, "["), "]")
	address, err := netip.ParseAddr(inner)
	if err != nil || !closed || address.Zone() != "" || !address.Is6() {
		return "", hostError(name, "is not an IPv6 address")
	}
	return "[" + serializeIPv6(address) + "]", nil
}

// serializeIPv6 writes an address in hexadecimal, also where it embeds an IPv4 address.
// https://url.spec.whatwg.org/#concept-ipv6-serializer
func serializeIPv6(address netip.Addr) string {
	if !address.Is4In6() {
		return address.String()
	}
	b := address.As16()
	return fmt.Sprintf("::ffff:%x:%x", binary.BigEndian.Uint16(b[12:]), binary.BigEndian.Uint16(b[14:]))
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
	return n, err == nil || errors.Is(err, strconv.ErrRange) // out of range: n is the greatest number, too great for an address
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
			return "", hostError(host, "is not an IPv4 address")
		}
		if i == len(parts)-1 {
			address += n
		} else {
			address += n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), nil
}
