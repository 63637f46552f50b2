package command

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

// watchFlags say whether, and when, a verb asks again. Their zero value asks once.
type watchFlags struct {
	watch bool
	on    []string
	every time.Duration
	given givenFlags
}

func (w *watchFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&w.watch, "watch", false, "ask again, in the same Chrome, when --on or --every says so, and print only what changed; Ctrl-C ends it, with the exit status of the last answer")
	f.StringArrayVar(&w.on, "on", nil, `with --watch: ask again when this file changes, or one of the files of a pattern such as "conf/*.yaml"; may be repeated`)
	f.DurationVar(&w.every, "every", 0, "with --watch: ask again after this time, such as 2s")
	w.given = f.Changed
}

// shortestEvery is the shortest time between two questions of --every: less is a load test.
const shortestEvery = 100 * time.Millisecond

// fault returns all faults of the flags. refused are flags of the verb that do not go together
// with --watch, each with the reason.
func (w *watchFlags) fault(refused map[string]string) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !w.watch {
		for _, name := range []string{"on", "every"} {
			if w.given.has(name) {
				fault("--%s says when --watch asks again: add --watch", name)
			}
		}
		return errors.Join(faults...)
	}
	if len(w.on) == 0 && w.every == 0 && !w.given.has("every") {
		fault("--watch: say when to ask again: --on FILE when a file changes, or --every 2s")
	}
	if w.every < 0 || w.every < shortestEvery && w.given.has("every") {
		fault("--every %s: want %s or more", w.every, shortestEvery)
	}
	for _, pattern := range w.on {
		if files, err := matching(pattern); err != nil {
			fault("--on %s: %w", pattern, err)
		} else if len(files) == 0 {
			fault("--on %s: no such file", pattern)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(refused)) {
		if w.given.has(name) {
			fault("--watch and --%s do not go together: %s: remove one of the two", name, refused[name])
		}
	}
	return errors.Join(faults...)
}
