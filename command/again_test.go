package command

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/shell"

	"github.com/corsproof/corsproof/harness"
)

// The last line of a transcript asks the same question again.
func TestAgainIsACommandLine(t *testing.T) {
	asked := harness.Request{From: "https://app.example.com", URL: "https://api.example.com/a?b='c'", Method: "PUT", Headers: harness.Header{{Name: "X-A", Value: "it's $HOME `x`"}}}
	words, err := shell.Fields(again("ask", harness.Observation{Request: asked}, nil), nil)
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
	if line := again("ask", harness.Observation{Request: asked}, nil); line != "" {
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

// The line has what a question does not have, without its secrets. A server of our own is gone
// by then, so that there is no line.
func TestAgainHasTheFlags(t *testing.T) {
	o := &askOptions{}
	c := askCommand(streams{})
	if err := c.ParseFlags([]string{"--ca", "my ca.pem", "--resolve", "api.test:443:127.0.0.1", "--cookie", "sid=s3cret", "--http-user", "ann:s3cret", "--http1", "--method", "PUT", "--json"}); err != nil {
		t.Fatal(err)
	}
	o.beyond, o.before.user = beyondQuestion(c), "ann:s3cret"
	seen := harness.Observation{Request: harness.Request{From: "https://app.test", URL: "https://api.test/", Before: []harness.Request{harness.HTTPLogin("https://api.test/", "ann", "s3cret")}}}
	line := o.again("ask", seen)
	for _, want := range []string{"--ca 'my ca.pem'", "--resolve api.test:443:127.0.0.1", "--cookie '...'", "--http-user '...'", "--http1=true"} {
		if !strings.Contains(line, want) {
			t.Errorf("%q is missing in %s", want, line)
		}
	}
	for _, not := range []string{"s3cret", "--method", "--json", "before"} {
		if strings.Contains(line, not) {
			t.Errorf("%q is in %s", not, line)
		}
	}
	seen.Arrivals = []harness.Arrival{}
	if line := o.again("ask", seen); line != "" {
		t.Errorf("a server of our own: %s", line)
	}
}

// The questions before a document's question stay, unless a flag gives others. A secret that
// is missing in them is named.
func TestQuestionsBeforeADocument(t *testing.T) {
	document := `{"from": "https://app.test", "url": "https://api.test/", "before": [{"from": "https://app.test", "url": "https://api.test/login"}]}`
	prepare := func(args ...string) (harness.Request, error) {
		o := &askOptions{}
		c := &cobra.Command{Use: "ask"}
		c.SetContext(t.Context())
		o.addQuestion(c, streams{})
		if err := c.ParseFlags(args); err != nil {
			t.Fatal(err)
		}
		s := streams{err: io.Discard}
		if err := o.question(c, s, c.Flags().Args()); err != nil {
			return harness.Request{}, err
		}
		q, err := o.prepare(t.Context(), s)
		return q.request, err
	}
	if r, err := prepare(document); err != nil || len(r.Before) != 1 || r.Before[0].URL != "https://api.test/login" {
		t.Errorf("%+v, %v", r.Before, err)
	}
	if r, err := prepare(document, "--first", "https://api.test/other"); err != nil || len(r.Before) != 1 || r.Before[0].URL != "https://api.test/other" {
		t.Errorf("--first: %+v, %v", r.Before, err)
	}
	for part, want := range map[string]string{
		`"before": [{"url": "https://api.test/", "headers": [["Authorization", "(hidden)"]]}]`:      "--first",
		`"beside": [{"url": "https://api.test/", "body": {"kind": "text", "content": "(hidden)"}}]`: "--beside",
		`"pageHeaders": [["Set-Cookie", "(hidden)"]]`:                                               "a header or a path of the page",
		`"body": {"kind": "raw", "raw": "KGhpZGRlbik="}`:                                            "--body or --body-json",
	} {
		_, err := prepare(`{"from": "https://app.test", "url": "https://api.test/", ` + part + `}`)
		if err == nil || !strings.Contains(err.Error(), "hidden in the document") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", part, err)
		}
	}
}

// The line that asks again moves no cursor, and is the same question still.
func TestAgainIsSafeToPrint(t *testing.T) {
	value := "a\u009b31m\u202e\U000e0041b"
	seen := harness.Observation{Request: harness.Request{From: "https://app.test", URL: "https://api.test/", Headers: harness.Header{{Name: "Accept-Language", Value: value}}}}
	line := again("ask", seen, nil)
	if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("%q", line)
	}
	q, err := documentOf(strings.Trim(strings.TrimPrefix(line, "corsproof ask "), "'"), "", nil)
	if got, _ := q.Headers.Get("Accept-Language"); err != nil || got != value {
		t.Errorf("%v: %q", err, got)
	}
}
