package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/conform"
)

// pass and lost are the cells of libraries of these tests.
var (
	pass = conform.Cell{ID: "K13", Verdict: conform.Pass}
	open = conform.Cell{ID: "K13", Verdict: conform.FailOpen, Policy: "single", Why: "readable, want blocked"}
	lost = conform.Cell{ID: "K14", Verdict: conform.NoVerdict, Why: "lost"}
)

// finished writes a matrix of libraries as after a run, in a folder.
func finished(t *testing.T, o *conformOptions, closing error, m conform.Matrix) result {
	t.Helper()
	b := shelf{files: map[string]string{}, baselines: map[string]conform.Baseline{}}
	for _, l := range m.Libraries {
		b.files[l.Name] = filepath.Join(filepath.Dir(o.matrix.jsonFile), l.Name+".yaml")
	}
	if err := b.read(o.update); err != nil {
		t.Fatal(err)
	}
	return end(t, func(_ context.Context, s streams) error { return o.finish(s, b, m, closing) })
}

// A finished matrix is not thrown away because Chrome, the trace or the network did not
// end well: it is written, and then the error is returned.
func TestConformKeepsItsOutputsWhenClosingFails(t *testing.T) {
	for name, o := range map[string]*conformOptions{"a run": {}, "an update": {update: true}} {
		file := filepath.Join(t.TempDir(), "m.json")
		o.matrix.jsonFile = file
		got := finished(t, o, errors.New("chrome did not end"), conform.Matrix{Version: conform.Version, Libraries: []conform.Result{{Name: "one", Cells: []conform.Cell{pass, lost}}}})
		text, err := os.ReadFile(file)
		if got.status != 3 || got.stderr == "" || !strings.Contains(got.stderr, "chrome did not end") || !strings.Contains(got.stdout, "NO-VERDICT") || !strings.Contains(string(text), `"one"`) {
			t.Errorf("%s: status %d, %v\n%s%s%s", name, got.status, err, got.stdout, got.stderr, text)
		}
	}
	// An output that cannot be written keeps neither the others nor the error of closing.
	file := filepath.Join(t.TempDir(), "m.json")
	o := &conformOptions{update: true}
	o.matrix.jsonFile, o.matrix.junit = file, filepath.Join(t.TempDir(), "gone", "junit.xml")
	got := finished(t, o, errors.New("chrome did not end"), conform.Matrix{Libraries: []conform.Result{{Name: "one", Cells: []conform.Cell{pass}}}})
	if _, err := os.Stat(file); err != nil || got.status != 3 || !strings.Contains(got.stderr, "chrome did not end") || !strings.Contains(got.stderr, "--junit") {
		t.Errorf("status %d, %v\n%s", got.status, err, got.stderr)
	}
}

