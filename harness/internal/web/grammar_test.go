package web

import "testing"

func TestCase(t *testing.T) {
	for _, test := range []struct{ given, lower, upper string }{
		{"", "", ""}, {"aZ@[`{", "az@[`{", "AZ@[`{"}, {"azAZ09", "azaz09", "AZAZ09"}, {"x", "x", "X"}, {"X", "x", "X"},
		{"\u212AÄß\xff", "\u212AÄß\xff", "\u212AÄß\xff"},
	} {
		if got := Lower(test.given); got != test.lower {
			t.Errorf("Lower(%q) = %q", test.given, got)
		}
		if got := Upper(test.given); got != test.upper {
			t.Errorf("Upper(%q) = %q", test.given, got)
		}
	}
}

// https://www.rfc-editor.org/rfc/rfc9110#name-tokens
func TestIsToken(t *testing.T) {
	const symbols = "!#$%&'*+-.^_`|~"
	for c := range 256 {
		b := byte(c)
		want := b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		for i := range len(symbols) {
			want = want || symbols[i] == b
		}
		if got := IsToken("a" + string([]byte{b})); got != want {
			t.Errorf("byte %#x: %v", c, got)
		}
	}
	if IsToken("") {
		t.Error("the empty string is a token")
	}
}
