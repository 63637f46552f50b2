package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

// WriteUps returns a text in Markdown for each library that lets somebody in or locks
// somebody out where it must not, by the name of the library: what its authors need to see
// it for themselves. Only behaviours of the level [behaviour.Must] are written up.
func WriteUps(m conform.Matrix) map[string][]byte {
	texts := map[string][]byte{}
	for _, l := range m.Libraries {
		var b strings.Builder
		for _, c := range l.Cells {
			row, _ := behaviour.Of(c.ID)
			if row.Level == behaviour.Must && (c.Verdict == conform.FailOpen || c.Verdict == conform.FailClosed) {
				writeUp(&b, l, c, row)
			}
		}
		if b.Len() > 0 {
			head := fmt.Sprintf("# %s %s\n\nWhat %s found with %s, by the adapter `servers/libraries/%s/%s`.\n", l.Library, l.Version, "`corsproof conform "+l.Name+"`", m.Chrome.Version, l.Language, l.Name)
			texts[l.Name] = []byte(head + b.String())
		}
	}
	return texts
}

// writeUp writes one failure.
func writeUp(b *strings.Builder, l conform.Result, c conform.Cell, row behaviour.Behaviour) {
	fmt.Fprintf(b, "\n## %s %s: %s\n\n%s\n", c.ID, c.Verdict, row.Sentence, c.Verdict.Sentence())
	if c.Why != "" {
		fmt.Fprintf(b, "Seen: %s.\n", strings.TrimSuffix(c.Why, "."))
	}
	if c.Reason != "" {
		fmt.Fprintf(b, "\n%s\n", c.Reason)
	}
	fmt.Fprintf(b, "\nDocumented: %s\n", cmp.Or(c.Documented, "nobody has looked for it yet."))
	fmt.Fprintf(b, "\nThe rule: %s\n", row.Anchor)
	p, ok := l.Policy(c.Policy)
	if !ok {
		return
	}
	fmt.Fprintf(b, "\nThe policy, %s (`%s`, %s):\n\n```json\n%s\n```\n", p.Title, p.Name, p.Kind, policyText(p.Name))
	if p.Config != "" {
		fmt.Fprintf(b, "\nThe configuration:\n\n```\n%s\n```\n", p.Config)
	}
	if proof, ok := p.Proof(c); ok {
		fmt.Fprintf(b, "\nThe transcript:\n\n```\n%s\n```\n", strings.TrimRight(proof.String(), "\n"))
	}
}

// policyText is a policy as an adapter reads it.
func policyText(name string) string {
	for _, p := range conform.Policies() {
		if p.Name == name {
			text, err := json.MarshalIndent(p, "", "  ")
			if err != nil {
				panic(fmt.Sprintf("%T cannot be written as JSON: %v", p, err)) // it is plain data
			}
			return string(text)
		}
	}
	return ""
}
