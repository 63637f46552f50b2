//go:build !unix

package process

import (
	"context"
	"os/exec"
)

// inGroup does nothing: this system has no process groups.
func inGroup(*exec.Cmd) {}

// killGroup does nothing.
func (*Process) killGroup() bool { return false }

// lock does nothing.
func lock(context.Context, string) (unlock func(), err error) { return func() {}, nil }
