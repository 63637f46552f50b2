package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Each part of a name makes a secret of the parameter and of the header, alone.
func TestSecretWords(t *testing.T) {
	for _, word := range []string{"auth", "token", "secret", "key", "password", "session", "credential", "cookie"} {
		for _, name := range []string{word, "x" + word + "y", "X-My-" + word + "-2"} {
			if !IsSecretParameter(name) {
				t.Errorf("the parameter %s is no secret", name)
			}
			if !IsSecretHeader(name) {
				t.Errorf("the header %s is no secret", name)
			}
		}
	}
	if len(secretWords) != 8 {
		t.Errorf("%d words, and this table has 8", len(secretWords))
	}
}

// Each of these names makes a secret of a parameter: whole, or as the last part.
func TestSecretParameters(t *testing.T) {
	names := []string{"code", "jwt", "otp", "pass", "passwd", "passphrase", "pin", "pwd", "sas", "sess", "sid", "sig", "sign", "signature", "ticket"}
	for _, name := range names {
		for _, whole := range []string{name, strings.ToUpper(name), fmt.Sprintf("%%%02X%s", name[0], name[1:])} {
			if !IsSecretParameter(whole) {
				t.Errorf("%s is no secret", whole)
			}
		}
		for _, part := range []string{"x-" + name, "x_" + name, "x." + name, "x[" + name + "]", "x%5B" + name + "%5D"} {
			if name != "code" && !IsSecretParameter(part) { // a country-code is none
				t.Errorf("%s is no secret", part)
			}
		}
		if harmless := name + "s-of"; IsSecretParameter(harmless) {
			t.Errorf("%s is a secret", harmless)
		}
	}
	for _, name := range []string{"author", "authors", "keyboard", "keyword", "keywords", "Keyword", "country-code", "zip_code", "page", "", "design", "spin", "x.y"} {
		if IsSecretParameter(name) {
			t.Errorf("%s is a secret", name)
		}
	}
	if !slices.Equal(secretParameters, names) || len(harmlessParameters) != 5 {
		t.Errorf("another list: %q, %q", secretParameters, harmlessParameters)
	}
}

// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-samesite-attribute-2
func TestSameSites(t *testing.T) {
	if !slices.Equal(SameSites, []string{"Strict", "Lax", "None"}) {
		t.Errorf("%q", SameSites)
	}
}
