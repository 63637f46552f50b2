package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// running lists all processes.
func running() []Process {
	folders, _ := filepath.Glob("/proc/[0-9]*") // the pattern is right
	var all []Process
	for _, folder := range folders {
		number, _ := strconv.Atoi(filepath.Base(folder))
		if p, ok := look(number); ok {
			all = append(all, p)
		}
	}
	return all
}

// look reads what the system knows of a process.
// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func look(number int) (Process, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(number) + "/stat")
	name := bytes.LastIndexByte(stat, ')') // may have blanks in it
	if err != nil || name < 0 {
		return Process{}, false
	}
	const parent, started = 1, 19 // fields behind the name
	fields := bytes.Fields(stat[name+1:])
	if len(fields) <= started {
		return Process{}, false
	}
	p := Process{number: number}
	p.parent, err = strconv.Atoi(string(fields[parent]))
	if err == nil {
		p.started, err = strconv.ParseInt(string(fields[started]), 10, 64) // clock ticks
	}
	return p, err == nil
}

// end ends a process.
func end(number int) {
	_ = syscall.Kill(number, syscall.SIGKILL) // it may just have ended
}
