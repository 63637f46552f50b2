package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(path, 5); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
	if data, err := ReadFile(path, 4); err == nil || data != nil {
		t.Errorf("too long: %q, %v", data, err)
	}
	if _, err := ReadFile("/dev/zero", 1<<20); err == nil || !strings.Contains(err.Error(), "/dev/zero has more than 1 MB") {
		t.Errorf("without an end: %v", err)
	}
	if _, err := ReadFile(path+"x", 5); !os.IsNotExist(err) {
		t.Errorf("not there: %v", err)
	}
}
