package process

import (
	"os"
	"os/exec"
	"slices"
	"testing"
)

func TestFromPS(t *testing.T) {
	got := fromPS("    1     0 Thu Nov 26 09:00:00 2026\n  812     1 Sun Nov  1 19:05:09 2026\nnothing\n 9 x Sun Nov  1 19:05:09 2026\n")
	want := []Process{{1, 0, 1795683600}, {812, 1, 1793559909}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// ps of this system says who the parent of this process is.
func TestFromPSOfThisSystem(t *testing.T) {
	cmd := exec.Command("ps", "-axo", psColumns)
	cmd.Env = []string{"LC_ALL=C"}
	text, err := cmd.Output()
	if err != nil {
		t.Skip("no ps: ", err)
	}
	if !slices.ContainsFunc(fromPS(string(text)), func(p Process) bool { return p.number == os.Getpid() && p.parent == os.Getppid() && p.started > 0 }) {
		t.Errorf("this process is not in the list:\n%s", text)
	}
}
