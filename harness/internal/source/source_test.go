package source

import (
	"strings"
	"testing"
)

func TestExcerpt(t *testing.T) {
	secret := func(text string) int { return strings.Index(text, ":") + 1 }
	long := strings.Repeat("a", 200) + "X" + strings.Repeat("b", 200)
	for name, c := range map[string]struct {
		text         string
		line, column int
		want         string
	}{
		"the caret":             {"a: b\nc: d\n", 2, 4, "    2 | c: d\n      |    ^"},
		"after the end":         {"a: b\n", 1, 99, "    1 | a: b\n      |     ^"},
		"an empty line":         {"a\n\n", 2, 1, "    2 | \n      | ^"},
		"a tab before":          {"\ta: b", 1, 5, "    1 | \ta: b\n      | \t   ^"},
		"characters, not bytes": {"ü: é", 1, 4, "    1 | ü: é\n      |    ^"},
		"a long line": {
			long, 1, 201, "    1 | ..." + strings.Repeat("a", 50) + "X" + strings.Repeat("b", 49) + "...\n      | " + strings.Repeat(" ", 53) + "^",
		},
		"other line breaks": {"a\r\nb\rc\u0085d\u2028e\u2029f", 6, 1, "    6 | f\n      | ^"},
		"a password":        {"target: https://me:pa55@a.test/", 1, 9, "    1 | target: https://(hidden)@a.test/\n      |         ^"},
		"after a password":  {"x: https://me:pa55@a.test y", 1, 27, "    1 | x: https://(hidden)@a.test y\n      |                            ^"},
		"in a password":     {"x: https://me:pa55@a.test", 1, 15, "    1 | x: https://(hidden)@a.test\n      |            ^"},
		"a comment":         {"a: b # X-Api-Key: 1234", 1, 4, "    1 | a: b # X-Api-Key:(hidden)\n      |    ^"},
	} {
		s := New("p.yaml", []byte(c.text), secret)
		if got := s.Excerpt(c.line, c.column, Hidden{}); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
