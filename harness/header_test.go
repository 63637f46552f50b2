package harness

import (
	"slices"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	got := Lines("Authorization: Bearer x", "X-Id:1", "Location: \thttps://a.test:8443/ ", "X-Empty:", "x-id: 2")
	want := Header{{"Authorization", "Bearer x"}, {"X-Id", "1"}, {"Location", "https://a.test:8443/"}, {"X-Empty", ""}, {"x-id", "2"}}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if none := Lines(); none == nil || len(none) > 0 {
		t.Errorf("%#v", none)
	}
}

// A literal without a colon stops the test that has it, and shows no secret.
func TestLinesWithoutColon(t *testing.T) {
	defer func() {
		said, _ := recover().(string)
		if !strings.Contains(said, `line 2: "Authorization": no colon`) || strings.Contains(said, "s3cret") {
			t.Errorf("%q", said)
		}
	}()
	t.Error(Lines("X-Id: 1", "Authorization s3cret"))
}

func TestHeaderItems(t *testing.T) {
	h := Lines("Vary: Accept, ,Origin", "Allow: GET", "vary: X-A")
	if got := h.Items("VARY"); !slices.Equal(got, []string{"Accept", "Origin", "X-A"}) {
		t.Errorf("%q", got)
	}
	for line, want := range map[string]bool{"Vary: accept, origin": true, "Vary: *": true, "Vary: Originator": false, "Vary: ": false, "X-Vary: Origin": false} {
		if got := Lines(line).VariesByOrigin(); got != want {
			t.Errorf("%s: %t", line, got)
		}
	}
}
