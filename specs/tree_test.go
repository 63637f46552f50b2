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

// labelKeys are the sets that a label can belong to, with what it can say there.
var labelKeys = map[string]*regexp.Regexp{
	"scenario": regexp.MustCompile(`^[a-z-]+$`),
	"claim":    regexp.MustCompile(`^\d\d$`),
	// Anchors of the Fetch standard.
	"fetch": regexp.MustCompile(`^(append-a-request-origin-header|concept-filtered-response-opaque|concept-network-error|` +
		`concept-request-credentials-mode|concept-request-mode|cors-check|cors-preflight-fetch|cors-safelisted-method|cors-safelisted-request-header|` +
		`http-cors-protocol|http-network-fetch|http-network-or-cache-fetch|http-redirect-fetch|http-responses|main-fetch)$`),
}

// lint holds the rules of the tree of specs, which doc.go tells. It sees all
// specs, also those that a filter leaves out.
func lint(t *testing.T, tree Report) {
	t.Helper()
	claimed := map[string]bool{}
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
			if key == "claim" {
				claimed[value] = true
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
	lintClaims(t, claimed)
}

// claims is the table of the document's claims.
//
//go:embed CLAIMS.md
var claims string

// row is a row of that table: number, claim, what Chrome did, the case.
var row = regexp.MustCompile(`(?m)^\| (\d\d) \| ([^|]+) \| \*\*([^|*]+)\*\* \| ([^|]+) \|$`)

// lintClaims holds that each claim in the table has a spec, and each spec that
// names one a row.
func lintClaims(t *testing.T, claimed map[string]bool) {
	t.Helper()
	listed := map[string]bool{}
	for _, r := range row.FindAllStringSubmatch(claims, -1) {
		number, verdict := r[1], r[3]
		if listed[number] {
			t.Errorf("CLAIMS.md has %s twice", number)
		}
		listed[number] = true
		if !claimed[number] {
			t.Errorf("CLAIMS.md: no spec has the label claim:%s", number)
		}
		if !slices.Contains([]string{"confirmed", "in part", "refuted"}, verdict) {
			t.Errorf("CLAIMS.md, claim %s: %q: want confirmed, in part or refuted", number, verdict)
		}
	}
	if lines := strings.Count(claims, "\n| "); lines != len(listed)+2 {
		t.Errorf("CLAIMS.md has %d lines of a table, %d of them rows: want a head of two and rows", lines, len(listed))
	}
	for number := range claimed {
		if !listed[number] {
			t.Errorf("CLAIMS.md has no row for the label claim:%s", number)
		}
	}
}
