package command

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
)

// readFileOr reads a file, or for - standard input. A person who watches sees how far it is.
func readFileOr[T any](s streams, flag, name string, read func(io.Reader) (T, error)) (T, error) {
	in, size := s.in, int64(-1)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			var none T
			return none, fmt.Errorf("--%s: %w", flag, err)
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil {
			size = info.Size()
		}
		in = file
	}
	in, stop := s.reading(in, size)
	defer stop()
	result, err := read(in)
	if err != nil {
		err = fmt.Errorf("--%s %s: %w", flag, name, err)
	}
	return result, err
}

// small is a file that is read before anybody could look at a bar, in bytes.
const small = 1 << 20

// reading shows a bar while a large file, or one of unknown size, is read, if a person
// watches. The returned function removes the bar.
func (s streams) reading(in io.Reader, size int64) (io.Reader, func()) {
	if !s.watched || size >= 0 && size < small {
		return in, func() {}
	}
	bar := progressbar.NewOptions64(size, append(s.barOptions(), progressbar.OptionShowBytes(true), progressbar.OptionSetDescription("reading"))...)
	r := progressbar.NewReader(in, bar)
	return &r, func() { _ = bar.Clear() } // an error only spoils the picture
}
