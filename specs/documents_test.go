package specs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// documentedCode are the documents whose Go code is compiled and run, each with
// the files that contain the code.
var documentedCode = []struct {
	document string
	blocks   int
	code     []string
}{
	{"../README.md", 1, []string{"testdata/readme/api_test.go"}},
	{"CI.md", 1, []string{"../servers/example_test.go"}},
	{"LIBRARIES.md", 1, []string{"../harness/conform/library_test.go"}},
	{"../harness/doc.go", 1, []string{"../harness/example_test.go"}},
}

// Code in a document is, letter by letter, code that a test runs.
func TestDocumentedCode(t *testing.T) {
	for _, d := range documentedCode {
		text := textOf(t, d.document)
		blocks := fencedGo(text)
		if strings.HasSuffix(d.document, ".go") {
			blocks = commentedGo(text)
		}
		if len(blocks) != d.blocks {
			t.Errorf("%s has %d blocks of Go, want %d", d.document, len(blocks), d.blocks)
		}
		for _, block := range blocks {
			if !slices.ContainsFunc(d.code, func(file string) bool { return contains(textOf(t, file), block) }) {
				t.Errorf("%s: none of %v has this code:\n%s", d.document, d.code, block)
			}
		}
	}
}

// contributing is the guide for contributors.
const contributing = "../.github/CONTRIBUTING.md"

// Every file and folder that the guide names exists.
func TestContributing(t *testing.T) {
	text := textOf(t, contributing)
	if lines := strings.Count(text, "\n"); lines >= 150 {
		t.Errorf("%d lines, want fewer than 150", lines)
	}
	places := placesIn(text)
	if len(places) < 30 {
		t.Errorf("only %d places are named: %v", len(places), places)
	}
	for _, place := range places {
		if _, err := os.Stat(filepath.Join("..", place)); err != nil {
			t.Errorf("%s is named and does not exist", place)
		}
	}
}

// placesIn returns the files and folders that a document names: in code within a
// sentence, or as an argument of a command.
func placesIn(text string) []string {
	var places []string
	for _, m := range regexp.MustCompile("`(\\.?[\\w-]+(?:/[\\w.-]+)+|fixtures|harness|servers|specs|command)`|[ (]\\./([\\w/]+)").FindAllStringSubmatch(text, -1) {
		places = append(places, m[1]+m[2])
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// contains says whether a file has a block of code, at its top level or in a function.
func contains(file, block string) bool {
	inFunction := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(block, "\t$1")
	return file == block || strings.Contains(file, "\n"+inFunction)
}

// fencedGo returns the blocks of Go in Markdown.
func fencedGo(text string) (blocks []string) {
	for _, m := range regexp.MustCompile("(?s)\n```go\n(.*?)```\n").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// commentedGo returns the blocks of code in a doc comment.
func commentedGo(text string) (blocks []string) {
	for _, block := range regexp.MustCompile(`(?m)(^//\t.*\n)+(?:^//\n(?:^//\t.*\n)+)*`).FindAllString(text, -1) {
		blocks = append(blocks, regexp.MustCompile(`(?m)^//\t?`).ReplaceAllString(block, ""))
	}
	return blocks
}

func textOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var _ = Describe("the README", Label("scenario:documents", "fetch:http-cors-protocol"), func() {
	It("begins with the transcript of its own command", func(ctx SpecContext) {
		api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		DeferCleanup(api.Close)
		mapped := harness.Browser{
			Flags: []string{"--host-resolver-rules=MAP localhost:8000 " + api.Listener.Addr().String()}, Timeout: patience,
			LocalNetwork: harness.PermissionGranted,
		}
		DeferCleanup(mapped.Close)
		seen, err := mapped.Fetch(ctx, harness.Request{From: "https://app.example.com", URL: "http://localhost:8000/"})
		Expect(err).NotTo(HaveOccurred())
		readme, err := os.ReadFile("../README.md")
		Expect(err).NotTo(HaveOccurred())
		oneLine := func(text string) string { return strings.Join(strings.Fields(text), " ") }
		Expect(oneLine(string(readme))).To(ContainSubstring(oneLine(seen.String())))
	}, SpecTimeout(patience))

	// run runs the suite. Its server is at port 8000, which Chrome maps to the
	// port of a server here.
	run := func(ctx SpecContext, allowed func(origin string) bool) string {
		GinkgoHelper()
		if runtime.GOOS == "windows" {
			Skip("elsewhere a script starts Chrome")
		}
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if origin := r.Header.Get("Origin"); allowed(origin) {
				w.Header().Set(acao, origin)
				w.Header().Set(acac, "true")
			}
		}))
		DeferCleanup(api.Close)
		wrapper := filepath.Join(GinkgoT().TempDir(), "chrome")
		script := fmt.Sprintf(`#!/bin/sh
for name in "$SUITES_CHROME" google-chrome chromium chromium-browser chrome-headless-shell; do
	path=$(command -v "$name") && [ -n "$path" ] && exec "$path" "$@" '--host-resolver-rules=MAP localhost:8000 %s'
done
`, api.Listener.Addr())
		Expect(os.WriteFile(wrapper, []byte(script), 0o755)).To(Succeed())
		suite := exec.CommandContext(ctx, "go", "test", "-count=1", "./testdata/readme")
		suite.Env = append(os.Environ(), "SUITES_CHROME="+os.Getenv("CORSPROOF_CHROME"), "CORSPROOF_CHROME="+wrapper)
		out, _ := suite.CombinedOutput()
		return string(out)
	}

	It("has a suite that passes with a server that allows our app, and fails with a server that allows every origin", func(ctx SpecContext) {
		Expect(run(ctx, func(origin string) bool { return origin == "https://app.example.com" })).To(HavePrefix("ok"))
		Expect(run(ctx, func(string) bool { return true })).To(SatisfyAll(
			ContainSubstring("cannot be read by anybody else"), ContainSubstring("1 Passed"), ContainSubstring("1 Failed")))
	}, SpecTimeout(2*patience))
})
