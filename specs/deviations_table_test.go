package specs_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/oracle"
)

const deviationsHead = `# Where Chrome and Firefox differ from the Fetch standard

Of Chrome 156 and Firefox 153. A row that the specs can show has a spec with the label ` + "`deviation:ID`" + `, which asks both browsers;
` + "`as the standard`" + ` says that Firefox answered that spec as the standard wants, and ` + "`not tried`" + ` that no spec asks Firefox. This file
is written from harness/oracle/deviations.go by

    CORSPROOF_WRITE_DEVIATIONS=1 go test ./specs -run TestDeviationsTable

| row | subject | standard | Chrome | Firefox |
| --- | --- | --- | --- | --- |
`

// DEVIATIONS.md has every row of the oracle's table.
func TestDeviationsTable(t *testing.T) {
	asked := map[string]bool{} // of Firefox
	for _, c := range deviationCases() {
		asked[c.id] = true
	}
	cells := strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;")
	var b strings.Builder
	b.WriteString(deviationsHead)
	for _, d := range oracle.Deviations() {
		firefox := "not tried"
		if asked[d.ID] {
			firefox = "as the standard"
		}
		row := []string{d.ID, d.What, d.Standard, cmp.Or(d.Chrome, "as the standard"), cmp.Or(d.Firefox, firefox)}
		for i := range row {
			row[i] = cells.Replace(row[i])
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	isWritten(t, "DEVIATIONS.md", b.String(), "CORSPROOF_WRITE_DEVIATIONS")
}
