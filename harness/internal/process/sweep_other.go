//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package process

import (
	"errors"
	"io"
)

// Own does nothing here: no lock ends with its process.
func Own(string) (io.Closer, error) { return nil, nil }

// take takes nothing here: nothing tells whose a folder is.
func take(string) (io.Closer, error) { return nil, errors.ErrUnsupported }
