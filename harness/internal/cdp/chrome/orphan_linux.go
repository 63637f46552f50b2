package chrome

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// noOrphan makes the kernel end Chrome when this process dies, however it dies.
func noOrphan(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

// tie does nothing here: noOrphan has done it.
func tie(*os.Process) io.Closer { return nil }
