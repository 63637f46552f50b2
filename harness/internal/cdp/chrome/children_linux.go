package chrome

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// process is a process of the system. Its start tells it from a later one with its number.
type process struct {
	number, parent int
	started        string // clock ticks
}

// descendants lists the processes that a process has started, and that these have started.
func descendants(of int) []process {
	folders, _ := filepath.Glob("/proc/[0-9]*") // the pattern is right
	var all, found []process
	for _, folder := range folders {
		number, _ := strconv.Atoi(filepath.Base(folder))
		if p, ok := look(number); ok {
			all = append(all, p)
		}
	}
	parents := map[int]bool{of: true}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if parents[p.parent] && !parents[p.number] {
				parents[p.number], grown = true, true
				found = append(found, p)
			}
		}
	}
	return found
}

// look reads what the system knows of a process.
// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func look(number int) (process, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(number) + "/stat")
	name := bytes.LastIndexByte(stat, ')') // may have blanks in it
	if err != nil || name < 0 {
		return process{}, false
	}
	const parent, started = 1, 19 // fields behind the name
	fields := bytes.Fields(stat[name+1:])
	if len(fields) <= started {
		return process{}, false
	}
	p := process{number: number, started: string(fields[started])}
	p.parent, err = strconv.Atoi(string(fields[parent]))
	return p, err == nil
}

// kill ends the processes that still run.
func kill(list []process) {
	for _, p := range list {
		if now, runs := look(p.number); runs && now.started == p.started {
			_ = syscall.Kill(p.number, syscall.SIGKILL) // it may just have ended
		}
	}
}
