package behaviour

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The catalogue has every id once, in order, and each row is whole.
func TestRowsAreWhole(t *testing.T) {
	anchor := regexp.MustCompile(`^https://fetch\.spec\.whatwg\.org/#[a-z][a-z-]*[a-z]$`)
	judged := []Judged{ByPolicy, NeedsRoute, ByEffect, OfLibrary}
	sentences, used := map[string]string{}, map[string]bool{}
	for i, b := range All() {
		if want := fmt.Sprintf("K%02d", i+1); b.ID != want {
			t.Errorf("row %d is %s, want %s", i+1, b.ID, want)
		}
		if b.Level.Name() == "" || !slices.Contains(judged, b.Judged) || !slices.Contains([]Needs{"", Wire, Caches}, b.Needs) {
			t.Errorf("%s: level %q, judged %q, needs %q", b.ID, b.Level, b.Judged, b.Needs)
		}
		if other := sentences[b.Sentence]; other != "" || b.Sentence == "" || strings.HasSuffix(b.Sentence, ".") || b.Sentence[0] < 'A' || b.Sentence[0] > 'Z' {
			t.Errorf("%s: the sentence %q, which %q has too", b.ID, b.Sentence, other)
		}
		sentences[b.Sentence] = b.ID
		if !anchor.MatchString(b.Anchor) {
			t.Errorf("%s: the anchor %q", b.ID, b.Anchor)
		}
		if len(b.Tags) == 0 || len(b.Sides) == 0 {
			t.Errorf("%s: tags %v, sides %v", b.ID, b.Tags, b.Sides)
		}
		if (b.Needs == Wire) != slices.Contains(b.Tags, TagWire) || b.Needs == Caches && !slices.Contains(b.Tags, TagCache) {
			t.Errorf("%s needs %q and has the tags %v", b.ID, b.Needs, b.Tags)
		}
		sidesAreWhole(t, b, used)
	}
	if n := len(All()); n != 74 {
		t.Errorf("%d rows, want 74", n)
	}
	for harm := range harms {
		if !used[string(harm)] {
			t.Errorf("no behaviour does the harm %s", harm)
		}
	}
	for _, tag := range Tags() {
		if !used[tag] {
			t.Errorf("no behaviour has the tag %s", tag)
		}
	}
}

// sidesAreWhole checks each side of a row, and marks its harms and tags as used.
func sidesAreWhole(t *testing.T, b Behaviour, used map[string]bool) {
	t.Helper()
	seen := map[Side]bool{}
	for _, aim := range b.Sides {
		if seen[aim.Side] || aim.Side != Allowed && aim.Side != Forbidden {
			t.Errorf("%s: the side %q, in %v", b.ID, aim.Side, b.Sides)
		}
		seen[aim.Side] = true
		if aim.Harm.Sentence() == "" {
			t.Errorf("%s, %s: the harm %q", b.ID, aim.Side, aim.Harm)
		}
		used[string(aim.Harm)] = true
		tags := b.TagsOn(aim.Side)
		for i, tag := range tags {
			if !slices.Contains(Tags(), tag) || slices.Contains(tags[:i], tag) {
				t.Errorf("%s, %s: the tags %v", b.ID, aim.Side, tags)
			}
			used[tag] = true
		}
	}
}

// The counts are the counts of the document that defines the ids.
func TestLevels(t *testing.T) {
	got := map[Level]int{}
	for _, b := range All() {
		got[b.Level]++
	}
	for level, want := range map[Level]int{Must: 40, Should: 23, Hardening: 7, Information: 4} {
		if got[level] != want {
			t.Errorf("%d rows of level %s, want %d", got[level], level, want)
		}
	}
}

func TestOf(t *testing.T) {
	b, ok := Of("K20")
	if !ok || b.Sentence != "Children of a domain can read, look-alikes of them cannot" {
		t.Errorf("K20: %v, %+v", ok, b)
	}
	if tags := b.TagsOn(Allowed); !slices.Equal(tags, []string{TagOrigin}) {
		t.Errorf("K20, allowed: %v", tags)
	}
	if tags := b.TagsOn(Forbidden); !slices.Equal(tags, []string{TagOrigin, TagLookAlike}) {
		t.Errorf("K20, forbidden: %v", tags)
	}
	for _, id := range []string{"", "K00", "K75", "k20"} {
		if b, ok := Of(id); ok {
			t.Errorf("%s: %+v", id, b)
		}
	}
	if k01, _ := Of("K01"); len(k01.Sides) != 1 {
		t.Errorf("K01 has the sides %v", k01.Sides)
	} else if aim, ok := k01.On(Forbidden); ok {
		t.Errorf("K01, forbidden: %+v", aim)
	}
}

// A caller that changes a row or the list changes no other caller's copy.
func TestAllIsACopy(t *testing.T) {
	All()[0].ID = "changed"
	if All()[0].ID != "K01" {
		t.Error("the catalogue was changed")
	}
}

func TestJSON(t *testing.T) {
	b, _ := Of("K56")
	got, err := json.Marshal(b)
	const want = `{"id":"K56","level":"M","sentence":"A response in the cache for an image does not block the fetch after it",` +
		`"anchor":"https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches","tags":["cache"],"needs":"caches","judged":"policy",` +
		`"sides":[{"side":"allowed","harm":"locked-out-by-cache"}]}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}
