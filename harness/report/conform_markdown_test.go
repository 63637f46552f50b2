package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

func TestMatrixMarkdown(t *testing.T) {
	golden(t, "matrix.md", string(written(t, MatrixMarkdown, demoMatrix())))
}

// many returns a Matrix of libraries that fail in nothing.
func many(perLanguage map[string]int) conform.Matrix {
	m := conform.Matrix{Version: conform.Version}
	for _, language := range []string{"rust", "go", "node"} {
		for i := range perLanguage[language] {
			m.Libraries = append(m.Libraries, demoLibrary(fmt.Sprintf("%s-%d", language, i+1), language, language, fmt.Sprint(i)))
		}
	}
	return m
}

// The tables are narrow: one for all, or one for each language, or several for a language.
func TestMatrixMarkdownTables(t *testing.T) {
	for _, c := range []struct {
		libraries map[string]int
		want      string
	}{
		{map[string]int{"go": 8, "node": 6}, "14"},
		{map[string]int{"go": 8, "node": 7}, "Go 8, Node.js 7"},
		{map[string]int{"go": 14, "rust": 1}, "Go 14, Rust 1"},
		{map[string]int{"go": 15}, "Go (1 of 2) 8, Go (2 of 2) 7"},
		{map[string]int{"node": 29, "go": 2}, "Go 2, Node.js (1 of 3) 10, Node.js (2 of 3) 10, Node.js (3 of 3) 9"},
		{nil, ""},
	} {
		var got []string
		for _, table := range tablesOf(many(c.libraries).Libraries) {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %d", table.title, len(table.libraries))))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%v: %s, want %s", c.libraries, strings.Join(got, ", "), c.want)
		}
	}
}

// Each row of each table has as many cells as its head: no value breaks out of its cell.
func TestMatrixMarkdownOfHostileAdapters(t *testing.T) {
	for name, m := range map[string]conform.Matrix{"hostile": hostileMatrix(), "demo": demoMatrix(), "wide": many(map[string]int{"go": 20, "node": 3})} {
		text := string(written(t, MatrixMarkdown, m))
		width, rows := 0, 0
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "|") {
				width = 0
				if strings.HasPrefix(line, "#") && name == "hostile" || strings.Contains(strings.ReplaceAll(line, `\<`, ""), "<script") {
					t.Errorf("%s: %.200q", name, line)
				}
				continue
			}
			cells := strings.Count(line, "|") - strings.Count(line, `\|`)
			if width == 0 {
				width = cells
			}
			if rows++; cells != width {
				t.Errorf("%s: %d cells, want %d: %.200q", name, cells, width, line)
			}
		}
		if rows < len(behaviour.All()) {
			t.Errorf("%s: %d rows", name, rows)
		}
		if len(text) > 1<<20 {
			t.Errorf("%s: %d bytes", name, len(text))
		}
	}
}
