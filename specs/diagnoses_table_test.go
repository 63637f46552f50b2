package specs_test

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/servers/software"
)

// writeDiagnoses is the variable by which TestDiagnosesTable writes DIAGNOSES.md.
const writeDiagnoses = "CORSPROOF_WRITE_DIAGNOSES"

//go:embed DIAGNOSES.md
var diagnosesText string

// The sources of the tests in harness/diagnose: the rows with their causes, and the examples.
var (
	rowLine      = regexp.MustCompile(`(?m)^\t"([\w-]+)":\s+"([^"]+)",$`)
	exampleStart = regexp.MustCompile(`(?m)^\t\t"([^"\n]+)":\s+\{`)
	exampleFinds = regexp.MustCompile(`\bid: "([a-z-]+)", layer: diagnose\.(\w+), sure: diagnose\.(\w+)([^\n]*)`)
)

// example is a fixture that shows a cause.
type example struct {
	name, layer     string
	likely, untried bool
}

// examplesOf reads the examples of harness/diagnose, by cause.
func examplesOf(t *testing.T) map[string]example {
	t.Helper()
	files, err := filepath.Glob("../harness/diagnose/examples*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples: ", err)
	}
	of := map[string]example{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		starts := exampleStart.FindAllStringSubmatchIndex(string(text), -1)
		for i, at := range starts {
			end := len(text)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			m := exampleFinds.FindStringSubmatch(string(text[at[0]:end]))
			if m == nil {
				continue
			}
			likely := m[3] != "Proved"
			if x, known := of[m[1]]; known && (likely || !x.likely) {
				continue
			}
			of[m[1]] = example{string(text[at[2]:at[3]]), layerNames[m[2]], likely, strings.Contains(m[4], "untried: true")}
		}
	}
	return of
}

// layerNames are the layers by the names of their constants.
var layerNames = map[string]string{
	"Page": string(diagnose.Page), "Library": string(diagnose.Library), "Framework": string(diagnose.Framework), "Middleware": string(diagnose.Middleware),
	"Gateway": string(diagnose.Gateway), "Cache": string(diagnose.Cache), "Login": string(diagnose.Login), "Setting": string(diagnose.Setting), "Network": string(diagnose.Network),
}

// DIAGNOSES.md has every row, with what shows it. Each row of a fault is a known row with that
// cause, and each fault has a row.
func TestDiagnosesTable(t *testing.T) {
	source, err := os.ReadFile("../harness/diagnose/rows_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(source), "var rows = ")
	rows, after, _ := strings.Cut(after, "\n}")
	_, after, _ = strings.Cut(after, "var elsewhere = ")
	others, _, _ := strings.Cut(after, "\n}")
	elsewhere := map[string]string{}
	for _, cause := range rowLine.FindAllStringSubmatch(others, -1) {
		elsewhere[cause[1]] = cause[2]
	}
	known := rowLine.FindAllStringSubmatch(rows, -1)
	if len(known) < 80 {
		t.Fatalf("%d rows in rows_test.go", len(known))
	}
	all := slices.Concat(diagnoses, otherDiagnoses)
	causes := map[string]string{}
	for _, row := range known {
		causes[row[1]] = row[2]
	}
	for _, d := range all {
		for _, row := range strings.Fields(d.rows) {
			if !slices.Contains(strings.Fields(causes[row]), d.cause) {
				t.Errorf("%s shows row %s by %s, and rows_test.go has %q", d.fault, row, d.cause, causes[row])
			}
		}
	}
	for _, f := range software.Faults() {
		if !slices.ContainsFunc(diagnoses, func(d diagnosed) bool { return d.fault == f.ID }) {
			t.Errorf("%s has no row in diagnoses", f.ID)
		}
	}
	fixtures := examplesOf(t)
	var b strings.Builder
	b.WriteString(diagnosesText[:strings.Index(diagnosesText, "| row |")])
	b.WriteString("| row | cause | layer | shown by | remedy | control |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, row := range known {
		if why, none := strings.CutPrefix(row[2], "- "); none {
			fmt.Fprintf(&b, "| %s | none: %s | | | | |\n", row[1], why)
			continue
		}
		for _, cause := range strings.Fields(row[2]) {
			lines := softwareLines(all, row[1], cause)
			if lines == nil {
				lines = []string{fixtureLine(fixtures, elsewhere, cause)}
			}
			for _, line := range lines {
				fmt.Fprintf(&b, "| %s | `%s` | %s\n", row[1], cause, line)
			}
		}
	}
	isWritten(t, "DIAGNOSES.md", b.String(), writeDiagnoses)
}

// isWritten holds a file of this folder to its text, or writes it where the variable is set.
func isWritten(t *testing.T, name, text, variable string) {
	t.Helper()
	if os.Getenv(variable) != "" {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if is, err := os.ReadFile(name); err != nil || string(is) != text {
		t.Errorf("%s is not what the tests say (%v): set %s=1 and run this test to write it", name, err, variable)
	}
}

// softwareLines are the lines of a row that software shows.
func softwareLines(all []diagnosed, row, cause string) (lines []string) {
	for _, d := range all {
		if d.cause != cause || !slices.Contains(strings.Fields(d.rows), row) {
			continue
		}
		layer := string(d.layer)
		if d.likely {
			layer += ", likely"
		}
		lines = append(lines, fmt.Sprintf("%s | %s | %s | %s |", layer, d.fault, triedWord(d.untried), control(d)))
	}
	return lines
}

// control is what the same test does not accuse, or accuses of something else.
func control(d diagnosed) string {
	faults := software.Faults()
	at := slices.IndexFunc(faults, func(f software.Fault) bool { return f.ID == d.fault })
	if at < 0 || faults[at].Control.URL != "" { // the other specs have a control each
		return "the same server, not accused"
	}
	for _, other := range diagnoses {
		i := slices.IndexFunc(faults, func(f software.Fault) bool { return f.ID == other.fault })
		if other.cause != d.cause && other.cause != "" && faults[i].Reason == faults[at].Reason {
			return other.fault + ", `" + other.cause + "`"
		}
	}
	return ""
}

// fixtureLine is the line of a cause that only a fixture shows.
func fixtureLine(fixtures map[string]example, elsewhere map[string]string, cause string) string {
	x, shown := fixtures[cause]
	if why, none := strings.CutPrefix(elsewhere[cause], "none: "); !shown && none {
		return "| none: " + why + " | | |"
	} else if !shown {
		return "| fixture: " + elsewhere[cause] + " | | |"
	}
	layer := x.layer
	if x.likely {
		layer += ", likely"
	}
	return fmt.Sprintf("%s | fixture: TestDiagnoses, %s | %s | TestDiagnoses |", layer, x.name, triedWord(x.untried))
}

// triedWord says whether the remedy was proved.
func triedWord(untried bool) string {
	if untried {
		return "cannot be tried"
	}
	return "proved"
}

// tell is a diagnosis as diagnose prints it.
func tell(d diagnose.Diagnosis) string {
	var b strings.Builder
	_ = report.Text{}.Diagnosis(&b, report.Diagnosed{Diagnosis: d})
	return b.String()
}
