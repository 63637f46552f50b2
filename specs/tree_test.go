package specs_test

import (
	_ "embed"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// labelKeys are the sets of labels, each with the values that it allows.
var labelKeys = map[string]*regexp.Regexp{
	"scenario": regexp.MustCompile(`^[a-z-]+$`),
	"claim":    regexp.MustCompile(`^\d\d$`),
	"case":     regexp.MustCompile(`^\d{1,3}$`),
	"code":     regexp.MustCompile(`^[A-Za-z_-]+$`),
	// Rows of the oracle's table.
	"deviation": regexp.MustCompile(`^D\d+$`),
	// Anchors of the Fetch standard.
	"fetch": regexp.MustCompile(`^(append-a-request-origin-header|concept-cache-match|concept-cors-check|concept-filtered-response|` +
		`concept-filtered-response-cors|concept-filtered-response-opaque|concept-header-list-append|concept-http-network-or-cache-fetch|` +
		`concept-method-normalize|concept-network-error|concept-request-credentials-mode|concept-request-mode|concept-request-tainted-origin|` +
		`concept-tao-check|cors-check|cors-non-wildcard-request-header-name|cors-preflight-cache|cors-preflight-fetch|cors-safelisted-method|` +
		`cors-safelisted-request-header|cors-unsafe-request-header-names|cross-origin-resource-policy-check|dom-request|extract-header-list-values|` +
		`forbidden-request-header|http-access-control-max-age|http-cors-protocol|http-fetch|http-network-fetch|http-network-or-cache-fetch|` +
		`http-redirect-fetch|http-responses|main-fetch|port-blocking|scheme-fetch|use-cors-preflight-flag|websocket-protocol)$`),
}

// lint checks the rules for the tree of specs, which doc.go describes. It sees
// all specs, also the specs that a filter excludes.
func lint(t *testing.T, tree Report) {
	t.Helper()
	named := map[string]map[string]bool{"claim": {}, "case": {}, "code": {}, "deviation": {}}
	seen := map[string]types.CodeLocation{}
	for _, spec := range tree.SpecReports {
		if !spec.LeafNodeType.Is(types.NodeTypeIt) {
			continue
		}
		text := spec.FullText()
		if other, twice := seen[text]; twice {
			t.Errorf("%s: %q stands at %s, too", spec.LeafNodeLocation, text, other)
		}
		seen[text] = spec.LeafNodeLocation
		has := map[string]bool{}
		for _, label := range spec.Labels() {
			key, value, _ := strings.Cut(label, ":")
			allowed := labelKeys[key]
			if allowed == nil || !allowed.MatchString(value) {
				t.Errorf("%s: label %s: want one of %v with a value that tree_test.go knows", spec.LeafNodeLocation, label, slices.Sorted(maps.Keys(labelKeys)))
			}
			has[key] = true
			if values := named[key]; values != nil {
				values[value] = true
			}
		}
		for _, key := range []string{"scenario", "fetch"} {
			if !has[key] {
				t.Errorf("%s: %q has no label %s:", spec.LeafNodeLocation, text, key)
			}
		}
	}
	if len(seen) == 0 {
		t.Error("the tree of specs is empty")
	}
	claims.lint(t, named["claim"])
	cases.lint(t, named["case"])
	lintCodes(t, named["code"])
	lintDeviations(t, named["deviation"])
}

// document is a table of facts that specs prove; each row has a label with its
// number.
type document struct {
	name, key, text string
	row             *regexp.Regexp // number, verdict
	verdicts        []string
}

var (
	//go:embed CLAIMS.md
	claimsText string
	//go:embed CASES.md
	casesText string

	// claims is the table of the claims of the document that this project comes
	// from.
	claims = document{"CLAIMS.md", "claim", claimsText,
		regexp.MustCompile(`(?m)^\| (\d\d) \| [^|]+ \| \*\*([^|*]+)\*\* \| [^|]+ \|$`), []string{"confirmed", "in part", "refuted"}}
	// cases is the table of the hundred questions.
	cases = document{"CASES.md", "case", casesText,
		regexp.MustCompile(`(?m)^\| (\d+) \| (?:[^|]|\\\|)+ \| \*\*([^|*]+)\*\*(?:[^|]|\\\|)*\|$`), []string{"as listed", "in part", "otherwise"}}
)

// lint checks that each row has a spec, and that each label of a spec names a
// row.
func (d document) lint(t *testing.T, named map[string]bool) {
	t.Helper()
	listed := map[string]bool{}
	for _, r := range d.row.FindAllStringSubmatch(d.text, -1) {
		number, verdict := r[1], r[2]
		if listed[number] {
			t.Errorf("%s has %s twice", d.name, number)
		}
		listed[number] = true
		if !named[number] {
			t.Errorf("%s: no spec has the label %s:%s", d.name, d.key, number)
		}
		if !slices.Contains(d.verdicts, verdict) {
			t.Errorf("%s, %s %s: %q: want one of %q", d.name, d.key, number, verdict, d.verdicts)
		}
	}
	if lines := strings.Count(d.text, "\n| "); lines != len(listed)+2 {
		t.Errorf("%s has %d lines of a table, %d of them rows: want a head of two and rows", d.name, lines, len(listed))
	}
	for number := range named {
		if !listed[number] {
			t.Errorf("%s has no row for the label %s:%s", d.name, d.key, number)
		}
	}
}
