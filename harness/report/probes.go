package report

import (
	"cmp"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/policy"
)

// Probes lists the probes that a run would ask. It asks nothing.
func (t Text) Probes(w io.Writer, probes []policy.Probe) error {
	tw := t.table("id", "level", "side", "method", "what the policy wants")
	tw.SetColumnConfigs([]table.ColumnConfig{{Number: 5, WidthMax: columns - 38, WidthMaxEnforcer: text.WrapSoft}})
	unsafe := 0
	for _, p := range probes {
		method := methodOf(p)
		if p.Unsafe {
			unsafe++
			method = t.paint(yellow, method)
		}
		tw.AppendRow(table.Row{printable(p.ID, 20), levelName(p.Level), string(p.Side), method, printable(p.Title, textLimit)})
	}
	_, err := fmt.Fprintf(w, "%s\n\n%d probes, %d of them with a method that may change something\n", tw.Render(), len(probes), unsafe)
	return err
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
