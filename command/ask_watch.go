package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// askWatch asks a question again and again, with one browser.
type askWatch struct {
	*askOptions
	streams streams
	fetch   func(context.Context) (harness.Observation, error)
	before  string // the last answer, in short; empty: nothing was asked
}

// runWatch asks until the context ends.
func (o *askOptions) runWatch(ctx context.Context, s streams, fetch func(context.Context) (harness.Observation, error), closing func() error) error {
	w := &askWatch{askOptions: o, streams: s, fetch: fetch}
	exit := o.watch.run(ctx, s, nil, w.ask)
	if err := closing(); err != nil {
		return noAnswer(err)
	}
	return exit
}

// ask asks once, and prints the answer if it is another than before.
func (w *askWatch) ask(ctx context.Context, _ []string) answered {
	seen, err := w.fetch(ctx)
	if err != nil && ctx.Err() != nil {
		return answered{exit: failure(ctx, err), over: true}
	}
	now, exit := short(seen), exitOfObservation(seen)
	if err != nil {
		now, exit = "no verdict", failure(ctx, err)
	}
	if now == w.before {
		return answered{exit: exit}
	}
	first := w.before == ""
	lead := time.Now().Format(time.TimeOnly) + "  " + w.before + " → " + now
	w.before = now
	if first && (status(exit) == exitUsage || errors.Is(err, harness.ErrNoChrome)) {
		return answered{exit: exit, over: true}
	}
	if failed := w.print(first, lead, seen, err); failed != nil {
		return answered{exit: noAnswer(failed), over: true}
	}
	return answered{exit: exit, changed: err == nil}
}

// print prints an answer, or why there is none. lead says what it is in place of.
func (w *askWatch) print(first bool, lead string, seen harness.Observation, err error) error {
	if w.json {
		return onOneLine(w.streams.out, func(out io.Writer) error { return printJSON(out, seen, err) })
	}
	if !first {
		if _, failed := fmt.Fprintln(w.streams.out, lead); failed != nil {
			return failed
		}
	}
	if err != nil {
		sayNow(w.streams.err, "no verdict: "+err.Error())
		return nil
	}
	return printTranscript(w.streams, seen, w.again("ask", seen))
}

// short is an answer in short: two answers differ if this does.
func short(seen harness.Observation) string {
	seen = seen.Redacted()
	words := []string{string(seen.Verdict)}
	if seen.Verdict == harness.Blocked {
		words = append(words, "by", string(seen.Reason), seen.Parameter)
	} else if seen.Script.Status != 0 {
		words = append(words, strconv.Itoa(seen.Script.Status))
	}
	return strings.TrimSpace(strings.Join(words, " "))
}
