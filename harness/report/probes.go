package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/policy"
)

// listedAtOnce is how many probes are written at a time: a list may have a million.
const listedAtOnce = 1000

// Probes lists the probes that a run would ask. It asks nothing. The list is written in
// parts, so that its reader gets the first probes at once.
func (t Text) Probes(w io.Writer, probes []policy.Probe) error {
	header := []any{"id", "level", "side", "method", "what the policy wants"}
	widths := make([]int, 4)
	unsafe := 0
	for i := range widths {
		widths[i] = len(header[i].(string))
	}
	for _, p := range probes {
		for i, cell := range cellsOf(p) {
			widths[i] = max(widths[i], text.StringWidth(cell))
		}
		if p.Unsafe {
			unsafe++
		}
	}
	for part := range slices.Chunk(probes, listedAtOnce) {
		tw := t.table(header...)
		header = nil // of the first part alone
		var columnsOf []table.ColumnConfig
		for i, width := range widths {
			columnsOf = append(columnsOf, table.ColumnConfig{Number: i + 1, WidthMin: width})
		}
		tw.SetColumnConfigs(append(columnsOf, table.ColumnConfig{Number: 5, WidthMax: t.width() - 38, WidthMaxEnforcer: text.WrapSoft}))
		for _, p := range part {
			cells := cellsOf(p)
			if p.Unsafe {
				cells[3] = t.paint(yellow, cells[3])
			}
			tw.AppendRow(table.Row{cells[0], cells[1], cells[2], cells[3], printable(p.Title, textLimit)})
		}
		if _, err := fmt.Fprintln(w, tw.Render()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\n%d probes, %d of them with a method that may change something\n", len(probes), unsafe)
	return err
}

// cellsOf are the cells of a probe before its title.
func cellsOf(p policy.Probe) [4]string {
	return [4]string{printable(p.ID, 20), levelName(p.Level), string(p.Side), methodOf(p)}
}

// methodOf returns the method of the last step, which is judged.
func methodOf(p policy.Probe) string {
	if len(p.Steps) == 0 {
		return ""
	}
	return printable(cmp.Or(p.Steps[len(p.Steps)-1].Request.Method, "GET"), 20)
}

// levelName returns a level as a word.
func levelName(l behaviour.Level) string { return cmp.Or(l.Name(), printable(string(l), 20)) }
