package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// DiagnosesJSON writes diagnoses of several questions as one document, without secrets.
func DiagnosesJSON(w io.Writer, list []Diagnosed) error {
	return writeJSON(w, struct {
		Diagnoses []Diagnosed `json:"diagnoses"`
	}{append([]Diagnosed{}, list...)})
}

// Diagnoses writes several questions: how many have which verdict, what is blocked or wrong with its
// cause and remedy, and the rest in one line each.
func (t Text) Diagnoses(w io.Writer, list []Diagnosed) error {
	var b strings.Builder
	kinds := []struct {
		title string
		of    func(Diagnosed) bool
	}{
		{"blocked", func(d Diagnosed) bool { return d.Seen.Verdict == harness.Blocked }},
		{"without a verdict", func(d Diagnosed) bool { return d.Seen.Verdict == "" }},
		{"something is wrong", func(d Diagnosed) bool {
			return d.Seen.Verdict != harness.Blocked && d.Seen.Verdict != "" && d.Cause != ""
		}},
		{"would be sent", func(d Diagnosed) bool { return d.Cause == "" && d.Seen.Withheld() }},
		{"opaque", func(d Diagnosed) bool { return d.Cause == "" && d.Seen.Verdict == harness.Opaque }},
		{"readable", func(d Diagnosed) bool {
			return d.Cause == "" && d.Seen.Verdict == harness.Readable && !d.Seen.Withheld()
		}},
	}
	var counts []string
	for _, k := range kinds {
		var some []Diagnosed
		for _, d := range list {
			if k.of(d) {
				some = append(some, d)
			}
		}
		if len(some) > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", len(some), k.title))
			t.diagnosesOf(&b, k.title, some)
		}
	}
	head := fmt.Sprintf("%s: %s\n", quantity(len(list), "question"), strings.Join(counts, ", "))
	_, err := io.WriteString(w, head+b.String())
	return err
}

// diagnosesOf writes the questions of a kind.
func (t Text) diagnosesOf(b *strings.Builder, title string, list []Diagnosed) {
	b.WriteString("\n" + t.paint(bold, strings.ToUpper(title[:1])+title[1:]) + "\n")
	for _, d := range list {
		told := d.Cause != "" || d.Error != ""
		if told {
			b.WriteByte('\n')
		}
		t.led(b, "", fmt.Sprintf("  %4d  ", d.Number), 8, "", d.asked()+" from "+d.Seen.Request.From)
		if !told {
			continue
		}
		t.rows(b, "", 8, 8, string(d.Seen.Reason))
		if d.Error != "" {
			t.rows(b, "", 8, 8, d.Error)
		}
		for _, p := range partsOf(d) {
			if p.Label == "Tried" || p.Label == "Result" { // the diagnosis of one question has them
				continue
			}
			t.led(b, bold, fmt.Sprintf("        %-10s ", p.Label), 8+11, "", strings.Join(p.Texts, "; "))
		}
		if d.Trial != nil && d.Trial.Proved {
			t.rows(b, "", 8, 8, proofOf(d))
		}
		if d.Again != "" {
			b.WriteString("        Alone: " + d.Again + "\n")
		}
	}
}
