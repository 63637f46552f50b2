package web

import "testing"

func TestItemToken(t *testing.T) {
	for value, want := range map[string]string{
		"require-corp": "require-corp", " require-corp  ": "require-corp", "*a:/b": "*a:/b", "Require-Corp": "Require-Corp",
		`a;report-to="x"`: "a", `a; b=c;d`: "a", `a;b="\"\\"`: "a", "a;b=1;c=-1.5;d=?1;e=:YQ==:;*f=*": "a",
		"": "", `"a"`: "", "1": "", "a;": "", "a; =b": "", "a ;b": "", "a;B": "", "a, a": "", "a b": "", "a;b=": "", `a;b="`: "", "a;b=1.": "", "a;b=?2": "", `a;b="\a"`: "", "\ta": "",
	} {
		if got := ItemToken(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
