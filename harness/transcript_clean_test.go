package harness

import (
	"strings"
	"testing"
)

func TestColorsOnlyAddColor(t *testing.T) {
	for name, o := range situations {
		colored := Transcript(o, ANSIColors)
		if !strings.Contains(colored, "\x1b[1m") {
			t.Errorf("%s: no colour", name)
		}
		for _, code := range []string{"\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"} {
			colored = strings.ReplaceAll(colored, code, "")
		}
		if colored != o.String() {
			t.Errorf("%s: the coloured text differs:\n%s", name, colored)
		}
		if flat := strings.ReplaceAll(o.String(), "\n", ""); clean(flat) != flat {
			t.Errorf("%s: the plain text has control characters", name)
		}
	}
}

func TestConsoleIsWhole(t *testing.T) {
	for name, o := range situations {
		flat := strings.Join(strings.Fields(o.String()), " ")
		for _, m := range o.Console {
			for line := range strings.Lines(m.Text) {
				if !strings.Contains(flat, clean(strings.TrimSpace(line))) {
					t.Errorf("%s: the console line %q is not whole", name, line)
				}
			}
		}
	}
}
