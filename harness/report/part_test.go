package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

// Every report for a reader says which part was asked and which system gave the index, and
// says nothing of parts where all was asked.
func TestReportsNameThePart(t *testing.T) {
	r, m := few(), demoMatrix()
	for name, write := range map[string]func(io.Writer, *finding.Shard) error{
		"text":               func(w io.Writer, s *finding.Shard) error { r.Shard = s; return Text{}.Report(w, r) },
		"page":               func(w io.Writer, s *finding.Shard) error { r.Shard = s; return HTML(w, r) },
		"Markdown":           func(w io.Writer, s *finding.Shard) error { r.Shard = s; return Markdown(w, r) },
		"matrix as text":     func(w io.Writer, s *finding.Shard) error { m.Shard = s; return Text{}.Matrix(w, m) },
		"matrix as Markdown": func(w io.Writer, s *finding.Shard) error { m.Shard = s; return MatrixMarkdown(w, m) },
		"page of the matrix": func(w io.Writer, s *finding.Shard) error {
			m.Shard = s
			pages, err := MatrixPages(m, nil)
			_, _ = w.Write(pages["index.html"])
			return err
		},
		"JSON": func(w io.Writer, s *finding.Shard) error { r.Shard = s; return jsonPart(w, r) },
	} {
		for want, s := range map[string]*finding.Shard{
			"2 of 5 (index from GitLab and Bazel)": {Index: 2, Of: 5, System: "GitLab and Bazel"},
			"3 of 7":                               {Index: 3, Of: 7},
			"":                                     nil,
		} {
			var b bytes.Buffer
			if err := write(&b, s); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if !strings.Contains(text, want) || strings.Contains(text, "index from") != strings.Contains(want, "index from") ||
				s == nil && strings.Contains(strings.ToLower(text), "part ") {
				t.Errorf("%s: want %q in\n%s", name, want, text)
			}
		}
	}
}

// jsonPart writes the part that a reader of the JSON gets.
func jsonPart(w io.Writer, r finding.Report) error {
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		return err
	}
	read, err := Parse("r.json", b.Bytes())
	_, _ = io.WriteString(w, partOf(read.Shard))
	return err
}
