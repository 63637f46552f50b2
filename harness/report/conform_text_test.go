package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
)

func matrixText(t *testing.T, m conform.Matrix, style Text) string {
	t.Helper()
	return write(t, func(w *strings.Builder, m conform.Matrix) error { return style.Matrix(w, m) }, m)
}

func TestMatrixText(t *testing.T) {
	golden(t, "matrix-one.txt", matrixText(t, alone("rs-cors"), Text{}))
	golden(t, "matrix.txt", matrixText(t, demoMatrix(), Text{}))
}

func TestMatrixTextOfFew(t *testing.T) {
	for name, want := range map[string]string{
		"kong":         "kong: not run: want docker <not found>:",
		"express-cors": "cors 2.8.6: 74 PASS\n",
	} {
		text := matrixText(t, alone(name), Text{})
		if !strings.Contains(text, want) || strings.Contains(text, "FAIL-") {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	if text := matrixText(t, conform.Matrix{}, Text{}); !strings.Contains(text, "0 libraries: 0 as expected, 0 different\n") {
		t.Error(text)
	}
	ended := alone("kong")
	ended.Ended = "interrupted"
	if text := matrixText(t, ended, Text{}); !strings.HasSuffix(text, "  ended early: interrupted\n") {
		t.Error(text)
	}
}

// A library without a failure whose evidence is missing is incomplete, and not green: a run
// of it ends with the exit status 3.
func TestMatrixTextOfMissingEvidence(t *testing.T) {
	pass := conform.Cell{ID: "K13", Verdict: conform.Pass}
	lost := conform.Cell{ID: "K14", Verdict: conform.NoVerdict, Why: "lost"}
	known := lost
	known.Reason = "it has no cache"
	colored := Text{Style: harness.ANSIColors}
	fine := conform.Result{Name: "fine", Cells: []conform.Cell{pass}}
	for name, test := range map[string]struct {
		r           conform.Result
		said, color string
		nothing     int // how many libraries are said to fail nothing
	}{
		"nothing but no verdict": {conform.Result{Name: "a", Cells: []conform.Cell{lost}}, "1 as expected, 0 different, 1 incomplete", yellow, 1},
		"one of two":             {conform.Result{Name: "a", Cells: []conform.Cell{pass, lost}}, "1 as expected, 0 different, 1 incomplete", yellow, 1},
		"a faulty policy":        {conform.Result{Name: "a", Cells: []conform.Cell{pass}, Policies: []conform.ResultOfPolicy{{Name: "any", State: conform.Faulty, Text: "exit status 1"}}}, "1 as expected, 0 different, 1 incomplete", yellow, 1},
		"not run":                {conform.Result{Name: "a", NotRun: "install cobc"}, "1 as expected, 0 different, 1 not run", yellow, 1},
		"nothing asked":          {conform.Result{Name: "a"}, "1 as expected, 0 different, 1 incomplete", yellow, 1},
		"as expected":            {conform.Result{Name: "a", Cells: []conform.Cell{pass, known}}, "2 as expected, 0 different", green, 1},
		"complete":               {conform.Result{Name: "a", Cells: []conform.Cell{pass}}, "2 as expected, 0 different", green, 2},
		"different":              {conform.Result{Name: "a", Cells: []conform.Cell{lost, {ID: "K13", Verdict: conform.FailOpen}}}, "1 as expected, 1 different", red, 1},
	} {
		text := matrixText(t, conform.Matrix{Libraries: []conform.Result{fine, test.r}}, colored)
		if want := colored.paint(test.color, test.said) + "\n"; !strings.Contains(text, want) {
			t.Errorf("%s: no %q in\n%s", name, want, text)
		}
		if n := strings.Count(text, "nothing fails"); n != test.nothing {
			t.Errorf("%s: %d libraries fail nothing, want %d\n%s", name, n, test.nothing, text)
		}
	}
	for _, m := range []conform.Matrix{{}, {Ended: "interrupted", Libraries: []conform.Result{fine, fine}}} {
		if text := matrixText(t, m, colored); strings.Contains(text, colored.paint(green, "0 as")) || strings.Contains(text, colored.paint(green, "2 as expected, 0 different")) {
			t.Errorf("green, and the exit status is 3:\n%s", text)
		}
	}
}

// Cells that do not fail are only counted, unless verbose.
func TestMatrixTextVerbose(t *testing.T) {
	for name, m := range map[string]conform.Matrix{"one": alone("rs-cors"), "several": demoMatrix()} {
		brief, verbose := matrixText(t, m, Text{}), matrixText(t, m, Text{Verbose: true})
		for _, cell := range []string{"SPEC-DIVERGENCE", "PASS", "REFUSED", "UNSUPPORTED"} {
			lines := regexp.MustCompile(`(?m)^ *` + cell + ` .*K[0-9]{2}`)
			if n := len(lines.FindAllString(brief, -1)); n > 0 && cell != "PASS" {
				t.Errorf("%s: %d lines of %s", name, n, cell)
			}
			if !lines.MatchString(verbose) {
				t.Errorf("%s: %s is not listed", name, cell)
			}
		}
	}
}

// A policy's configuration is written once, with the first cell that it decided.
func TestMatrixTextHasEachSnippetOnce(t *testing.T) {
	text := matrixText(t, alone("rs-cors"), Text{})
	if n := strings.Count(text, "c := cors.New("); n != 1 {
		t.Errorf("the configuration is there %d times", n)
	}
	if n := strings.Count(text, "The configuration is shown above, at K13."); n != 2 {
		t.Errorf("%d other cells refer to it", n)
	}
}

// redOpen matches the worst verdict in red.
var redOpen = regexp.MustCompile(`\x1b\[31m *FAIL-OPEN`)

func TestMatrixTextColors(t *testing.T) {
	for _, m := range []conform.Matrix{demoMatrix(), alone("rs-cors")} {
		colored := matrixText(t, m, Text{Style: harness.ANSIColors})
		if !redOpen.MatchString(colored) || ansi.ReplaceAllString(colored, "") != matrixText(t, m, Text{}) {
			t.Error("no red, or the coloured text differs")
		}
	}
}

func TestMatrixTextOfHostileAdapters(t *testing.T) {
	m := hostileMatrix()
	for _, list := range [][]conform.Result{m.Libraries, m.Libraries[:1], m.Libraries[9:10], m.Libraries[11:12]} {
		part := m
		part.Libraries = list
		text := matrixText(t, part, Text{})
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(line); n > columns+1 && !slices.Contains(strings.Fields(line), "behaviour") {
				t.Errorf("%d columns: %.200q", n, line)
			}
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), unicode.IsControl) {
				t.Errorf("control characters: %q", line)
			}
		}
		if len(text) > 3_000_000 {
			t.Errorf("%d bytes for %d libraries", len(text), len(list))
		}
	}
}