// An update after a run that ended early, or without all evidence, writes what is complete
// and ends with 3.
func TestConformUpdateOfAnIncompleteRun(t *testing.T) {
	faulty := []conform.ResultOfPolicy{{Name: "any", State: conform.Faulty, Text: "exit status 1"}}
	known := "library: one\nversion: \"1\"\nfailures:\n  K14: {verdict: NO-VERDICT, reason: it has no cache}\n"
	for name, test := range map[string]struct {
		matrix  conform.Matrix
		before  string // of the baseline
		status  int
		written bool
	}{
		"complete":             {conform.Matrix{Libraries: []conform.Result{{Name: "one", Cells: []conform.Cell{open}}}}, "", 0, true},
		"interrupted":          {conform.Matrix{Ended: "interrupted", Libraries: []conform.Result{{Name: "one", Cells: []conform.Cell{open}}}}, "", 3, true},
		"no verdict":           {conform.Matrix{Libraries: []conform.Result{{Name: "one", Cells: []conform.Cell{open, lost}}}}, "", 3, true},
		"no verdict, as known": {conform.Matrix{Libraries: []conform.Result{{Name: "one", Cells: []conform.Cell{open, lost}}}}, known, 0, true},
		"not run":              {conform.Matrix{Libraries: []conform.Result{{Name: "one", NotRun: "install cobc"}}}, "", 3, false},
		"an adapter that ends": {conform.Matrix{Libraries: []conform.Result{{Name: "one", Cells: []conform.Cell{open}, Policies: faulty}}}, "", 3, false},
		"nothing":              {conform.Matrix{}, "", 3, false},
	} {
		folder := t.TempDir()
		file := filepath.Join(folder, "one.yaml")
		if test.before != "" {
			if err := os.WriteFile(file, []byte(test.before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o := &conformOptions{update: true}
		o.matrix.jsonFile = filepath.Join(folder, "m.json")
		got := finished(t, o, nil, test.matrix)
		text, _ := os.ReadFile(file) // there may be none
		if got.status != test.status || strings.Contains(string(text), "K13") != test.written {
			t.Errorf("%s: status %d, want %d\n%s%s%s", name, got.status, test.status, got.stdout, got.stderr, text)
		}
		if name == "an adapter that ends" && !strings.Contains(got.stderr, "one.yaml: not updated: the adapter failed with the policy any: exit status 1\n") {
			t.Errorf("%s:\n%s", name, got.stderr)
		}
	}
}

// The old text of a library that has nothing to write up now is removed. All other files
// stay: of libraries that this run did not ask about everything, and files of others.
func TestConformRemovesOldFindings(t *testing.T) {
	folder := t.TempDir()
	ours, theirs := "# Old 1\n\nFound by `corsproof conform` with Chrome/155.\n", "# Notes\n"
	for name, text := range map[string]string{"fine": ours, "notes": theirs, "not-run": ours, "few": ours, "elsewhere": ours, "fails": ours} {
		if err := os.WriteFile(filepath.Join(folder, name+".md"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var all []conform.ResultOfPolicy
	for _, p := range conform.Policies() {
		all = append(all, conform.ResultOfPolicy{Name: p.Name, State: conform.Asked})
	}
	o := &conformOptions{}
	o.matrix.findings = folder
	o.matrix.jsonFile = filepath.Join(t.TempDir(), "m.json")
	got := finished(t, o, nil, conform.Matrix{Libraries: []conform.Result{
		{Name: "fine", Cells: []conform.Cell{pass}, Policies: all},
		{Name: "new", Cells: []conform.Cell{pass}, Policies: all}, // there is no old text
		{Name: "notes", Cells: []conform.Cell{pass}, Policies: all},
		{Name: "few", Cells: []conform.Cell{pass}, Policies: all[:2]},
		{Name: "fails", Cells: []conform.Cell{open}, Policies: all},
		{Name: "not-run", NotRun: "install cobc"},
	}})
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	for i := range left {
		left[i] = strings.TrimSuffix(filepath.Base(left[i]), ".md")
	}
	if want := []string{"elsewhere", "fails", "few", "not-run", "notes"}; err != nil || !slices.Equal(left, want) || got.status != 1 {
		t.Errorf("status %d, %v: %q, want %q\n%s", got.status, err, left, want, got.stderr)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "fails.md")); err != nil || !strings.Contains(string(text), "K13") {
		t.Errorf("%v\n%s", err, text)
	}
}

// Each text for authors is about a library with an adapter, and not about recorded headers.
func TestCommittedFindingsHaveAdapters(t *testing.T) {
	texts, err := filepath.Glob("../fixtures/findings/*.md")
	if err != nil || len(texts) == 0 {
		t.Fatal(texts, err)
	}
	for _, text := range texts {
		name := strings.TrimSuffix(filepath.Base(text), ".md")
		folders, err := filepath.Glob(filepath.Join("../servers/libraries", "*", name))
		folders = slices.DeleteFunc(folders, func(f string) bool { return filepath.Base(filepath.Dir(f)) == "fixtures" })
		if err != nil || len(folders) != 1 {
			t.Errorf("%s: adapters %q, want one of the library itself (%v)", text, folders, err)
		}
	}
}
