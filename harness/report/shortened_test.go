package report

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

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

// A password across the cut is hidden, too.
func TestPrintableHidesWhatIsCut(t *testing.T) {
	if got := printable("https://user:"+strings.Repeat("s3cret", 100)+"@a.test/", 20); strings.Contains(got, "s3cret") {
		t.Error(got)
	}
}

// No row of a transcript is much longer than the limit; running text is not cut.
func TestTranscriptIsCut(t *testing.T) {
	for _, f := range hostile().Findings {
		lines := transcript(f, 50)
		for _, l := range lines {
			for word := range strings.FieldsSeq(l.Text) {
				if n := utf8.RuneCountInString(word); n > 50+len("…") {
					t.Errorf("%d characters: %.100q", n, word)
				}
			}
		}
	}
	said := strings.Repeat("word ", 500) + "end"
	f := finding.Finding{Steps: []finding.Step{{Observation: harness.Observation{Request: harness.Request{From: "https://app.test", URL: "https://api.test/"},
		Console: []harness.Message{{Text: said}}, Script: harness.Script{Error: said}, Verdict: harness.Blocked}}}}
	for _, l := range transcript(f, 50) {
		switch l.Kind {
		case harness.LineConsole:
			if l.Text != said {
				t.Errorf("the message is cut: %q", l.Text)
			}
		case harness.LineScript:
			if l.Text != said[:50]+"… (2453 characters more)" {
				t.Errorf("got %q", l.Text)
			}
		}
	}
	if lines := transcript(finding.Finding{}, 50); lines != nil {
		t.Errorf("an empty finding: %+v", lines)
	}
}

// A step that is not judged alone has no meaning of its own, and no remedy.
func TestTranscriptOfJudgedTogether(t *testing.T) {
	step := finding.Step{Observation: harness.Observation{Request: harness.Request{URL: "https://api.test/"}, Verdict: harness.Blocked, Reason: harness.MissingAllowOriginHeader}}
	alone := transcript(finding.Finding{Wire: true, Steps: []finding.Step{step}}, 50)
	step.Prepares = true
	together := transcript(finding.Finding{Wire: true, Steps: []finding.Step{step}}, 50)
	if !slices.ContainsFunc(alone, explains) || slices.ContainsFunc(together, explains) || len(together) == 0 || together[len(together)-1].Kind == "" {
		t.Errorf("alone\n%s\ntogether\n%s", alone.Text(harness.PlainText, 0), together.Text(harness.PlainText, 0))
	}
}

// A text of the transcript is not repeated below it.
func TestSaysIsAboutTheKind(t *testing.T) {
	lines := harness.Transcript{{Kind: harness.LineMeaning, Text: "It means https://(hidden)@a.test."}, {Kind: harness.LineRemedy, Text: "Do it."}}
	for _, c := range []struct {
		kind harness.LineKind
		text string
		want bool
	}{
		{harness.LineMeaning, "It means https://u:p@a.test.", true},
		{harness.LineRemedy, "Do it.", true},
		{harness.LineMeaning, "Do it.", false},
		{harness.LineMeaning, "It means", false},
	} {
		if got := says(lines, c.kind, c.text); got != c.want {
			t.Errorf("%s %q: %t", c.kind, c.text, got)
		}
	}
}
