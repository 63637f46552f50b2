//go:build !linux

package chrome

import "os/exec"

// noOrphan does nothing here: no other kernel ties a child's life to its parent's.
func noOrphan(*exec.Cmd) {}
