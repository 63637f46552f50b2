//go:build !unix

package process

import "os/exec"

// inGroup does nothing: this system has no process groups.
func inGroup(*exec.Cmd) {}

// killGroup does nothing.
func (*Process) killGroup() bool { return false }
