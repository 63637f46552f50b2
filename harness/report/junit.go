package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/corsproof/corsproof/harness/finding"
)

// JUnit writes a test case for each finding: broken, flaky and unexpected are a failure,
// inconclusive is an error, known and not asked are skipped.
func JUnit(w io.Writer, r finding.Report) error {
	suite := junit.Testsuite{Name: xmlText("corsproof "+r.Target, textLimit), Time: fmt.Sprintf("%.3f", r.Seconds)}
	suite.SetTimestamp(r.Started.UTC())
	addProperties(&suite, [][2]string{
		{"policy", r.Policy}, {"fingerprint", r.Fingerprint}, {"chrome", r.Chrome.Version}, {"chrome.flags", strings.Join(r.Chrome.Flags, " ")},
		{"sent", tally(r.Sent)}, {"withheld", tally(r.Withheld)}, {"ended", r.Ended},
	})
	for _, f := range byWeight(r.Findings) {
		suite.AddTestcase(testCase(f))
	}
	suites := junit.Testsuites{Name: "corsproof", Time: suite.Time}
	suites.AddSuite(suite)
	return writeSuites(w, suites)
}

// addProperties adds the properties that have a value.
func addProperties(suite *junit.Testsuite, properties [][2]string) {
	for _, p := range properties {
		if p[1] != "" {
			suite.AddProperty(p[0], xmlText(p[1], 10*textLimit))
		}
	}
}

// writeSuites writes an XML document.
func writeSuites(w io.Writer, suites junit.Testsuites) error {
	if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); err != nil {
		return err
	}
	return suites.WriteXML(w)
}

// testCase returns the test case of one finding.
func testCase(f finding.Finding) junit.Testcase {
	c := junit.Testcase{Name: xmlText(f.ID+" "+f.Title, textLimit), Classname: xmlText(f.Resource, textLimit)}
	result := &junit.Result{Message: xmlText(message(f), textLimit), Type: strings.TrimSpace(string(f.Outcome) + " " + string(f.Severity))}
	switch f.Outcome {
	case finding.Held:
		return c
	case finding.Known, finding.NotAsked:
		c.Skipped = result
		return c
	case finding.Inconclusive:
		c.Error = result
	default:
		c.Failure = result
	}
	result.Data = story(f)
	return c
}

// message says in one line what is wrong with a finding.
func message(f finding.Finding) string {
	var parts []string
	for _, part := range []string{f.Effect, f.Why, runs(f), prefixed("known: ", f.Known)} {
		if part != "" {
			parts = append(parts, sentence(part))
		}
	}
	if parts == nil {
		return string(f.Outcome)
	}
	return strings.Join(parts, " ")
}

// story is the transcript of a finding with its explanation and its key, for tools that
// show text.
func story(f finding.Finding) string {
	lines := []string{""}
	if text := transcriptText(f, textLimit); text != "" {
		lines = append(lines, text, "")
	} else {
		for _, text := range []string{f.Meaning, prefixed("Remedy: ", f.Remedy), f.Anchor} {
			if text != "" {
				lines = append(lines, "  "+printable(text, textLimit))
			}
		}
	}
	return legal(strings.Join(append(lines, "  key: "+printable(f.Key, textLimit), ""), "\n"))
}

// xmlText returns a value from outside as text for XML.
func xmlText(value string, limit int) string { return legal(printable(value, limit)) }

// legal drops the characters that XML 1.0 cannot contain.
// https://www.w3.org/TR/xml/#charsets
func legal(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return -1
	}, text)
}
