package web

import "strings"

// OWS is HTTP tab or space, which RFC 9110 calls OWS.
//
// https://fetch.spec.whatwg.org/#http-tab-or-space
const OWS = "\t "

// Whitespace is HTTP whitespace, which is stripped from a script's header values.
//
// https://fetch.spec.whatwg.org/#http-whitespace
const Whitespace = "\t\n\r "

// IsToken says whether every byte is an HTTP token code point.
// https://mimesniff.spec.whatwg.org/#http-token-code-point
func IsToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; !IsAlphanumeric(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

func IsAlphanumeric(c byte) bool {
	return IsDigit(c) || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsDigits says whether s is 1*DIGIT.
func IsDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Lower is ASCII lower case: strings.ToLower would also change the Kelvin sign.
func Lower(s string) string { return otherCase(s, 'A', 'Z') }

// Upper is ASCII upper case.
func Upper(s string) string { return otherCase(s, 'a', 'z') }

// otherCase changes the case of the letters from first to last. A text without them is
// returned as it is, without a copy.
func otherCase(s string, first, last byte) string {
	var changed []byte
	for i := range len(s) {
		if c := s[i]; first <= c && c <= last {
			if changed == nil {
				changed = []byte(s)
			}
			changed[i] = c ^ ('a' - 'A')
		}
	}
	if changed == nil {
		return s
	}
	return string(changed)
}

// DecodeSplit returns the items of a comma-separated value, in which a comma between
// quotes does not separate.
//
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func DecodeSplit(value string) []string {
	values, start := []string{}, 0
	quoted, escaped := false, false
	for i := range len(value) {
		switch c := value[i]; {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			values, start = append(values, strings.Trim(value[start:i], OWS)), i+1
		}
	}
	return append(values, strings.Trim(value[start:], OWS))
}
