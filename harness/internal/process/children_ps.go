package process

import (
	"strconv"
	"strings"
	"time"
)

// psColumns are the columns of ps that say what a process is.
const psColumns = "pid=,ppid=,lstart="

// fromPS reads the output of ps with psColumns, in the language C.
// https://man.freebsd.org/cgi/man.cgi?ps(1)
func fromPS(text string) []Process {
	var list []Process
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 7 {
			continue
		}
		number, err := strconv.Atoi(fields[0])
		parent, wrong := strconv.Atoi(fields[1])
		began, late := time.Parse("Mon Jan 2 15:04:05 2006", strings.Join(fields[2:], " "))
		if err == nil && wrong == nil && late == nil {
			list = append(list, Process{number, parent, began.Unix()}) // without its time zone: all have the same
		}
	}
	return list
}
