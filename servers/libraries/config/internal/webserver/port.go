package webserver

import (
	"os"
	"runtime"
	"syscall"
)

// reserve chooses a free port of 127.0.0.1, and keeps it from other programs until release
// is called. A server can listen there meanwhile: Linux lets a second socket have an
// address while the first does not listen and both set SO_REUSEADDR, which servers do, and
// it gives the port to nobody who asks for a free one. Other systems allow no second
// socket, so the port is only very likely to be free there.
func reserve() (port int, release func(), err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return 0, nil, os.NewSyscallError("socket", err)
	}
	release = func() { _ = syscall.Close(fd) } // nothing was written
	syscall.CloseOnExec(fd)
	err = os.NewSyscallError("setsockopt", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	if err == nil {
		err = os.NewSyscallError("bind", syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	}
	if err != nil {
		release()
		return 0, nil, err
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		release()
		return 0, nil, os.NewSyscallError("getsockname", err)
	}
	if runtime.GOOS != "linux" {
		release()
		release = func() {}
	}
	return name.(*syscall.SockaddrInet4).Port, release, nil
}
