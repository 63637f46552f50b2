package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// The exit statuses.
const (
	exitHeld     = 0 // readable, or the verdict that the flags ask for
	exitBlocked  = 1
	exitUsage    = 2 // nothing was asked: the arguments are invalid
	exitNoAnswer = 3 // asked, but without a verdict
)

// exit is an error with the status to exit with.
type exit struct {
	status int
	err    error // nil: the verb has printed everything
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// errInterrupted says that a signal ended the program before there was an answer.
var errInterrupted = errors.New("interrupted: no verdict")

// usage gives an error the status of invalid arguments, unless it came of a signal.
func usage(err error) error {
	if errors.Is(err, errInterrupted) {
		return noAnswer(errInterrupted)
	}
	return &exit{exitUsage, err}
}

func noAnswer(err error) error { return &exit{exitNoAnswer, err} }

// status is the status to exit with after an error.
func status(err error) int {
	if err == nil {
		return exitHeld
	}
	if e, ok := errors.AsType[*exit](err); ok {
		return e.status
	}
	return exitUsage // from the parser of the flags
}

// printError prints an error, unless the verb has printed everything.
func printError(w io.Writer, err error) {
	if e, ok := errors.AsType[*exit](err); ok {
		err = e.err
	}
	if err == nil {
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if strings.TrimSpace(line) != "" {
			fmt.Fprintln(w, "corsproof: "+strings.Map(printable, line))
		}
	}
}

// printable replaces characters that a terminal would obey, because an error may
// quote a file from elsewhere. Each is replaced by one character, so that carets
// stay in place.
func printable(r rune) rune {
	if r == '\t' || unicode.IsPrint(r) {
		return r
	}
	return unicode.ReplacementChar
}

// failure gives the error of a question its exit status.
func failure(ctx context.Context, err error) error {
	var fault *harness.FaultError
	var missing *harness.InconclusiveError
	var known *exit
	switch {
	case errors.As(err, &known): // from the flags: it has its status
		return err
	case errors.As(err, &fault), errors.Is(err, harness.ErrFlag):
		return usage(err)
	case ctx.Err() != nil:
		return noAnswer(errInterrupted)
	case errors.As(err, &missing) && errors.Is(err, context.DeadlineExceeded):
		return noAnswer(fmt.Errorf("%w\nif the server is slow, --timeout gives it more time", err))
	}
	return noAnswer(err)
}

// failureOfRun gives the error of a run its exit status.
func failureOfRun(ctx context.Context, err error) error {
	if policy.Faults(err) != nil {
		return usage(err)
	}
	return failure(ctx, err)
}

// exitOfObservation is the exit after one question.
func exitOfObservation(seen harness.Observation) error {
	r := seen.Request
	// A response that is opaque because the request asked for an opaque one is no
	// failure.
	if seen.Verdict == harness.Blocked || seen.Verdict == harness.Opaque && !r.AcceptsOpaque() {
		return &exit{status: exitBlocked}
	}
	return nil
}

// exitOfReport is the exit after a report.
func exitOfReport(r finding.Report) error {
	switch {
	case r.Ended != "":
		return noAnswer(errors.New(r.Ended + ": the report has what was found before that"))
	case r.Failed():
		return &exit{status: exitBlocked}
	case r.Total() == 0 && r.Shard != nil:
		return noAnswer(fmt.Errorf("nothing was asked: shard %s has no probe: use fewer shards than there are probes", r.Shard))
	case r.Count(finding.NotAsked) == r.Total():
		return noAnswer(errors.New("nothing was judged: every probe needs an unsafe request to be sent, and --unsafe send sends it"))
	case !r.Complete():
		return &exit{status: exitNoAnswer}
	}
	return nil
}

// exitOfUpdate is the exit after a report whose broken findings are now in the
// baseline.
func exitOfUpdate(r finding.Report) error {
	if r.Ended != "" || !r.Complete() {
		return &exit{status: exitNoAnswer}
	}
	return nil
}

// exitOfComparison is the exit after a comparison.
func exitOfComparison(c finding.Comparison) error {
	has := func(kind finding.DifferenceKind) bool {
		return slices.ContainsFunc(c.Differences, func(d finding.Difference) bool { return d.Kind == kind })
	}
	switch {
	case c.Ended != "":
		return noAnswer(errors.New(c.Ended))
	case has(finding.DifferentVerdict), has(finding.DifferentWire):
		return &exit{status: exitBlocked}
	case has(finding.NoVerdict):
		return &exit{status: exitNoAnswer}
	}
	return nil
}
