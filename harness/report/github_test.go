package report

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

func TestAnnotations(t *testing.T) {
	golden(t, "annotations.txt", string(written(t, Annotations, demo())))
}

// Whatever a server says, a line is a command of ours or the last line with the count.
func TestAnnotationsOfHostileServers(t *testing.T) {
	got := string(written(t, Annotations, hostile()))
	for line := range strings.Lines(got) {
		name, rest, ok := strings.Cut(strings.TrimPrefix(line, "::"), " ")
		properties, _, ended := strings.Cut(rest, "::")
		if !strings.HasPrefix(line, "::") || !ok || !ended || name != "error" && name != "warning" {
			t.Errorf("%q", line)
		}
		for _, p := range strings.Split(properties, ",") {
			if key, value, _ := strings.Cut(p, "="); !strings.Contains("file line title", key) || strings.ContainsAny(value, ":,\r\n") {
				t.Errorf("the property %q", p)
			}
		}
	}
	if len(got) > 20_000 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestAnnotationsAreFew(t *testing.T) {
	got := string(written(t, Annotations, big(1000)))
	if n := strings.Count(got, "\n::") + 1; n != annotationLimit || !strings.Contains(got, " more need attention") {
		t.Errorf("%d annotations:\n%s", n, got)
	}
	if got := written(t, Annotations, finding.Report{Version: 1}); len(got) != 0 {
		t.Errorf("an empty report: %s", got)
	}
}

func TestCommandEscapes(t *testing.T) {
	var b strings.Builder
	command(&b, "error", [][2]string{{"title", "a:b,c%0A"}}, "100%", "", "::warning::x", "a\n::error::b")
	if got, want := b.String(), "::error title=a%3Ab%2Cc%250A::100%25%0A::warning::x%0Aa\\x0a::error::b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSummary(t *testing.T) {
	golden(t, "summary.md", string(written(t, Summary, few())))
}

func TestSummaryIsShortEnough(t *testing.T) {
	r := big(5000)
	for i := range r.Findings {
		r.Findings[i].Outcome = finding.Broken
		r.Findings[i].Effect = strings.Repeat("|", 10_000)
	}
	got := string(written(t, Summary, r))
	if len(got) > summaryLimit || len(got) < summaryLimit/2 {
		t.Errorf("%d bytes", len(got))
	}
	if !strings.Contains(got, "There was no room for ") || !strings.Contains(got, " more need attention") {
		t.Error("no line counts the findings that were left out")
	}
}

// No value becomes markup: outside pre, each character that could begin markup has a
// backslash or is an entity.
func TestSummaryOfHostileServers(t *testing.T) {
	got := string(written(t, Summary, hostile()))
	ours := strings.NewReplacer("<details><summary>", "", "</summary>", "", "<pre>", "", "</pre>", "", "</details>", "", `\<`, "", `\>`, "", "\n> ", "\n")
	if rest := ours.Replace(got); strings.ContainsAny(rest, "<>") {
		i := strings.IndexAny(rest, "<>")
		t.Errorf("markup at %q", rest[max(i-40, 0):min(i+40, len(rest))])
	}
	for line := range strings.Lines(got) {
		if cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.HasPrefix(line, "| **") && cells != 6 {
			t.Errorf("a row with %d bars: %.200s", cells, line)
		}
		if strings.HasPrefix(line, "# ") {
			t.Errorf("a heading that is not ours: %s", line)
		}
	}
}

func TestMarkdown(t *testing.T) {
	if got, want := markdown("<b>|`*_@x https://a.test\n# h"), "\\<b\\>\\|\\`\\*\\_\\@x https\\://a\\.test\\\\x0a\\# h"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
