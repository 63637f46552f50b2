// Package command is the program corsproof, which asks a real Chrome whether a page may read a response.
//
// Each verb has a file. This one is the wiring: verbs, exit statuses, signals.
package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	exitHeld     = 0 // readable, or whatever was asked for
	exitBlocked  = 1
	exitUsage    = 2 // nothing was asked: the question itself is wrong
	exitNoAnswer = 3 // no verdict
)

// exit is an error with the status to exit with.
type exit struct {
	status int
	err    error // nil: everything was said already
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func usage(err error) error    { return &exit{exitUsage, err} }
func noAnswer(err error) error { return &exit{exitNoAnswer, err} }

// Main runs the program, and ends the process.
func Main() {
	// Chrome's events are many and short-lived: collecting them less often is
	// worth some megabytes.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A reader that goes away, as head does, is an error of the writing, after
	// which Chrome is ended; it is not the end of this process.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	context.AfterFunc(ctx, stop) // a second interrupt ends it at once
	err := command().ExecuteContext(ctx)
	stop()
	os.Exit(status(err))
}

// status prints an error and returns the status to exit with.
func status(err error) int {
	if err == nil {
		return exitHeld
	}
	var e *exit
	if !errors.As(err, &e) {
		e = &exit{exitUsage, err} // from the flags' parser
	}
	if e.err != nil {
		for line := range strings.SplitSeq(e.err.Error(), "\n") {
			if strings.TrimSpace(line) == "" {
				continue
			}
			fmt.Fprintln(os.Stderr, "corsproof: "+strings.Map(seen, line))
		}
	}
	return e.status
}

// seen replaces what a terminal would obey instead of showing it: an error may quote a
// file of somebody else's. One character stands for one, so that carets stay in place.
func seen(r rune) rune {
	if r == '\t' || unicode.IsPrint(r) {
		return r
	}
	return unicode.ReplacementChar
}

// count is cobra's check of how many arguments there are, with an error that says what
// they are.
func count(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		got := "no argument"
		if len(args) > 0 {
			got = fmt.Sprintf("%q", args)
		}
		return usage(fmt.Errorf("got %s, want %s\nsee: %s --help", got, strings.TrimSuffix(c.UseLine(), " [flags]"), c.CommandPath()))
	}
}

// command builds the verbs.
func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "corsproof",
		Short: "Ask a real Chrome whether a page may read a response",
		Long: `corsproof asks a real Chrome whether a page may read a response, and says why not.

The server sends a good 200, the page gets "TypeError: Failed to fetch": only the
browser knows why. corsproof opens a page at the origin that you name (its site is
never contacted), lets it ask, and shows what the script, the browser and the
server saw.`,
		Example: `  corsproof ask http://localhost:8000/ --from https://app.example.com
  corsproof ask https://api.example.com/v1 --from https://app.example.com --method PUT --credentials include
  corsproof ask --example`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w\nsee: %s --help", err, c.CommandPath()))
	})
	root.AddCommand(askCommand(), verifyCommand(), compareCommand(), mergeCommand(), serveCommand(), versionCommand())
	return root
}
