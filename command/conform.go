package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
)

// conformOptions are the options of conform.
type conformOptions struct {
	names     []string // of libraries and languages
	command   string
	from      []string // files of matrices, to join in place of asking
	check     bool
	list      bool
	libraries string
	policies  []string
	policy    string // to print
	baseline  string
	update    bool
	shard     string
	repeat    int
	atOnce    int
	browser   browserFlags
	matrix    matrixFlags
}

func conformCommand(s streams) *cobra.Command {
	o := &conformOptions{}
	c := &cobra.Command{
		Use:   "conform [LIBRARY|LANGUAGE...]",
		Short: "Ask a real Chrome what a CORS library lets through",
		Long: `conform configures a CORS library for each of some twenty policies, asks a real Chrome
about each behaviour from K01 to K74 (corsproof explain K13 says what one is), and prints
what the library does about them: who gets in that should not (FAIL-OPEN), who is locked
out (FAIL-CLOSED), and which configuration is accepted and never matches (SILENT-NOOP).

A library is asked through an adapter: a small program in the library's own language,
which servers/libraries/README.md describes. Adapters of many libraries stand in
servers/libraries of a clone of the repository; --command asks yours.

Each library of the clone has a baseline of what it is known to do. A verdict that
differs from it, for better or worse, is reported.

Exit status: 0 every verdict is the expected one, 1 a verdict differs, 2 an argument is
wrong, 3 something has no verdict, or the run ended early.`,
		Example: `  corsproof conform rs-cors
  corsproof conform go express-cors --html matrix/
  corsproof conform --check --command './adapter'
  corsproof conform --command 'node adapter.js' --baseline cors-baseline.yaml
  corsproof conform --from go.json,node.json --html matrix/`,
		RunE: func(c *cobra.Command, args []string) error {
			o.names = args
			return o.run(c.Context(), s)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.command, "command", "", "ask the library behind this adapter: a program and its arguments, with blanks between them")
	f.BoolVar(&o.check, "check", false, "check whether the adapter keeps its contract, and ask nothing about the library")
	f.BoolVar(&o.list, "list", false, "list the libraries by language, and ask nothing")
	f.StringVar(&o.policy, "print-policy", "", "print a policy, such as list-creds, as an adapter reads it, and ask nothing")
	f.StringSliceVar(&o.policies, "policy", nil, "ask with these policies only, such as list-creds,any; no baseline is applied")
	f.StringVar(&o.libraries, "libraries", "", "the folder of the adapters (default: servers/libraries of this clone)")
	o.matrix.add(c)
	f.StringVar(&o.baseline, "baseline", "", "what the library of --command is known to do; a library of the clone has its own")
	f.BoolVar(&o.update, "update-baseline", false, "write the verdicts of today to the baseline, with the reasons that are there")
	f.StringVar(&o.shard, "shard", "", "ask one part of the libraries, such as 2/5; --from joins the parts")
	f.StringSliceVar(&o.from, "from", nil, "ask nothing: join the matrices in these files, such as go.json,node.json")
	f.IntVar(&o.repeat, "repeat", 1, "how often each question is asked, to tell flakes from findings")
	f.IntVar(&o.atOnce, "at-once", 0, "how many libraries are asked at a time (default: 2)")
	o.browser.add(c)
	f.Lookup("local-network").Hidden = true // the pages and the libraries are on this machine
	return c
}

// run asks the libraries, or does what the flags say in place of it.
func (o *conformOptions) run(ctx context.Context, s streams) error {
	shelf, err := o.read()
	if err != nil {
		return usage(err)
	}
	switch {
	case o.policy != "":
		return printPolicy(s.out, o.policy)
	case o.list:
		return shelf.print(s.out)
	case o.check:
		return o.checkAll(ctx, s, shelf)
	case o.from != nil:
		return o.join(s, shelf)
	}
	return o.ask(ctx, s, shelf)
}

// read reads the arguments, and returns all faults at once.
func (o *conformOptions) read() (shelf, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if o.repeat < 0 {
		fault("--repeat %d: want 1 or more", o.repeat)
	}
	if o.atOnce < 0 {
		fault("--at-once %d: want 1 or more", o.atOnce)
	}
	for _, name := range append(slices.Clone(o.policies), o.policy) {
		if _, ok := policyNamed(name); name != "" && !ok {
			fault("there is no policy %q: want one of %s", name, strings.Join(policyNames(), ", "))
		}
	}
	switch {
	case o.command == "" && o.baseline != "":
		fault("--baseline: want --command, too: a library of the clone has its own baseline")
	case o.command != "" && len(o.names) > 0:
		fault("got %q and --command: want one of the two", o.names)
	case o.command != "" && o.update && o.baseline == "":
		fault("--update-baseline: want --baseline FILE, too")
	case o.command == "" && o.check && len(o.names) == 0:
		fault("--check: want --command, or the name of a library")
	}
	if o.update && len(o.policies) > 0 {
		fault("--update-baseline: a baseline is about all policies: want no --policy")
	}
	if o.from != nil && (o.command != "" || len(o.names) > 0 || o.update) {
		fault("--from: the matrices say which libraries: want no name, no --command and no --update-baseline")
	}
	faults = append(faults, o.matrix.try(append(slices.Clone(o.from), o.matrix.since, o.baseline)...))
	shelf, err := o.shelf()
	if err == nil {
		shelf.earlier, err = o.matrix.earlier()
	}
	return shelf, errors.Join(append(faults, err)...)
}

func policyNames() []string {
	var names []string
	for _, p := range conform.Policies() {
		names = append(names, p.Name)
	}
	return names
}

func policyNamed(name string) (contract.Policy, bool) {
	for _, p := range conform.Policies() {
		if p.Name == name {
			return p, true
		}
	}
	return contract.Policy{}, false
}

// ask asks the libraries, and writes the matrix.
func (o *conformOptions) ask(ctx context.Context, s streams, shelf shelf) error {
	var matrix conform.Matrix
	err := shelf.serve(func(network *servers.Network) error {
		libraries, err := shelf.libraries(ctx, s, network)
		if err != nil {
			return err
		}
		matrix, err = o.conform(ctx, s, network, libraries)
		return err
	})
	if err != nil {
		return failure(ctx, err)
	}
	matrix.Corsproof = built().Corsproof
	if shelf.shard.Of > 0 {
		matrix.Shard = &shelf.shard
	}
	if o.update {
		return errors.Join(shelf.update(s, matrix), o.matrix.save(s, matrix, shelf.earlier))
	}
	if len(o.policies) == 0 {
		matrix = shelf.expected(matrix)
	}
	if err := o.matrix.save(s, matrix, shelf.earlier); err != nil {
		return noAnswer(err)
	}
	return exitOfMatrix(matrix)
}

// join joins matrices, and writes the result as if one run had asked all libraries.
func (o *conformOptions) join(s streams, shelf shelf) error {
	var parts []conform.Part
	var faults []error
	for _, file := range o.from {
		m, err := report.ReadMatrix(file)
		faults = append(faults, err)
		parts = append(parts, conform.Part{File: file, Matrix: m})
	}
	if err := errors.Join(faults...); err != nil {
		return usage(err)
	}
	matrix, err := conform.Merge(parts)
	if err != nil {
		return usage(err)
	}
	if err := o.matrix.save(s, matrix, shelf.earlier); err != nil {
		return noAnswer(err)
	}
	return exitOfMatrix(matrix)
}

// conform asks in one browser.
func (o *conformOptions) conform(ctx context.Context, s streams, network *servers.Network, libraries []conform.Library) (conform.Matrix, error) {
	chrome, closeTrace, err := o.browser.open()
	if err != nil {
		return conform.Matrix{}, err
	}
	process.Prepare(chrome, network)
	run := conform.Run{Browser: chrome, Libraries: libraries, Repeat: o.repeat, AtOnce: o.atOnce}
	for _, name := range o.policies {
		p, _ := policyNamed(name)
		run.Policies = append(run.Policies, p)
	}
	defer s.matrixBar(&run)()
	matrix, err := run.Conform(ctx)
	return matrix, errors.Join(err, chrome.Close(), closeTrace())
}

// exitOfMatrix is the exit after a run. A failure that no baseline expects differs, and so
// does an expected failure that is gone; a library that was not run has no verdict.
func exitOfMatrix(m conform.Matrix) error {
	differs, incomplete := false, m.Ended != "" || len(m.Libraries) == 0
	for _, l := range m.Libraries {
		incomplete = incomplete || l.NotRun != ""
		for _, c := range l.Cells {
			switch {
			case c.Verdict != conform.NoVerdict:
				differs = differs || c.Unexpected()
			case c.Reason == "":
				incomplete = true
			}
		}
	}
	switch {
	case differs:
		return &exit{status: exitBlocked}
	case incomplete:
		return &exit{status: exitNoAnswer}
	}
	return nil
}

// shardOf reads --shard.
func (o *conformOptions) shardOf() (finding.Shard, error) {
	if o.shard == "" {
		return finding.Shard{}, nil
	}
	return finding.ParseShard(o.shard)
}

// checkAll checks adapters.
func (o *conformOptions) checkAll(ctx context.Context, s streams, shelf shelf) error {
	failed := false
	err := shelf.serve(func(network *servers.Network) error {
		for _, l := range shelf.chosen {
			if err := shelf.setup(ctx, s, l.Language, l.Name); err != nil {
				return fmt.Errorf("%s: %w", l.Name, err)
			}
			bad, err := printCheck(ctx, s, shelf.adapter(l, network))
			if err != nil {
				return err
			}
			failed = failed || bad
		}
		return nil
	})
	switch {
	case err != nil:
		return failure(ctx, err)
	case failed:
		return &exit{status: exitBlocked}
	}
	return nil
}

// printCheck checks one adapter, and says whether it has faults.
func printCheck(ctx context.Context, s streams, a process.Adapter) (bool, error) {
	done := func() {}
	list, err := a.Check(ctx, conform.Policies(), func(policy string) {
		done()
		done = s.progress("checking " + a.Called + " with the policy " + policy + " ...")
	})
	done()
	if err != nil {
		return false, err
	}
	faults := 0
	for _, c := range list {
		if c.Doubt {
			continue
		}
		faults++
		fmt.Fprintf(s.out, "FAULT  %s\n", c)
	}
	for _, c := range list {
		if c.Doubt {
			fmt.Fprintf(s.out, "check  %s\n", c)
		}
	}
	if faults == 0 {
		fmt.Fprintf(s.out, "%s: the adapter keeps its contract. Ask the library: corsproof conform without --check\n", a.Called)
	} else {
		fmt.Fprintf(s.out, "%s: %d faults of the adapter. servers/libraries/README.md says what each route answers\n", a.Called, faults)
	}
	return faults > 0, nil
}
