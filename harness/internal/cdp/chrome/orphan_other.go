//go:build !(linux || windows)

package chrome

import (
	"io"
	"os"
	"os/exec"
)

// noOrphan does nothing here: no other kernel ties a child's life to its parent's.
func noOrphan(*exec.Cmd) {}

// tie does nothing here.
func tie(*os.Process) io.Closer { return nil }
