package paste

import (
	"strings"
	"testing"
)

// A text that nests without an end costs no more than an error.
func TestDeepNesting(t *testing.T) {
	const depth = 40_000
	long := func(part string) string { return strings.Repeat(part, (maxText-100)/len(part)) }
	for name, text := range map[string]string{
		"lists":     "fetch(" + strings.Repeat("[", depth),
		"objects":   "fetch(" + strings.Repeat("{a:", depth),
		"groups":    "fetch(" + strings.Repeat("(", depth),
		"signs":     "fetch(" + long("- ") + "1)",
		"negations": "fetch(" + long("!") + "1)",
		"sums":      "fetch(" + long("'a'+") + "'a')",
		"subshells": "curl " + strings.Repeat("$(", depth),
		"variables": "curl \"" + strings.Repeat("${a:-", depth),
		"news":      "fetch(" + long("new "), "types": "fetch(" + long("typeof "), "assignments": "fetch(" + long("a="), "conditions": "fetch(" + long("a?"), "powers": "fetch(" + long("a**"), "ifs": "fetch(1);" + long("if(1)"),
		"backticks": "curl " + long("`"), "negated": "curl a " + long("| ! "), "spaces": "fetch(" + long("[ "),
		"HAR":       `{"log": {"x": ` + strings.Repeat("[", depth),
		"HAR entry": `{"log": {"entries": [` + strings.Repeat("[", depth),
		"functions": "fetch(" + strings.Repeat("f(", depth),
		"arrows":    "fetch(" + long("a=>"),
		"templates": "fetch(" + strings.Repeat("`${", depth),
		"blocks":    "fetch(1);" + strings.Repeat("{", depth),
	} {
		if _, err := Read([]byte(text), Options{From: "https://app.example.com"}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
