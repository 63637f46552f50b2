// Package cputime measures work where other programs want the processor too: the time
// on the wall says more about them.
package cputime

import "time"

// Start returns a function that returns the processor time of this process since: what
// other goroutines do meanwhile counts too. On systems without getrusage it is the time
// on the wall.
func Start() (spent func() time.Duration) {
	before := used()
	return func() time.Duration { return used() - before }
}
