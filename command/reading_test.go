package command

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// A person who watches sees how far a large file is read, and the bar goes away. A small file,
// or nobody who watches, has no bar.
func TestReading(t *testing.T) {
	read := func(s streams, size int64) string {
		var shown bytes.Buffer
		s.err = &shown
		in, stop := s.reading(strings.NewReader(strings.Repeat("x", 3<<20)), size)
		if n, err := io.Copy(io.Discard, in); n != 3<<20 || err != nil {
			t.Fatal(n, err)
		}
		stop()
		return shown.String()
	}
	for _, size := range []int64{3 << 20, -1} {
		if shown := read(streams{watched: true}, size); !strings.Contains(shown, "reading") || !strings.HasSuffix(shown, "\r") {
			t.Errorf("%d: %q", size, shown)
		}
	}
	if shown := read(streams{watched: true}, 10) + read(streams{}, 3<<20); shown != "" {
		t.Errorf("%q", shown)
	}
}
