package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// write returns the text that a function writes.
func write[T any](t *testing.T, f func(w *strings.Builder, v T) error, v T) string {
	t.Helper()
	var b strings.Builder
	if err := f(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func textOf(t *testing.T, r finding.Report, style Text) string {
	t.Helper()
	return write(t, func(w *strings.Builder, r finding.Report) error { return style.Report(w, r) }, r)
}

// ansi matches the ANSI codes of colours.
var ansi = regexp.MustCompile("\x1b\\[[0-9]+m")

func TestText(t *testing.T) {
	golden(t, "report.txt", textOf(t, demo(), Text{}))
}

func TestColoredTextOnlyAddsColors(t *testing.T) {
	colored := textOf(t, demo(), Text{Style: harness.ANSIColors})
	if !strings.Contains(colored, "\x1b[31m") {
		t.Error("no colour")
	}
	if plain := ansi.ReplaceAllString(colored, ""); plain != textOf(t, demo(), Text{}) {
		t.Error("the coloured text differs")
	}
}

func TestTextOfHostileServers(t *testing.T) {
	r := hostile()
	for _, style := range []Text{{}, {Verbose: true}} {
		got := textOf(t, r, style)
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(line); n > columns+1 {
				t.Errorf("%d columns: %.200q", n, line)
			}
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), unicode.IsControl) {
				t.Errorf("control characters: %q", line)
			}
		}
		if len(got) > 100_000 {
			t.Errorf("%d bytes for %d findings", len(got), len(r.Findings))
		}
	}
}

// Findings that held are only counted, unless verbose.
func TestVerbose(t *testing.T) {
	r := demo()
	i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Outcome == finding.Held })
	title := strings.Fields(r.Findings[i].Title)[4]
	held := func(text string) int { return strings.Count(text, "\nheld ") }
	if n := held(textOf(t, r, Text{})); n > 0 {
		t.Errorf("%d that held are listed: %s", n, title)
	}
	if n := held(textOf(t, r, Text{Verbose: true})); n != r.Count(finding.Held) {
		t.Errorf("%d of %d that held are listed", n, r.Count(finding.Held))
	}
}

// No line is wider than the terminal, from 60 to 200 columns, and a broad one is used.
func TestTextWidths(t *testing.T) {
	widest := func(text string) int {
		n := 0
		for line := range strings.Lines(text) {
			n = max(n, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
		}
		return n
	}
	for _, c := range []struct{ asked, want int }{{1, 60}, {60, 60}, {80, 80}, {0, 100}, {200, 200}, {1000, 200}} {
		style := Text{Width: c.asked, Verbose: true}
		for name, text := range map[string]string{
			"report": textOf(t, demo(), style), "hostile": textOf(t, hostile(), style),
			"comparison": write(t, func(w *strings.Builder, r finding.Comparison) error { return style.Comparison(w, r) }, compared()),
		} {
			if n := widest(text); n > c.want || n < min(c.want, 180) {
				t.Errorf("%s with %d columns has a line of %d, want %d", name, c.asked, n, c.want)
			}
		}
	}
}
