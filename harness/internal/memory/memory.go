// Package memory tells tests how much memory is in use while a file is read.
package memory

import (
	"io"
	"runtime"
)

// InUse is how many bytes the program has in use.
func InUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Watched is a reader that looks at the memory in use while it is read.
type Watched struct {
	io.Reader
	// Every is how many reads there are between two looks.
	Every int
	// Reads counts the reads, and Most is the most that was in use.
	Reads int
	Most  uint64
}

func (w *Watched) Read(p []byte) (int, error) {
	if w.Reads++; w.Reads%w.Every == 0 {
		w.Most = max(w.Most, InUse())
	}
	return w.Reader.Read(p)
}
