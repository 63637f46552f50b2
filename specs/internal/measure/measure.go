// Package measure measures memory and shows progress, for the programs that
// measure.
package measure

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// Memory is the memory in use, in bytes.
type Memory struct {
	Heap   int64 // of this process: reachable
	Chrome int64 // resident memory of all processes of Chrome; 0 where unknown
}

// Look measures the memory of this process and of the Chrome that it started,
// without the Chromes whose process ids are given.
func Look(others ...int) Memory { return Memory{heap(), residentChrome(others)} }

// heap is the reachable memory.
func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC() // the first one keeps what is in a sync.Pool
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// Megabytes formats a number of bytes.
func Megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)) }

// interactive says whether a person watches.
var interactive = term.IsTerminal(int(os.Stderr.Fd()))

// Progress shows what is going on, in one line that it overwrites.
func Progress(what string) {
	if interactive {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s", what)
	}
}

// Bar draws the progress.
func Bar(done, all int) string {
	const width = 30
	full := width * done / max(1, all)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}
