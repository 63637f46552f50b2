package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s: line %d differs (-update writes it):\n%s", file, i+1, g[i])
		}
	}
	t.Fatalf("%s has %d lines more", file, len(w)-len(g))
}

func TestDemoHasEverything(t *testing.T) {
	r := demo()
	t.Logf("%d findings, sent %v, withheld %v", len(r.Findings), r.Sent, r.Withheld)
	for _, o := range finding.Outcomes() {
		if r.Count(o) == 0 {
			t.Errorf("no finding is %s", o)
		}
		t.Log(o, r.Count(o), bySeverity(r, o))
	}
}

func TestHeadline(t *testing.T) {
	with := func(outcomes ...finding.Outcome) finding.Report {
		var r finding.Report
		for _, o := range outcomes {
			r.Findings = append(r.Findings, finding.Finding{Outcome: o})
		}
		return r
	}
	for want, r := range map[string]finding.Report{
		"nothing was asked":                                      {},
		"all 2 probes held":                                      with(finding.Held, finding.Held),
		"1 of 3 probes held, nothing else is new":                with(finding.Held, finding.Known, finding.NotAsked),
		"1 thing to change (2 probes)":                           with(finding.Held, finding.Broken, finding.Flaky),
		"1 thing to change (1 probe)":                            with(finding.Known, finding.Broken),
		"not every probe has a verdict":                          with(finding.Held, finding.Inconclusive),
		"2 things to change (2 probes)":                          with(finding.Flaky, finding.Unexpected, finding.Held),
		"1 thing to change (1 probe); 1 probe without a verdict": with(finding.Unexpected, finding.Inconclusive),
	} {
		if got := headline(r); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if ok := strings.Contains(want, "probes held"); passed(r) != ok {
			t.Errorf("%s: passed is %t", want, passed(r))
		}
	}
	ended := with(finding.Held)
	ended.Ended = "interrupted"
	if passed(ended) || headline(ended) != "not every probe has a verdict" {
		t.Errorf("a run that ended early: %s", headline(ended))
	}
}
