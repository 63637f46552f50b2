package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// answered is the result of asking once under --watch.
type answered struct {
	exit    error // as the verb would end now
	changed bool  // there is another answer than before, with a verdict
	over    bool  // asking again would not help, or the context ended first
}

// The pauses after a change of a file, in which the answer is asked for again until it
// changes: a server that reads its file again, or starts again, needs some time. Each pause is
// twice as long as the one before.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 32 * firstRetry
)

// watcher asks again and again.
type watcher struct {
	watchFlags
	files *watchedFiles
	retry time.Duration // the next pause; 0: nothing is asked for again
}

// run asks, and asks again when a file or the time says so, until the context ends. inputs are
// files that are watched, too; ask gets the files and patterns that changed. It returns the
// exit of the last answer, which is printed already.
func (w watchFlags) run(ctx context.Context, s streams, inputs []string, ask func(ctx context.Context, changed []string) answered) error {
	files, err := watchFiles(slices.Concat(inputs, w.on))
	if err != nil {
		return usage(fmt.Errorf("--watch: %w", err))
	}
	defer files.close()
	a := ask(ctx, nil)
	if a.over {
		return a.exit
	}
	fmt.Fprintln(s.err, w.describe(inputs))
	all := &watcher{watchFlags: w, files: files}
	for last := a.exit; ; last = a.exit {
		changed, err := all.wait(ctx)
		if err != nil {
			sayNow(s.err, fmt.Sprintf("the watch of the files lost events (%v): asking again", err))
		}
		if ctx.Err() != nil {
			return printed(last)
		}
		a = ask(ctx, changed)
		switch {
		case a.over && ctx.Err() != nil:
			return printed(last)
		case a.over:
			return a.exit
		}
		if a.changed {
			all.retry = 0
		}
	}
}

// wait waits until it is time to ask. It returns what changed.
func (w *watcher) wait(ctx context.Context) (changed []string, err error) {
	var every, retry <-chan time.Time
	if w.every > 0 {
		every = time.After(w.every)
	}
	if w.retry > 0 {
		retry = time.After(w.retry)
	}
	select {
	case <-ctx.Done():
	case <-every:
	case <-retry:
		if w.retry *= 2; w.retry > lastRetry {
			w.retry = 0
		}
	case <-w.files.changed:
		w.retry = firstRetry
		return w.files.take()
	}
	return nil, nil
}

// describe says what is watched.
func (w watchFlags) describe(inputs []string) string {
	var when []string
	if files := slices.Concat(inputs, w.on); len(files) > 0 {
		when = append(when, "when "+strings.Join(files, ", ")+" changes")
	}
	if w.every > 0 {
		when = append(when, "every "+w.every.String())
	}
	return "asking again " + strings.Join(when, ", and ") + "; Ctrl-C ends it"
}

// printed is an exit whose error was printed when it came.
func printed(err error) error {
	if err == nil {
		return nil
	}
	return &exit{status: status(err)}
}

// sayNow prints a message with the local time.
func sayNow(w io.Writer, text string) {
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		fmt.Fprintln(w, time.Now().Format(time.TimeOnly)+"  "+strings.Map(printable, line))
	}
}
