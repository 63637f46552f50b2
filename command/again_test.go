package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/shell"

	"github.com/corsproof/corsproof/harness"
)

// The last line of a transcript asks the same question again.
func TestAgainIsACommandLine(t *testing.T) {
	asked := harness.Request{From: "https://app.example.com", URL: "https://api.example.com/a?b='c'", Method: "PUT", Headers: harness.Header{{Name: "X-A", Value: "it's $HOME `x`"}}}
	words, err := shell.Fields(again(harness.Observation{Request: asked}), nil)
	if err != nil || len(words) != 3 || words[0] != "corsproof" || words[1] != "ask" {
		t.Fatal(words, err)
	}
	got, err := documentOf(words[2], "", nil)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(asked)
	if line, _ := json.Marshal(got); string(line) != string(want) {
		t.Errorf("%s, want %s", line, want)
	}
	asked.URL += strings.Repeat("x", 2000)
	if line := again(harness.Observation{Request: asked}); line != "" {
		t.Errorf("a line of %d bytes", len(line))
	}
}

// The flags of the command line change the question of a document.
func TestQuestionsAsDocuments(t *testing.T) {
	file := filepath.Join(t.TempDir(), "question.json")
	document := `{"verdict": null, "request": {"from": "https://app.example.com", "url": "https://api.example.com/", "method": "PUT",
		"headers": [["X-A", "1"], ["Authorization", "(hidden)"]], "body": {"kind": "text", "content": "(hidden)"}}}`
	if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	merge := func(args ...string) (harness.Request, error) {
		c := askCommand(streams{})
		if err := c.ParseFlags(args); err != nil {
			t.Fatal(err)
		}
		base, err := documentOf("", c.Flag("request").Value.String(), strings.NewReader(document))
		if err != nil {
			return base, err
		}
		merged, err := new(requestFlags).over(c, base)
		if err != nil {
			return base, err
		}
		return merged.read()
	}
	for name, c := range map[string]struct {
		args []string
		want string // in the question, or in the fault
	}{
		"secrets are missing": {[]string{"--request", file}, "the value of Authorization is hidden in the document: give it again with --header"},
		"the body is missing": {[]string{"--request", file, "-H", "Authorization: x"}, "the body is hidden in the document"},
		"flags change it":     {[]string{"--request", file, "-H", "authorization: x", "--body", "y", "-X", "PATCH"}, `"method":"PATCH","headers":[["X-A","1"],["authorization","x"]],"body":{"kind":"text","content":"y"}`},
		"standard input":      {[]string{"--request", "-", "-H", "Authorization: x", "--body", "y"}, `"method":"PUT"`},
		"a method":            {[]string{"--request", "POST"}, "did you mean --method POST?"},
		"no file":             {[]string{"--request", "/nonexistent"}, "--request: open /nonexistent"},
	} {
		got, err := merge(c.args...)
		text, _ := json.Marshal(got)
		if err != nil {
			text = []byte(err.Error())
		}
		if !strings.Contains(string(text), c.want) {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
}

// A question that cannot be read is told with its place, and nothing is asked.
func TestFaultsOfDocuments(t *testing.T) {
	for question, want := range map[string]string{
		`{"url": "https://api.example.com/", "methd": "PUT"}`: `unknown field "methd"`,
		`{"url": `:       "unexpected EOF",
		`{"request": 7}`: "cannot unmarshal number",
	} {
		got := run(t, "ask", question)
		if got.status != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: exit %d, %s, want %s", question, got.status, got.stderr, want)
		}
	}
	if got := run(t, "ask", `{"url": "https://api.example.com/"}`, "--request", "x"); got.status != exitUsage || !strings.Contains(got.stderr, "give one of the two") {
		t.Errorf("%+v", got)
	}
}
