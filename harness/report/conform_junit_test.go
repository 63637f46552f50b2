package report

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

func TestMatrixJUnit(t *testing.T) {
	text := string(written(t, MatrixJUnit, demoMatrix()))
	var suites junit.Testsuites
	if err := xml.Unmarshal([]byte(text), &suites); err != nil {
		t.Fatal(err)
	}
	all := len(behaviour.All())
	want := map[string][4]int{ // tests, failures, errors, skipped
		"kong":             {all, 0, 0, all},
		"gorilla-handlers": {all + 1, 1, 1, 0}, // one policy failed
		"rs-cors":          {all + 1, 4, 2, 1},
		"express-cors":     {all + 1, 0, 1, 0},
	}
	outputs := map[string]string{}
	for _, s := range suites.Suites {
		if got := [4]int{s.Tests, s.Failures, s.Errors, s.Skipped}; got != want[s.Name] {
			t.Errorf("%s: %v, want %v", s.Name, got, want[s.Name])
		}
		for _, c := range s.Testcases {
			key := s.Name + " " + strings.Fields(c.Name)[0]
			if c.SystemOut != nil {
				outputs[key] = c.SystemOut.Data
			}
			if c.Failure != nil {
				outputs[key] = c.Failure.Message + "\n" + c.Failure.Data
			}
			if c.Error != nil {
				outputs[key] = c.Name + ": " + c.Error.Message
			}
			if c.Skipped != nil {
				outputs[key] = c.Skipped.Message
			}
		}
	}
	if len(suites.Suites) != len(want) {
		t.Errorf("%d suites", len(suites.Suites))
	}
	for key, part := range map[string]string{
		"kong K01":             "not run: want docker <not found>: / apt install docker",
		"rs-cors K13":          "Was PASS, is FAIL-OPEN. Policy single: wanted: GET /me",
		"rs-cors K71":          "Was SILENT-NOOP, is PASS",
		"rs-cors K61":          `FAIL-CLOSED. Policy single: wanted: GET /orders/corsproof-not-there from https://app.acme.com: <readable>; seen: blocked, want readable. The baseline says: issue <7>: a "404" has no headers`,
		"rs-cors K72":          "REFUSED. Policy empty: origins: ",
		"rs-cors K41":          "Policy star-lists: no option for methods.",
		"express-cors policy":  "policy unanchored: the adapter failed with policy unanchored, which says nothing about the library: the adapter did not start: panic: ",
		"gorilla-handlers K55": "< (no Access-Control-Allow-Origin)",
	} {
		if !strings.Contains(outputs[key], part) {
			t.Errorf("%s: %q\nwant %q", key, outputs[key], part)
		}
	}
	if _, ok := outputs["express-cors K01"]; ok {
		t.Error("a cell that passes needs no text")
	}
}

// A cell without a verdict is an error, and no failure, unless the baseline expects it.
func TestMatrixJUnitOfMissingEvidence(t *testing.T) {
	lost := conform.Cell{ID: "K01", Verdict: conform.NoVerdict, Policy: "single", Why: "lost", Wanted: conform.Pass}
	if c := caseOf(conform.Result{}, lost); c.Error == nil || c.Failure != nil || c.Error.Message != "Policy single: lost." {
		t.Errorf("%+v", c)
	}
	lost.Wanted, lost.Reason = "", "known"
	if c := caseOf(conform.Result{}, lost); c.Error != nil || c.SystemOut == nil {
		t.Errorf("the baseline expects it: %+v", c)
	}
}

func TestMatrixJUnitOfHostileAdapters(t *testing.T) {
	data := written(t, MatrixJUnit, hostileMatrix())
	var suites junit.Testsuites
	if err := xml.Unmarshal(data, &suites); err != nil || len(suites.Suites) != len(attacks)+1 {
		t.Errorf("%d suites, %v", len(suites.Suites), err)
	}
	if !utf8.Valid(data) || strings.ContainsFunc(string(data), func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0xFFFF }) {
		t.Error("a character that XML cannot contain")
	}
}
