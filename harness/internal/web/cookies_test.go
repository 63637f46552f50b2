package web

import (
	"fmt"
	"slices"
	"testing"
)

func TestCookiePairs(t *testing.T) {
	for header, want := range map[string]string{
		"sid=1":            "[sid:1]",
		"sid=1; theme=a=b": "[sid:1 theme:a=b]",
		"a=1;b=2 ;  c=3":   "[a:1 b:2 c:3]",
		"bare":             "[:bare]",
		"=1":               "[:1]",
		"a=":               "[a:]",
		"":                 "[:]",
	} {
		var got []string
		for name, value := range CookiePairs(header) {
			got = append(got, name+":"+value)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q: %v, want %s", header, got, want)
		}
	}
	for name := range CookiePairs("a=1; b=2") {
		if name == "b" {
			t.Error("the loop goes on after its end")
		}
		break
	}
}

func TestSetCookie(t *testing.T) {
	for line, want := range map[string]string{"sid=1; Path=/": "sid", " sid =1": "sid", "sid": "sid", "=1": "", "a=b=c": "a"} {
		if got := SetCookieName(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if pair, attributes, more := CutSetCookie("sid=1; Path=/; Secure"); pair != "sid=1" || attributes != " Path=/; Secure" || !more {
		t.Errorf("%q, %q, %v", pair, attributes, more)
	}
	if pair, attributes, more := CutSetCookie("sid=1"); pair != "sid=1" || attributes != "" || more {
		t.Errorf("%q, %q, %v", pair, attributes, more)
	}
}

func TestCookieAttributes(t *testing.T) {
	got := CookieAttributes(" Path=/a=b ; secure;; HttpOnly=;=x; SameSite = Lax")
	want := []CookieAttribute{{"Path", "/a=b", true}, {"secure", "", false}, {"HttpOnly", "", true}, {"", "x", true}, {"SameSite", "Lax", true}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for name, has := range map[string]bool{"Secure": true, "SAMESITE": true, "Domain": false, "a": false} {
		if HasCookieAttribute(got, name) != has {
			t.Errorf("%s: want %v", name, has)
		}
	}
	if list := CookieAttributes(""); list != nil {
		t.Errorf("an empty text has the attributes %v", list)
	}
}

func TestIsCookieValue(t *testing.T) {
	checkTable(t, "cookie value", IsCookieValue,
		[]string{"", "abc", "a=b", `""`, `"abc"`, "!#$%&'()*+-./:<=>?@[]^_`{|}~"},
		[]string{"a b", "a,b", "a;b", `a\b`, `a"b`, `"`, `"abc`, "é", "a\tb", "a\x7f", `"a"b"`})
}

func TestDomainMatches(t *testing.T) {
	for _, test := range []struct {
		host, domain string
		want         bool
	}{
		{"acme.com", "acme.com", true},
		{"api.acme.com", "acme.com", true},
		{"a.api.acme.com", "acme.com", true},
		{"acme.com", "api.acme.com", false},
		{"xacme.com", "acme.com", false},
		{"acme.com", "", false},
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "0.0.1", false},
		{"[::1]", "[::1]", true},
	} {
		if got := DomainMatches(test.host, test.domain); got != test.want {
			t.Errorf("%s in %q: %v", test.host, test.domain, got)
		}
	}
}
