//go:build !unix

package cputime

import "time"

var began = time.Now()

// used is the time on the wall since the start.
func used() time.Duration { return time.Since(began) }
