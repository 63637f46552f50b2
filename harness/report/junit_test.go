package report

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/corsproof/corsproof/harness/finding"
)

// few returns a Report with two findings of each outcome, for golden files.
func few() finding.Report {
	r := demo()
	all := r.Findings
	r.Findings = nil
	seen := map[finding.Outcome]int{}
	for _, f := range all {
		if seen[f.Outcome]++; seen[f.Outcome] <= 2 {
			r.Findings = append(r.Findings, f)
		}
	}
	return r
}

func TestJUnit(t *testing.T) {
	golden(t, "report.junit.xml", string(written(t, JUnit, few())))
}

func TestJUnitCounts(t *testing.T) {
	for name, r := range map[string]finding.Report{"demo": demo(), "hostile": hostile()} {
		data := written(t, JUnit, r)
		var suites junit.Testsuites
		if err := xml.Unmarshal(data, &suites); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		failed := r.Count(finding.Broken) + r.Count(finding.Flaky) + r.Count(finding.Unexpected)
		if suites.Tests != len(r.Findings) || suites.Failures != failed || suites.Errors != r.Count(finding.Inconclusive) ||
			suites.Skipped != r.Count(finding.Known)+r.Count(finding.NotAsked) {
			t.Errorf("%s: %d tests, %d failures, %d errors, %d skipped", name, suites.Tests, suites.Failures, suites.Errors, suites.Skipped)
		}
		if !utf8.Valid(data) || strings.ContainsFunc(string(data), func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0xFFFF }) {
			t.Errorf("%s: a character that XML cannot contain", name)
		}
		if len(data) > 1<<20 {
			t.Errorf("%s: %d bytes", name, len(data))
		}
	}
}

func TestLegal(t *testing.T) {
	if got := legal("a\x00b\uffff\ufffe\nc\td\x7f"); got != "ab\nc\td\x7f" {
		t.Errorf("%q", got)
	}
}
