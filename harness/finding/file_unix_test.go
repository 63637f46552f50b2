//go:build unix

package finding

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A new file has the mode that the umask permits.
func TestWriteFileHeedsUmask(t *testing.T) {
	folder := t.TempDir()
	for umask, want := range map[int]fs.FileMode{0o022: 0o644, 0o077: 0o600, 0o002: 0o664} {
		path := filepath.Join(folder, "report"+want.String())
		before := syscall.Umask(umask)
		err := WriteFile(path, []byte("new"))
		syscall.Umask(before)
		if err != nil {
			t.Error(err)
		}
		wantFile(t, path, "new", want)
	}
}

// A pipe or a device is never replaced.
func TestWriteFileRefusesPipe(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	if err := WriteFile(path, nil); err == nil || !strings.HasPrefix(err.Error(), path+" is neither a file nor a folder") {
		t.Errorf("got %v", err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("%v, %v", info, err)
	}
	alone(t, folder, 1)
}
