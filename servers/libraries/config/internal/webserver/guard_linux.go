package webserver

import "syscall"

// dieWithParent ends the process when the guard is killed.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
