package finding

import (
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/plain"
)

// String says in a few lines how many probes have which outcome, and what to change: enough
// for a failing test. Package report writes the evidence, too.
func (r Report) String() string {
	var counts []string
	for _, o := range Outcomes() {
		if n := r.Count(o); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if len(counts) == 0 {
		counts = []string{"nothing was asked"}
	}
	var b strings.Builder
	b.WriteString(r.Target + ": " + strings.Join(counts, ", "))
	if r.Ended != "" {
		b.WriteString("\nended early: " + r.Ended)
	}
	for i, p := range r.Problems() {
		fmt.Fprintf(&b, "\n%d  %s", i+1, p.Outcome)
		if p.Severity != "" {
			b.WriteString(", " + string(p.Severity))
		}
		fmt.Fprintf(&b, ": %s (%s)", p.Headline, probes(p.Probes))
		if p.Remedy != "" {
			b.WriteString("\n   Remedy: " + p.Remedy)
		}
	}
	return clean(b.String())
}

// GomegaString is what Gomega prints of the report.
func (r Report) GomegaString() string { return r.String() }

// mostIDs is how many ids a line of [Report.String] has.
const mostIDs = 5

// probes lists ids, each once.
func probes(names []ProbeName) string {
	var ids []string
	seen := map[string]bool{}
	for _, n := range names {
		if !seen[n.ID] {
			ids = append(ids, n.ID)
		}
		seen[n.ID] = true
	}
	if len(ids) > mostIDs {
		ids = append(ids[:mostIDs], "...")
	}
	return strings.Join(ids, ", ")
}

// clean spells out the characters that a terminal would obey, in each line.
func clean(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = plain.Clean(line)
	}
	return strings.Join(lines, "\n")
}
