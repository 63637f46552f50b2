package plain

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	same := func(lines ...string) [3][]string { return [3][]string{lines, lines, lines} }
	for _, c := range []struct {
		text        string
		first, rest int
		want        [3][]string // of Wrap, WrapHard and Fold
	}{
		{"short", 16, 16, same("short")},
		{"", 3, 3, same("")},
		{"some running text here", 14, 10, same("some running", "text here")},
		{"some running text", 12, 12, [3][]string{{"some running", "text"}, {"some running", "text"}, {"some", "running text"}}},
		{"aaaaaaaaaa b", 4, 3, [3][]string{{"aaaaaaaaaa", "b"}, {"aaaa", "aaa", "aaa", "b"}, {"aaaa", "aaa", "aaa", "b"}}},
		{"ééééé", 3, 3, [3][]string{{"ééééé"}, {"ééé", "éé"}, {"ééé", "éé"}}},
		{"abc", -2, 0, [3][]string{{"abc"}, {"a", "b", "c"}, {"a", "b", "c"}}},
	} {
		for i, wrap := range []func(string, int, int) []string{Wrap, WrapHard, Fold} {
			if got := wrap(c.text, c.first, c.rest); !slices.Equal(got, c.want[i]) {
				t.Errorf("%d: %q in %d and %d: got %q, want %q", i, c.text, c.first, c.rest, got, c.want[i])
			}
		}
	}
}

// Nothing but the space at a break is lost.
func TestWrapLosesNothing(t *testing.T) {
	long := strings.Repeat("word ", 30) + strings.Repeat("x", 50) + " end  of it"
	lines := Wrap(long, 20, 20)
	if got := strings.Join(lines, " "); got != long {
		t.Errorf("got %q", got)
	}
	for _, line := range lines {
		if len(line) > 20 && strings.Contains(line, " ") {
			t.Errorf("%q is too long", line)
		}
	}
	bare := func(text string) string { return strings.ReplaceAll(text, " ", "") }
	for _, wrap := range []func(string, int, int) []string{WrapHard, Fold} {
		lines = wrap(long, 20, 15)
		if got := strings.Join(lines, ""); bare(got) != bare(long) {
			t.Errorf("got %q", got)
		}
		for i, line := range lines {
			if n := utf8.RuneCountInString(line); n > 20 || i > 0 && n > 15 {
				t.Errorf("%q is too long", line)
			}
		}
	}
}

// The time grows with the length of the text, not with its square.
func TestWrapOfLongTexts(t *testing.T) {
	text := strings.Repeat("x", 1<<22)
	done := make(chan int, 1)
	go func() { done <- len(WrapHard(text, 80, 80)) }()
	select {
	case rows := <-done:
		if rows != (1<<22)/80+1 {
			t.Errorf("%d rows", rows)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a text of 4 MiB takes longer than 20 seconds")
	}
}
