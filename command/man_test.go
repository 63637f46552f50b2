package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each verb that help lists has a page with its text, its flags and its examples.
func TestManPages(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "man1")
	if r := run(t, "man", folder); r.status != exitHeld || r.stdout+r.stderr != "" {
		t.Fatalf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, c := range program(streams{}).Commands() {
		if c.Hidden || c.Name() == "help" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, "corsproof-"+c.Name()+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		example, _, _ := strings.Cut(c.Example, "\n")
		for _, want := range []string{roff(c.Short), roff(example), ".SH OPTIONS OF ALL VERBS\n", "corsproof(1)\n"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %q in\n%s", c.Name(), want, text)
			}
		}
	}
}

func TestRoff(t *testing.T) {
	if got, want := roff(".a\n'b\n--c \\d\n e"), "\\&.a\n\\&'b\n\\-\\-c \\ed\n e"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
