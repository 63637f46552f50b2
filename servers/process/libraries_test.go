package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder of a language is set up by its script: what is missing is told, and a build
// that fails is an error with what it said.
func TestLibraries(t *testing.T) {
	dir := t.TempDir()
	script := func(path, text string) {
		t.Helper()
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script("cobol/run", "exec true\n")
	script("cobol/setup", "case $1 in old) echo install cobc: apt-get install gnucobol >&2; exit 3;; slow) exit 1;; esac\necho a registry does not answer >&2\nexit 4\n")
	for _, name := range []string{"cobol/old/adapter", "cobol/slow/adapter", "cobol/contract/shared", "cobol/.build/x", "notes/README.md"} {
		script(name, "")
	}
	libraries, err := FindLibraries(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := libraries.List()
	if err != nil || len(list) != 2 || list[0].Name != "old" || list[1].Name != "slow" || list[0].Language != "cobol" {
		t.Fatalf("%+v, %v", list, err)
	}
	var missing *MissingError
	if err := libraries.Setup(t.Context(), "cobol", "old"); !errors.As(err, &missing) || missing.Text != "install cobc: apt-get install gnucobol" {
		t.Errorf("what is missing: %v", err)
	}
	if err := libraries.Setup(t.Context(), "cobol", "other"); err == nil || errors.As(err, &missing) || !strings.Contains(err.Error(), "a registry does not answer") {
		t.Errorf("a registry that does not answer: %v", err)
	}
	if _, err := FindLibraries(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that is not there")
	}
}

// Setups of one language run one after the other, and a setup that waits ends with its context.
func TestSetupsWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cobol"), 0o700); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "cobol", "setup")
	busy := "cd $(dirname $0) && mkdir busy && for i in 1 2 3 4 5 6 7 8; do ls / >/dev/null; done && rmdir busy"
	if err := os.WriteFile(script, []byte(busy), 0o600); err != nil {
		t.Fatal(err)
	}
	libraries, err := FindLibraries(dir)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	const setups = 8
	for range setups {
		go func() { ended <- libraries.Setup(t.Context(), "cobol", "x") }()
	}
	for range setups {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}

	unlock, err := lock(t.Context(), script)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	interrupt := errors.New("interrupt signal received")
	ctx, stop := context.WithCancelCause(t.Context())
	go func() { ended <- libraries.Setup(ctx, "cobol", "x") }()
	stop(interrupt)
	if err := <-ended; !errors.Is(err, interrupt) {
		t.Errorf("%v, want the interrupt", err)
	}
}
