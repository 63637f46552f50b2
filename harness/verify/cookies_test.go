package verify

import (
	"fmt"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestCookies(t *testing.T) {
	for _, test := range []struct{ target, value, want string }{
		{acme, "abc", "sid=abc; SameSite=None; Secure"},
		{acme, "abc; Path=/v1", "sid=abc; Path=/v1; SameSite=None; Secure"},
		{acme, "abc; samesite=Lax", "sid=abc; samesite=Lax"},
		{acme, "samesite", "sid=samesite; SameSite=None; Secure"},
		{acme, "abc; Path=/samesite", "sid=abc; Path=/samesite; SameSite=None; Secure"},
		{"http://localhost:3000", "abc", "sid=abc; SameSite=None; Secure"},
		{"http://127.0.0.1:3000", "abc", "sid=abc; SameSite=None; Secure"},
		{"http://127.0.0.1:3000", "abc; SameSite=Strict", "sid=abc; SameSite=Strict"},
		{"http://api.acme.com", "abc", "sid=abc"},
	} {
		p := policy.Policy{Target: test.target, Ask: policy.Ask{Cookies: harness.Header{{Name: "sid", Value: test.value}}}}
		got := Cookies(p)
		if len(got) != 1 || got[0].Line != test.want || got[0].URL != test.target {
			t.Errorf("%s: %s", test.value, fmt.Sprint(got))
		}
	}
	if got := Cookies(policy.Policy{Target: acme}); len(got) != 1 || got[0].Line != "corsproof=1; SameSite=None; Secure" {
		t.Errorf("no cookies make %v", got)
	}
}
