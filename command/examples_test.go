package command

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// examplesFolder has the examples for several machines.
const examplesFolder = "../.github/examples/"

// The examples are valid for their systems. The parsers of the systems are in a module of
// their own: a user of corsproof needs none of them.
func TestExamplesAreValid(t *testing.T) {
	check := exec.CommandContext(t.Context(), "go", "test", "./...")
	check.Dir = examplesFolder + "check"
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// verify and merge have every flag that the examples use.
func TestFlagsOfExamplesExist(t *testing.T) {
	call := regexp.MustCompile(`corsproof (verify|merge) [^\n|]*(\n +--[^\n|]*)*`)
	flag := regexp.MustCompile(` --([a-z][a-z-]*)`)
	for name, want := range map[string]int{"gitlab-ci.yml": 5, "kubernetes.yaml": 6} { // three or four of verify, two of merge
		text, err := os.ReadFile(examplesFolder + name)
		if err != nil {
			t.Fatal(err)
		}
		flags := 0
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			c, _, err := program(streams{}).Find([]string{m[1]})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range flag.FindAllStringSubmatch(m[0], -1) {
				if flags++; c.Flags().Lookup(f[1]) == nil {
					t.Errorf("%s: %s has no flag --%s", name, m[1], f[1])
				}
			}
		}
		if flags != want {
			t.Errorf("%s: %d flags, want %d", name, flags, want)
		}
	}
}
