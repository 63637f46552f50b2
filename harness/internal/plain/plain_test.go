package plain

import "testing"

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain, größer, 日本":     "plain, größer, 日本",
		"\x1b[31mred":           `\x1b[31mred`,
		"a\r\nb\tc\x00\x7f":     `a\x0d\x0ab\x09c\x00\x7f`,
		"\u009b1m":              `\x9b1m`,
		"\xff\xfe":              `\xff\xfe`,
		"a\u202eb\u200bc\u2028": `a\u202eb\u200bc\u2028`,
		"":                      "",
	} {
		got := Clean(in)
		if got != want {
			t.Errorf("Clean(%q) = %s, want %s", in, got, want)
		}
		if Clean(got) != got {
			t.Errorf("Clean changes its own %s", got)
		}
	}
}

func TestHideUserinfo(t *testing.T) {
	for in, want := range map[string]string{
		"https://u:p@a.test/x@y":          "https://(hidden)@a.test/x@y",
		"https://u:p@ss@a.test/":          "https://(hidden)@a.test/",
		"'http://u@a.test' and me@b.test": "'http://(hidden)@a.test' and me@b.test",
		"https://a.test/?to=c@d.test":     "https://a.test/?to=c@d.test",
	} {
		if got := hideUserinfo(in); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSafe(t *testing.T) {
	if got := Safe("https://u:p@a.test/\x1b"); got != `https://(hidden)@a.test/\x1b` {
		t.Error(got)
	}
}

func TestColor(t *testing.T) {
	for _, c := range [][3]string{{"1", "bold", "\x1b[1mbold\x1b[0m"}, {"", "as it is", "as it is"}, {"1", "", ""}} {
		if got := Color(c[0], c[1]); got != c[2] {
			t.Errorf("Color(%q, %q): got %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
