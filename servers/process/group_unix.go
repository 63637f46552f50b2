//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// inGroup makes the program the first of a process group, so that its children can be
// ended with it. An interrupt at the terminal does not reach the group: the program ends
// when its standard input does.
func inGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends what is left of the group, and says whether anything was.
func (p *Process) killGroup() bool { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) == nil }
