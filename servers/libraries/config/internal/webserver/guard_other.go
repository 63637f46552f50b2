//go:build !linux

package webserver

import "syscall"

// dieWithParent is for Linux. Elsewhere a server outlives a guard that is killed.
func dieWithParent(*syscall.SysProcAttr) {}
