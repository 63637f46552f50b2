//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package process

import (
	"os/exec"
	"strconv"
	"syscall"
)

// running lists all processes.
func running() []Process { return ps("-axo", psColumns) }

// look asks the system about one process.
func look(number int) (Process, bool) {
	for _, p := range ps("-o", psColumns, "-p", strconv.Itoa(number)) {
		return p, true
	}
	return Process{}, false
}

// ps runs ps.
func ps(arguments ...string) []Process {
	cmd := exec.Command("/bin/ps", arguments...)
	cmd.Env = []string{"LC_ALL=C"}
	text, _ := cmd.Output() // it fails where there is no such process
	return fromPS(string(text))
}

// end ends a process.
func end(number int) {
	_ = syscall.Kill(number, syscall.SIGKILL) // it may just have ended
}
