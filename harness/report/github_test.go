package report

import (
	"fmt"
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
		if !strings.HasPrefix(line, "::") || !ok || !ended || !strings.Contains("error warning notice", name) {
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
	if n := strings.Count(got, "\n::"); n != annotationLimit || !strings.HasPrefix(got, "::notice title=corsproof::9 things to change (") || !strings.Contains(got, " more need attention") {
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
	golden(t, "summary.md", string(written(t, Markdown, few())))
}

func TestSummaryIsShortEnough(t *testing.T) {
	r := big(5000)
	for i := range r.Findings { // a problem each
		r.Findings[i] = finding.Finding{ID: "K31", Key: "/", Side: "allowed", Header: fmt.Sprint("X-", i), Outcome: finding.Broken, Title: strings.Repeat("a", 200), Effect: strings.Repeat("|", 10_000)}
	}
	got := string(written(t, Markdown, r))
	if len(got) > summaryLimit || len(got) < summaryLimit/2 {
		t.Errorf("%d bytes", len(got))
	}
	if !strings.Contains(got, "There was no room for the proof of ") || !strings.Contains(got, " problems more.") {
		t.Error("no line counts the findings that were left out")
	}
}

// No value becomes markup: outside pre, each character that could begin markup has a
// backslash or is an entity.
func TestSummaryOfHostileServers(t *testing.T) {
	got := string(written(t, Markdown, hostile()))
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
	for value, want := range map[string]string{
		"<b>|`*_@x https://a.test\n# h": "\\<b\\>\\|\\`\\*\\_\\@x https\\://a.test\\\\x0a\\# h",
		"1. no list":                    `1\. no list`,
		"12) no list":                   `12\) no list`,
		"1.5.2 of it (2.0).":            "1.5.2 of it (2.0).",
		"- no list":                     `\- no list`,
		"--- no rule":                   `\-\-\- no rule`,
		"a - b = c + d: e":              "a - b = c + d: e",
		"see www.evil.test, :tada:":     `see www\.evil.test, \:tada:`,
		"![x](https://evil.test)":       `\!\[x\](https\://evil.test)`,
		"~~x~~ &amp; $x$ #12 [^1] user": `\~\~x\~\~ \&amp; \$x\$ \#12 \[\^1\] user`,
	} {
		if got := markdown(value); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

// Each cause is marked once before any is marked twice, on the line of its resource.
func TestAnnotationsNameEachCauseFirst(t *testing.T) {
	r := finding.Report{Policy: "p.yaml"}
	for i := range 14 {
		r.Findings = append(r.Findings, finding.Finding{ID: "K14", Key: fmt.Sprint(i), Side: "forbidden", Tags: []string{"look-alike"}, Resource: "/me", Line: 7, Outcome: finding.Broken, Severity: finding.Critical})
	}
	for i, id := range []string{"K03", "K09", "K36"} {
		r.Findings = append(r.Findings, finding.Finding{ID: id, Key: "/b", Side: "forbidden", Resource: "/b", Line: 8 + i, Outcome: finding.Broken, Severity: finding.Low})
	}
	lines := strings.Split(strings.TrimSpace(string(written(t, Annotations, r))), "\n")
	want := []string{"things to change (17 probes)", "line=7,", "line=8,", "line=9,", "line=10,", "line=7,", "line=7,", "line=7,", "line=7,", "line=7,", "line=7,", "7 more need attention"}
	if len(lines) != len(want) {
		t.Fatalf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for i, part := range want {
		if !strings.Contains(lines[i], part) {
			t.Errorf("line %d has no %q: %s", i+1, part, lines[i])
		}
	}
}
