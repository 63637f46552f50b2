package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// compared returns a Comparison with a difference of each kind.
func compared() finding.Comparison {
	r := few()
	a, b, none := r.Findings[0], r.Findings[0], r.Findings[6]
	b.Steps = []finding.Step{{Want: harness.Blocked, Decided: true, Observation: r.Findings[3].Steps[0].Observation}}
	none.Steps = nil
	return finding.Comparison{
		Version: 1, Policy: r.Policy, Left: "https://dev.acme.com", Right: "https://api.acme.com", Chrome: r.Chrome, Seconds: 3.2, Same: 41,
		Notes: []string{"The left has no /v1/upload."}, Ended: "interrupted",
		Differences: []finding.Difference{
			{Kind: finding.DifferentVerdict, Left: a, Right: b},
			{Kind: finding.DifferentWire, Left: a, Right: a, Wire: []finding.WireDifference{
				{Step: 1, Exchange: 1, Name: "status", Left: "200", Right: "204"},
				{Step: 1, Exchange: 2, Name: "Vary", Right: "Origin\x1b[2J" + strings.Repeat("A", 5000)},
				{Step: 1, Name: "exchanges", Left: "1", Right: "2"},
			}},
			{Kind: finding.NoVerdict, Left: a, Right: none},
		},
	}
}

func TestComparison(t *testing.T) {
	var b strings.Builder
	if err := (Text{}).Comparison(&b, compared()); err != nil {
		t.Fatal(err)
	}
	golden(t, "comparison.txt", b.String())
	for line := range strings.Lines(b.String()) {
		if n := len([]rune(line)); n > columns+1 || strings.Contains(line, "\x1b") {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestComparisonJSON(t *testing.T) {
	var b strings.Builder
	if err := ComparisonJSON(&b, compared()); err != nil {
		t.Fatal(err)
	}
	var again finding.Comparison
	if err := json.Unmarshal([]byte(b.String()), &again); err != nil {
		t.Fatal(err)
	}
	if len(again.Differences) != 3 || again.Same != 41 || again.Differences[1].Wire[0].Right != "204" {
		t.Errorf("%+v", again)
	}
}

// Each form of a comparison names what differs and the probes, and is whole whatever servers
// say.
func TestComparisonForms(t *testing.T) {
	c := compared()
	for name, format := range map[string]func(io.Writer, finding.Comparison) error{
		"HTML": ComparisonHTML, "Markdown": ComparisonMarkdown, "JUnit": ComparisonJUnit, "JSON": ComparisonJSON,
	} {
		got := string(written(t, format, c))
		for _, want := range []string{"Status of the answer to the request", "K19"} {
			if plain := strings.ReplaceAll(got, "\\", ""); !strings.Contains(plain, want) {
				t.Errorf("%s has no %q:\n%.400s", name, want, got)
			}
		}
		if strings.Contains(got, "\x1b") {
			t.Errorf("%s has a control character", name)
		}
	}
	var suites junit.Testsuites
	if err := xml.Unmarshal(written(t, ComparisonJUnit, c), &suites); err != nil || suites.Failures != 4 || suites.Errors != 1 {
		t.Errorf("%v, %d failures, %d errors", err, suites.Failures, suites.Errors)
	}
	if got := string(written(t, ComparisonMarkdown, finding.Comparison{Same: 3})); !strings.Contains(got, "no difference") || strings.Contains(got, "| --- |") {
		t.Errorf("of no difference:\n%s", got)
	}
}

// The page of a comparison has no script, and nothing of a server becomes markup.
func TestComparisonPageOfHostileServers(t *testing.T) {
	var c finding.Comparison
	for _, f := range hostile().Findings {
		c.Differences = append(c.Differences, finding.Difference{Kind: finding.DifferentVerdict, Left: f, Right: f, LeftCause: f.Title, Wire: []finding.WireDifference{{Left: f.Title}}})
	}
	page := written(t, ComparisonHTML, c)
	for _, attack := range attacks {
		if strings.ContainsAny(attack, "<>") && bytes.Contains(page, []byte(attack)) {
			t.Errorf("%q is in the page", attack)
		}
	}
	if bytes.Contains(page, []byte("<script")) {
		t.Error("the page has a script")
	}
}
