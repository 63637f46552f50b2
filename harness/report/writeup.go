package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

// WriteUps returns a text in Markdown for each library that fails a behaviour of the level
// [behaviour.Must], by the name of the library: what its authors need to see the failure for
// themselves. The failures are FAIL-OPEN and FAIL-CLOSED. Recorded headers are never written
// up, because they are not the product. A library with nothing to write up has an empty
// text if it was asked with every policy; otherwise it is not in the map.
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
		switch {
		case l.Language == recorded:
			texts[l.Name] = nil
		case b.Len() > 0:
			texts[l.Name] = []byte(writeUpHead(m, l) + b.String())
		case !l.MissingEvidence() && askedWithAll(l):
			texts[l.Name] = nil
		}
	}
	return texts
}

// recorded is the folder of adapters that answer with recorded headers of a product.
const recorded = "fixtures"

// askedWithAll says whether a library was asked with every policy.
func askedWithAll(l conform.Result) bool {
	for _, p := range conform.Policies() {
		if _, ok := l.Policy(p.Name); !ok {
			return false
		}
	}
	return true
}

// writeUpHead says what was asked, and by which adapter if it is of servers/libraries.
func writeUpHead(m conform.Matrix, l conform.Result) string {
	head := fmt.Sprintf("# %s\n\nFound by `corsproof conform` with %s.\n", libraryName(l), printable(m.Chrome.Version, 80))
	if l.Language != "" {
		head += fmt.Sprintf("\nAdapter: `servers/libraries/%s/%s`.\n", l.Language, l.Name)
	}
	return head
}

// writeUp writes one failure.
func writeUp(b *strings.Builder, l conform.Result, c conform.Cell, row behaviour.Behaviour) {
	fmt.Fprintf(b, "\n## %s %s: %s\n\n%s\n", c.ID, c.Verdict, row.Sentence, c.Verdict.Sentence())
	if c.Why != "" {
		fmt.Fprintf(b, "%s%s.\n", strings.ToUpper(c.Why[:1]), strings.TrimSuffix(c.Why[1:], "."))
	}
	if c.Reason != "" {
		fmt.Fprintf(b, "\n%s\n", c.Reason)
	}
	fmt.Fprintf(b, "\nDocumented: %s\n", cmp.Or(c.Documented, "not checked yet."))
	fmt.Fprintf(b, "\nThe rule: %s\n", row.Anchor)
	p, ok := l.Policy(c.Policy)
	if !ok {
		return
	}
	fmt.Fprintf(b, "\nPolicy `%s` (%s): %s.\n", p.Name, p.Kind, p.Title)
	if policy, ok := conform.PolicyNamed(p.Name); ok {
		fmt.Fprintf(b, "\n```json\n%s\n```\n", conform.PolicyText(policy))
	}
	if p.Config != "" {
		fmt.Fprintf(b, "\nThe configuration:\n\n```\n%s\n```\n", p.Config)
	}
	if proof, ok := p.Proof(c); ok {
		fmt.Fprintf(b, "\nThe transcript:\n\n```\n%s\n```\n", strings.TrimRight(proof.String(), "\n"))
	}
}
