package specs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rareWords are words and turns that a reader who learnt English later reads twice, each with
// what is written instead.
var rareWords = []struct {
	word    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`\banew\b`), "again"},
	{regexp.MustCompile(`\bin vain\b`), "without success"},
	{regexp.MustCompile(`\b(beside|save|but) those\b`), "except, and the noun"},
	{regexp.MustCompile(`\bthose (that|who|of|which|to)\b`), "the noun"},
	{regexp.MustCompile(`\b(than|as|is|are|from|of|and|or|to) that of\b|^that of\b`), "the noun"},
	{regexp.MustCompile(`\bthat which\b|\bwhat there is\b`), "the noun"},
	{regexp.MustCompile(`(?i)\bwhoever\b`), "every client, every page"},
	{regexp.MustCompile(`\botherwise than\b`), "different from"},
	{regexp.MustCompile(`\b(no|needs?|without|with) leave\b|\bleave of the\b`), "permission"},
	{regexp.MustCompile(`\bleave (it|them|one of the two|[\w-]+) out\b`), "remove"},
	{regexp.MustCompile(`\b(that|which|it) is no (evidence|preflight|pattern|stream|browser|script|server)\b`), "is not a"},
	{regexp.MustCompile(`\bstood in for\b`), "corsproof makes it, answers it"},
	{regexp.MustCompile(`\bha(s|ve) (no|a) part\b`), "does not matter, matters"},
	{regexp.MustCompile(`\b(server|gateway|it) (is )?well\?`), "check the server"},
	{regexp.MustCompile(`\bdoes not suit\b`), "allows, fits"},
	{regexp.MustCompile(`\btells? flakes\b`), "an answer that changes"},
	{regexp.MustCompile(`\bgot no argument, want\b`), "invalid arguments"},
}

// rareWordIn names the first rare word of a text, and is empty where there is none.
func rareWordIn(text string) string {
	for _, r := range rareWords {
		if found := r.word.FindString(text); found != "" {
			return strconv.Quote(found) + ": write " + r.instead
		}
	}
	return ""
}

// What a person reads is plain English: the documents, and the texts in the code of the
// program, the harness and the servers.
func TestPlainEnglish(t *testing.T) {
	var documents, code []string
	for _, pattern := range []string{"../*.md", "*.md", "../.github/*.md", "../.github/actions/*/*.md", "../.github/examples/*.md", "../.github/actions/*/action.yml", "../servers/libraries/README.md", "../fixtures/policies/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no document %s: %v", pattern, err)
		}
		documents = append(documents, found...)
	}
	for _, folder := range []string{"../command", "../harness", "../servers", "differential", "mutants", "internal"} {
		code = append(code, programsIn(t, folder)...)
	}
	for _, document := range documents {
		if word := rareWordIn(textOf(t, document)); word != "" {
			t.Errorf("%s: %s", document, word)
		}
	}
	texts := 0
	for _, file := range code {
		texts += eachText(t, file, func(at token.Position, text string) {
			if word := rareWordIn(text); word != "" {
				t.Errorf("%s: %s", at, word)
			}
		})
	}
	if len(documents) < 10 || texts < 3000 {
		t.Errorf("only %d documents and %d texts were read", len(documents), texts)
	}
}

// The sentences that readers marked once are found, and plain ones are not.
func TestRareWords(t *testing.T) {
	for _, text := range []string{
		"everything else that is no evidence is inconclusive", "tells flakes from findings", "got no argument, want verify",
		"gives it to the next one, which it does not suit", "asked anew", "is the server well?", "need no leave", "nothing but those that the test names",
	} {
		if rareWordIn(text) == "" {
			t.Errorf("not found: %s", text)
		}
	}
	for _, text := range []string{"asked again", "Nothing but GET leaves the browser", "a suite of specs", "there is no browser", "the origin that asked"} {
		if word := rareWordIn(text); word != "" {
			t.Errorf("%s: %s", text, word)
		}
	}
}

// programsIn lists the Go files of a folder that are no tests, without the adapters of libraries.
func programsIn(t *testing.T, folder string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && filepath.Base(path) == "libraries":
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// eachText calls say with each text of a Go file, and returns how many texts there are.
func eachText(t *testing.T, file string, say func(token.Position, string)) (texts int) {
	t.Helper()
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				texts++
				say(positions.Position(literal.Pos()), text)
			}
		}
		return true
	})
	return texts
}

// Every link between the documents leads to a file, and to a heading where it names one.
func TestDocumentLinks(t *testing.T) {
	documents, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, document := range append(documents, "../README.md") {
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(textOf(t, document), -1) {
			if strings.HasPrefix(m[1], "https:") {
				continue
			}
			links++
			file, heading, _ := strings.Cut(m[1], "#")
			to := filepath.Join(filepath.Dir(document), file)
			if file == "" {
				to = document
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: %s: %v", document, m[1], err)
			} else if heading != "" && !slices.Contains(headings(textOf(t, to)), heading) {
				t.Errorf("%s: %s: no such heading", document, m[1])
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links", links)
	}
	if lines := strings.Count(textOf(t, "../README.md"), "\n"); lines >= 250 {
		t.Errorf("the README has %d lines, want fewer than 250", lines)
	}
}

// headings returns the headings of Markdown as links name them.
func headings(text string) (names []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		name := regexp.MustCompile(`[^\w -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}
