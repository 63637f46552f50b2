package measure

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// residentChrome sums the resident memory of the Chrome that this process
// started, without those given. Memory that its processes share is counted for
// each. It is 0 where there is no /proc.
func residentChrome(others []int) int64 {
	var sum int64
	for _, pid := range chromes(others) {
		status, _ := os.ReadFile(proc(pid, "status")) // it may just have ended
		for line := range bytes.Lines(status) {
			if key, value, _ := strings.Cut(string(line), ":"); key == "VmRSS" {
				kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
				sum += kilobytes << 10
			}
		}
	}
	return sum
}

// ticksInSecond is the unit of CPU time in /proc: USER_HZ, which is 100 in every Linux
// that Chrome runs on.
const ticksInSecond = 100

// ChromeCPU is the CPU time in seconds that every Chrome of this process has taken so
// far, with the processes of it that have ended. It is 0 where there is no /proc.
func ChromeCPU() float64 {
	seconds := 0.0
	for _, pid := range chromes(nil) {
		own, ended := cpu(pid)
		seconds += own + ended
	}
	return seconds
}

// The kinds of processes that answer a question.
const (
	BrowserProcess = "browser"
	NetworkProcess = "network.mojom.NetworkService"
	PageProcess    = "renderer"
)

// ChromeCPUByKind is the CPU time in seconds of the processes of every Chrome of this process that
// still run, by their kind. It is empty where there is no /proc.
func ChromeCPUByKind() map[string]float64 {
	kinds := map[string]float64{}
	for _, pid := range chromes(nil) {
		own, _ := cpu(pid)
		kinds[kindOf(pid)] += own
	}
	return kinds
}

// kindOf is the kind of a process of Chrome, as its command line says it. Some processes replace the
// zeros between their arguments by blanks.
func kindOf(pid int) string {
	line, _ := os.ReadFile(proc(pid, "cmdline")) // it may just have ended
	kind := BrowserProcess
	for _, argument := range bytes.FieldsFunc(line, func(r rune) bool { return r == 0 || r == ' ' }) {
		if name, ok := strings.CutPrefix(string(argument), "--utility-sub-type="); ok {
			return name
		}
		if name, ok := strings.CutPrefix(string(argument), "--type="); ok {
			kind = name
		}
	}
	return kind
}

// cpu is the CPU time in seconds of a process, and of its children that have ended.
func cpu(pid int) (own, ended float64) {
	stat, _ := os.ReadFile(proc(pid, "stat")) // it may just have ended
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	// utime, stime, cutime and cstime are the fields 14 to 17. The name, in brackets, is the second.
	fields := strings.Fields(string(rest))
	if len(fields) < 15 {
		return 0, 0
	}
	seconds := func(field string) float64 {
		ticks, _ := strconv.Atoi(field)
		return float64(ticks) / ticksInSecond
	}
	return seconds(fields[11]) + seconds(fields[12]), seconds(fields[13]) + seconds(fields[14])
}

// chromes lists the processes of every Chrome that this process started, without the
// given ones.
func chromes(others []int) []int {
	var all []int
	children := childrenByParent()
	for _, c := range children[os.Getpid()] {
		if name, _ := os.ReadFile(proc(c, "comm")); !slices.Contains(others, c) && strings.HasPrefix(string(name), "chrom") {
			all = append(all, treeOf(c, children)...)
		}
	}
	return all
}

// Kill kills a process, and the processes that descend from it where there is /proc.
func Kill(pid int) {
	for _, p := range treeOf(pid, childrenByParent()) {
		if found, err := os.FindProcess(p); err == nil {
			_ = found.Kill() // it may have ended
		}
	}
}

// treeOf is a process with the processes that descend from it.
func treeOf(pid int, children map[int][]int) []int {
	all := []int{pid}
	for _, c := range children[pid] {
		all = append(all, treeOf(c, children)...)
	}
	return all
}

// childrenByParent are the ids of all processes by the id of their parent.
func childrenByParent() map[int][]int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	children := map[int][]int{}
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has just ended
		}
		_, rest, _ := bytes.Cut(text, []byte(") "))
		fields := strings.Fields(string(rest))
		if len(fields) < 2 {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], pid)
	}
	return children
}

// proc is the file of a process below /proc.
func proc(pid int, file string) string { return filepath.Join("/proc", strconv.Itoa(pid), file) }
