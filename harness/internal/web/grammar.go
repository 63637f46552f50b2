package web

import "strings"

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
