//go:build unix

package process

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// inGroup makes the program the first of a process group, so that its children can be
// ended with it. An interrupt at the terminal does not reach the group: the program ends
// when its standard input does.
func inGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends what is left of the group, and says whether anything was.
func (p *Process) killGroup() bool { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) == nil }

// lock waits until no other program has a file locked, and locks it until unlock is called or
// this program ends. A lock that comes after the context has ended is given back.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	locked := make(chan error, 1)
	go func() {
		err := syscall.EINTR
		for err == syscall.EINTR {
			err, _ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX).(syscall.Errno)
		}
		if err != 0 {
			locked <- os.NewSyscallError("flock", err)
		}
		close(locked)
	}()
	select {
	case err := <-locked:
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return func() { _ = file.Close() }, nil
	case <-ctx.Done():
		go func() {
			<-locked
			_ = file.Close()
		}()
		return nil, context.Cause(ctx)
	}
}
