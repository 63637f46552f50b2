package harness

import (
	"strings"
	"testing"
)

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
		got := clean(in)
		if got != want {
			t.Errorf("clean(%q) = %s, want %s", in, got, want)
		}
		if clean(got) != got {
			t.Errorf("clean changes its own %s", got)
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

func TestWrapLosesNothing(t *testing.T) {
	long := strings.Repeat("word ", 30) + strings.Repeat("x", 50) + " end  of it"
	lines := wrap(long, 20)
	if got := strings.Join(lines, " "); got != long {
		t.Errorf("got %q", got)
	}
	for _, line := range lines {
		if len(line) > 20 && strings.Contains(line, " ") {
			t.Errorf("%q is too long", line)
		}
	}
}

func TestColorsOnlyAddColor(t *testing.T) {
	for name, o := range situations {
		colored := Transcript(o, ANSIColors)
		if !strings.Contains(colored, "\x1b[1m") {
			t.Errorf("%s: no colour", name)
		}
		for _, code := range []string{"\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"} {
			colored = strings.ReplaceAll(colored, code, "")
		}
		if colored != o.String() {
			t.Errorf("%s: the coloured text differs:\n%s", name, colored)
		}
		if strings.ContainsFunc(o.String(), func(r rune) bool { return r != '\n' && isHidden(r) }) {
			t.Errorf("%s: the plain text has control characters", name)
		}
	}
}

func TestConsoleIsWhole(t *testing.T) {
	for name, o := range situations {
		flat := strings.Join(strings.Fields(o.String()), " ")
		for _, m := range o.Console {
			for line := range strings.Lines(m.Text) {
				if !strings.Contains(flat, clean(strings.TrimSpace(line))) {
					t.Errorf("%s: the console line %q is not whole", name, line)
				}
			}
		}
	}
}
