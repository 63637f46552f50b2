//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package chrome

import (
	"errors"
	"io"
)

// own does nothing here: no lock ends with its process.
func own(string) (io.Closer, error) { return nil, nil }

// take takes nothing here: nothing tells whose a folder is.
func take(string) (io.Closer, error) { return nil, errors.ErrUnsupported }
