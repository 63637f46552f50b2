package measure

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// residentChrome sums the resident memory of the Chrome that this process
// started, without the one given. Memory that its processes share is counted for
// each. It is 0 where there is no /proc.
func residentChrome(other int) int64 {
	status, _ := filepath.Glob("/proc/[0-9]*/status")
	children := map[int][]int{}
	resident := map[int]int64{}
	for _, name := range status {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has just ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		fields := map[string]string{}
		for line := range bytes.Lines(text) {
			key, value, _ := strings.Cut(string(line), ":")
			fields[key] = strings.TrimSpace(value)
		}
		parent, _ := strconv.Atoi(fields["PPid"])
		kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(fields["VmRSS"], " kB"), 10, 64)
		children[parent] = append(children[parent], pid)
		resident[pid] = kilobytes << 10
	}
	var sum int64
	var add func(pid int)
	add = func(pid int) {
		sum += resident[pid]
		for _, c := range children[pid] {
			add(c)
		}
	}
	for _, c := range children[os.Getpid()] {
		if name, _ := os.ReadFile("/proc/" + strconv.Itoa(c) + "/comm"); c != other && strings.HasPrefix(string(name), "chrom") {
			add(c)
		}
	}
	return sum
}
