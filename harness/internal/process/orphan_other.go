//go:build !(linux || windows)

package process

import (
	"io"
	"os"
	"os/exec"
)

// NoOrphan does nothing here: no other kernel ties a child's life to its parent's.
func NoOrphan(*exec.Cmd) {}

// Tie does nothing here.
func Tie(*os.Process) io.Closer { return nil }
