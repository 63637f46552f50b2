package process

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// NoOrphan makes the kernel end the browser when this process dies, however it dies.
func NoOrphan(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

// Tie does nothing here: NoOrphan has done it.
func Tie(*os.Process) io.Closer { return nil }
