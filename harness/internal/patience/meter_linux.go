package patience

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// measured is how long the threads of this process ran, and how long they waited for a
// processor. https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
func measured() Meter {
	var m Meter
	files, _ := filepath.Glob("/proc/self/task/*/schedstat") // the pattern is right
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		var run, wait time.Duration
		if _, err := fmt.Sscan(string(text), &run, &wait); err == nil {
			m.run, m.wait = m.run+run, m.wait+wait
		}
	}
	return m
}
