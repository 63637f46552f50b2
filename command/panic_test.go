package command

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// A spec that panics leaves neither a Chrome nor a folder behind.
func TestPanickingSpec(t *testing.T) {
	binary := t.TempDir() + "/panicking.test"
	if out, err := exec.Command("go", "test", "-c", "-o", binary, "../specs/testdata/panicking").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	folder, err := os.MkdirTemp("", "cp")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "TMPDIR="+folder)
	out, err := cmd.CombinedOutput()
	var exited *exec.ExitError
	if !errors.As(err, &exited) || !bytes.Contains(out, []byte("on purpose")) {
		t.Fatalf("it did not panic: %v\n%s", err, out)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v (%v)", left, err)
	}
	if orphans := processesWith(t, folder); orphans != nil {
		t.Errorf("processes left: %v", orphans)
	}
}
