// Package measure looks at memory and shows progress, for the programs that
// measure.
package measure

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// Memory is what is held, in bytes.
type Memory struct {
	Heap   int64 // of this process: what is reachable
	Chrome int64 // resident memory of all processes of Chrome; 0 where unknown
}

// Look looks at the memory of this process and of the Chrome that it started, other
// than the one with the process id.
func Look(other int) Memory { return Memory{heap(), residentChrome(other)} }

// heap is what is reachable.
func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC() // also what a pool kept through the first
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// Megabytes words a number of bytes.
func Megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)) }

// interactive says whether somebody watches.
var interactive = term.IsTerminal(int(os.Stderr.Fd()))

// Progress says what is going on, in one line that is overwritten.
func Progress(what string) {
	if interactive {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s", what)
	}
}

// Bar draws how much is done.
func Bar(done, all int) string {
	const width = 30
	full := width * done / max(1, all)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}
