package report

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
)

func TestFold(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"short", []string{"short"}},
		{"  some running text here", []string{"  some running", "  text here"}},
		{"     > a header line here", []string{"     > a header", "        line", "        here"}},
		{"  > Name: value      why not", []string{"  > Name: value", "      ^ why not"}},
		{"aaaaaaaaaaaaaaaaaaaa", []string{"aaaaaaaaaaaaaaaa", "aaaa"}},
		{"éééééééééééééééééééé", []string{"éééééééééééééééé", "éééé"}},
	} {
		if got := fold(c.line, 16); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q", c.line, got)
		}
	}
}

// Nothing is lost but blanks, whatever is folded, and no line is too wide.
func TestFoldLosesNothing(t *testing.T) {
	for _, attack := range attacks {
		line := "     < " + printable(attack, 2000) + "        a note at the end that is not short at all, but rather long"
		parts := fold(line, columns)
		bare := strings.NewReplacer(" ", "", "^", "").Replace
		if bare(strings.Join(parts, "")) != bare(line) {
			t.Errorf("%.60q: folding lost something", attack)
		}
		for _, part := range parts {
			if utf8.RuneCountInString(part) > columns {
				t.Errorf("too wide: %q", part)
			}
		}
	}
}

// What a transcript has wrapped is joined again, and what it has not stays apart.
func TestUnwrap(t *testing.T) {
	long := strings.Repeat("x", 20)
	for _, c := range []struct{ lines, want []string }{
		{[]string{"  " + long, "  and more"}, []string{"  " + long + " and more"}},
		{[]string{"  short", "  and more"}, []string{"  short", "  and more"}},
		{[]string{"  " + long, "  Remedy: none", "  https://a.test"}, []string{"  " + long, "  Remedy: none", "  https://a.test"}},
		{[]string{"     console    " + long, strings.Repeat(" ", 18) + "goes on", strings.Repeat(" ", 16) + "next"},
			[]string{"     console    " + long + " goes on", strings.Repeat(" ", 16) + "next"}},
		{[]string{"       > " + long, "       > other"}, []string{"       > " + long, "       > other"}},
	} {
		var got []string
		for _, l := range unwrap(c.lines, 16) {
			got = append(got, l.text)
			if !strings.HasPrefix(l.text, c.lines[l.at]) {
				t.Errorf("%q is said to be line %d", l.text, l.at)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q", c.lines, got)
		}
	}
}

func TestLineColorsAreThoseOfTheTranscript(t *testing.T) {
	o := demo().Findings[0].Steps[0].Observation
	plain := strings.Split(harness.Transcript(o, harness.PlainText), "\n")
	colors := lineColors(harness.Transcript(o, harness.ANSIColors))
	if len(colors) != len(plain) || colors[0] != bold || !slices.Contains(colors, faint) || !slices.Contains(colors, "") {
		t.Errorf("%d lines, colours %q", len(plain), colors)
	}
}

func TestPrintable(t *testing.T) {
	for _, c := range []struct {
		in, want string
		limit    int
	}{
		{"short", "short", 5},
		{"longer", "longe… (1 characters more)", 5},
		{"ééééééé", "ééééé… (2 characters more)", 5},
		{strings.Repeat("a", 1<<20), "aaaaa… (1048571 characters more)", 5},
		{"a\x1bb", `a\x1bb`, 9},
		{"https://u:p@a.test/", "https://(hidden)@a.test/", 40},
	} {
		if got := printable(c.in, c.limit); got != c.want {
			t.Errorf("%.20q: got %q, want %q", c.in, got, c.want)
		}
	}
}

// A password that a cut goes through is hidden all the same.
func TestPrintableHidesWhatIsCut(t *testing.T) {
	if got := printable("https://user:"+strings.Repeat("s3cret", 100)+"@a.test/", 20); strings.Contains(got, "s3cret") {
		t.Error(got)
	}
}
