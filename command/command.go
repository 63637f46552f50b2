// Package command is the program corsproof, which asks a real Chrome whether a page may
// read a response.
// Each verb has a file: its options, its flags, and a run function that gets its
// streams as an argument. The files flags_*.go hold the flags that several verbs
// have, exit.go the exit statuses, terminal.go the streams. This file has the
// verbs and the signals.
package command

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Main runs the program with the arguments, the streams and the signals of this
// process, and ends the process.
func Main() {
	// Chrome's events are many and short-lived: collecting them less often is
	// worth a few megabytes.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// When a reader such as head goes away, writing returns an error and Chrome
	// is closed. Without this line the signal would end this process first.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	err := execute(ctx, streamsOf(os.Stdin, os.Stdout, os.Stderr), os.Args[1:])
	stop()
	printError(os.Stderr, err)
	os.Exit(status(err))
}

// execute runs the verb that the arguments name.
func execute(ctx context.Context, s streams, args []string) error {
	root := program(s)
	if len(args) > 0 && (looksLikeURL(args[0]) || strings.ContainsAny(args[0], " \n")) {
		return unknownVerb(root, args) // its flags are not of the program
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

// program builds the verbs.
func program(s streams) *cobra.Command {
	s.color = new(colorFlag)
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
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownVerb,
		Version:       built().Corsproof,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(flagFault)
	s.color.add(root)
	root.AddCommand(askCommand(s), initCommand(s), verifyCommand(s), compareCommand(s), mergeCommand(s), conformCommand(s), diagnoseCommand(s), serveCommand(s), explainCommand(s), versionCommand(s), manCommand())
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		keepErrorsOfHelp(help, s)
	}
	return root
}

// keepErrorsOfHelp makes the verb help write to standard error when the verb is
// unknown. Cobra would write to the stream of root.SetOut.
func keepErrorsOfHelp(help *cobra.Command, s streams) {
	write := help.Run
	help.Run = func(c *cobra.Command, args []string) {
		if _, _, err := c.Root().Find(args); err != nil {
			c.Root().SetOut(s.err)
		}
		write(c, args)
	}
}

// count is cobra's check of the number of arguments, with an error that lists
// them.
func count(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		got := "no argument"
		if len(args) > 0 {
			got = fmt.Sprintf("%q", args)
		}
		return usage(fmt.Errorf("invalid arguments: got %s, usage: %s\nsee: %s --help", got, strings.TrimSuffix(c.UseLine(), " [flags]"), c.CommandPath()))
	}
}
