package process

// Process is a process of the system. Its start tells it from a later one with its number.
type Process struct {
	number, parent int
	started        int64 // in units of the system
}

// Descendants lists the processes that a process has started, and that these have started.
func Descendants(of int) []Process {
	first, runs := look(of)
	if !runs {
		return nil
	}
	all := running()
	parents := map[int]int64{of: first.started}
	var found []Process
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			began, child := parents[p.parent]
			// What began earlier has a parent that has ended, and whose number is used again.
			if _, known := parents[p.number]; child && !known && p.started >= began {
				parents[p.number], grown = p.started, true
				found = append(found, p)
			}
		}
	}
	return found
}

// Kill ends the processes that still run.
func Kill(list []Process) {
	for _, p := range list {
		if now, runs := look(p.number); runs && now.started == p.started {
			end(p.number)
		}
	}
}
