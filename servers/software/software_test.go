package software

import (
	"slices"
	"strings"
	"testing"
)

// Each fault has an id of its own, software that can be started, and a question.
func TestFaults(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults() {
		if seen[f.ID] || f.Is == "" || !strings.HasPrefix(f.Ask.URL, "/") || f.Ask.From == "" {
			t.Errorf("%q: the id stands twice, or a field is missing", f.ID)
		}
		seen[f.ID] = true
		for each := &f.Server; each != nil; each = each.Behind {
			if !slices.Contains(Kinds(), each.Kind) {
				t.Errorf("%s: no software %q", f.ID, each.Kind)
			}
		}
	}
}

// An application has nothing left of its places, and a snippet stands where it belongs.
func TestApp(t *testing.T) {
	for id, a := range apps {
		for _, snippet := range []string{"", "the snippet " + a.second} {
			for _, refuse := range []bool{false, true} {
				s, err := App(id, snippet, refuse)
				if err != nil {
					t.Fatal(err)
				}
				whole := s.Config + s.Snippet
				for _, place := range []string{"FIRST", "SECOND", "REFUSAL"} {
					if strings.Contains(whole, place) {
						t.Errorf("%s: %s is left:\n%s", id, place, whole)
					}
				}
				if refuse != strings.Contains(whole, a.refuse) || (snippet != "") != strings.Contains(whole, "the snippet") {
					t.Errorf("%s, refuse %v, with %q:\n%s", id, refuse, snippet, whole)
				}
			}
		}
	}
	if _, err := App("gopher", "", false); err == nil {
		t.Error("an application for software that is not there")
	}
	if _, err := (Server{Kind: "gopher"}).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "apache") {
		t.Errorf("%v, want the names of the kinds", err)
	}
}
