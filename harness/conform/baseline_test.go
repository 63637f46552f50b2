package conform

import (
	"slices"
	"strings"
	"testing"
)

const written = `library: rs/cors
version: 1.11.1
failures:
  K30: {verdict: FAIL-OPEN, seen: any page reads, reason: a pattern is a pattern, documented: README}
others:
  UNSUPPORTED: [K41, K42]
`

func TestBaseline(t *testing.T) {
	b, err := ReadBaseline("b.yaml", []byte(written))
	if err != nil {
		t.Fatal(err)
	}
	r := b.Apply(Result{Cells: []Cell{
		{ID: "K30", Verdict: FailOpen}, {ID: "K41", Verdict: Unsupported}, {ID: "K42", Verdict: Pass}, {ID: "K13", Verdict: FailOpen}, {ID: "K01", Verdict: Pass},
	}})
	want := []Cell{
		{ID: "K30", Verdict: FailOpen, Reason: "a pattern is a pattern"},
		{ID: "K41", Verdict: Unsupported},
		{ID: "K42", Verdict: Pass, Wanted: Unsupported}, // better is a change, too
		{ID: "K13", Verdict: FailOpen, Wanted: Pass},
		{ID: "K01", Verdict: Pass},
	}
	if !slices.EqualFunc(r.Cells, want, func(a, b Cell) bool {
		return a.ID == b.ID && a.Verdict == b.Verdict && a.Reason == b.Reason && a.Wanted == b.Wanted
	}) {
		t.Errorf("%+v", r.Cells)
	}
	if !r.Failed() {
		t.Error("not failed")
	}
}

// All faults are told at once, with the name of the file.
func TestBaselineFaults(t *testing.T) {
	_, err := ReadBaseline("b.yaml", []byte(`library: x
version: "1"
failures:
  K99: {verdict: FAIL-OPEN, reason: x}
  K13: {verdict: PASS, reason: x}
  K14: {verdict: FAIL-OPEN}
others:
  FAIL-CLOSED: [K15]
  REFUSED: [K13]
`))
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{"b.yaml: K99 is not a behaviour", `b.yaml: K13: the verdict "PASS" is not a failure`, "b.yaml: K14 has no reason", `others: "FAIL-CLOSED"`, "K13 is listed twice"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	if _, err := ReadBaseline("b.yaml", nil); err == nil || err.Error() != "b.yaml: the file is empty: write one with --update-baseline" {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := ReadBaseline("b.yaml", []byte("library: x\nfailurs: {}\n")); err == nil || !strings.Contains(err.Error(), "failurs") {
		t.Errorf("an unknown field: %v", err)
	}
}

// An update keeps reasons where the verdict is the same, and demands the others.
func TestBaselineUpdate(t *testing.T) {
	b, err := ReadBaseline("b.yaml", []byte(written))
	if err != nil {
		t.Fatal(err)
	}
	u := b.Update(Result{Library: "rs/cors", Version: "2", Cells: []Cell{
		{ID: "K30", Verdict: FailOpen, Why: "still"}, {ID: "K13", Verdict: FailOpen, Why: "new"}, {ID: "K41", Verdict: Refused}, {ID: "K01", Verdict: Pass},
	}})
	if u.Version != "2" || u.Failures["K30"].Reason != "a pattern is a pattern" || u.Failures["K30"].Seen != "still" || u.Failures["K30"].Documented != "README" {
		t.Errorf("%+v", u)
	}
	if !slices.Equal(u.Unexplained(), []string{"K13"}) || !slices.Equal(u.Others[Refused], []string{"K41"}) || len(u.Others[Unsupported]) > 0 {
		t.Errorf("%+v", u)
	}
	if kept := b.Update(Result{Cells: []Cell{{ID: "K30", Verdict: NoVerdict, Why: "no answer"}}}).Failures["K30"]; kept.Verdict != FailOpen || kept.Reason != "a pattern is a pattern" {
		t.Errorf("missing evidence changes the baseline: %+v", kept)
	}
	text, err := u.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBaseline("u.yaml", text); err == nil || !strings.Contains(err.Error(), "K13 has no reason") {
		t.Errorf("a failure without a reason: %v", err)
	}
	if again, err := BaselineToUpdate("u.yaml", text); err != nil || again.Failures["K30"].Reason != "a pattern is a pattern" {
		t.Errorf("%+v, %v", again, err)
	}
}
