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

// A line of words is bounded as a paste is, and expands to no more than it has.
func TestWordsAreBounded(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"subshells": {strings.Repeat("$(", 2_000_000), "longer than 256 KB"},
		"groups":    {strings.Repeat("$(", 100_000), "1000 brackets"},
		"sums":      {strings.Repeat("$((", 80_000), "1000 brackets"},
		"variables": {"\"" + strings.Repeat("${a:-", 40_000), "1000 brackets"},
		"backticks": {strings.Repeat("`", 200_000), "4000 backticks"},
		"variable":  {`--header "Authorization: Bearer $TOKEN"`, "the variable $TOKEN is for a shell to fill in"},
		"command":   {"$(id)", "the command $(...) is for a shell to fill in"},
		"quote":     {"'a", "have no end"},
	} {
		if words, err := Words(c.line); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q, and %d words", name, err, c.want, len(words))
		}
	}
	braces := strings.Repeat("{a,b}", 40)
	if words, err := Words(`a "b 'c'" ` + braces); err != nil || strings.Join(words, "|") != "a|b 'c'|"+braces {
		t.Errorf("%q, %v", words, err)
	}
}
