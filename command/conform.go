package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
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
	flags     *pflag.FlagSet // nil: there is no command line
}

func conformCommand(s streams) *cobra.Command {
	o := &conformOptions{}
	c := &cobra.Command{
		Use:   "conform [LIBRARY|LANGUAGE...]",
		Short: "Ask a real Chrome what a CORS library lets through",
		Long: `conform configures a CORS library for each of some twenty policies, asks a real Chrome
about each behaviour from K01 to K74 (corsproof explain K13 describes K13), and prints the
verdict on each behaviour. These verdicts are failures:

  FAIL-OPEN    a page that the policy excludes can read or write
  FAIL-CLOSED  a page that the policy includes is blocked
  SILENT-NOOP  a configuration is accepted and never matches

A library is asked through an adapter: a small program in the library's own language,
which servers/libraries/README.md describes. A clone of the repository has adapters of
many libraries in servers/libraries; --command asks yours.

Each library of the clone has a baseline: the verdicts that are known. A verdict that
differs from the baseline, for better or worse, is reported.

Exit status: 0 every verdict is the expected one, 1 a verdict differs, 2 an argument is not
valid, 3 a verdict is missing, or the run ended early.`,
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
	f.SortFlags, o.flags = false, f
	f.StringVar(&o.command, "command", "", "ask the library behind this adapter: a program and its arguments, separated by spaces (a path with a space cannot be given)")
	f.BoolVar(&o.check, "check", false, "check whether the adapter keeps its contract, and ask nothing about the library")
	f.BoolVar(&o.list, "list", false, "list the libraries by language, and ask nothing")
	f.StringVar(&o.policy, "print-policy", "", "print a policy, such as list-creds, as an adapter reads it, and ask nothing")
	f.StringSliceVar(&o.policies, "policy", nil, "ask with these policies only, such as list-creds,any; no baseline is applied")
	f.StringVar(&o.libraries, "libraries", "", "the folder of the adapters (default: servers/libraries of this clone)")
	o.matrix.add(c)
	f.StringVar(&o.baseline, "baseline", "", "the baseline file of the library of --command; a library of the clone has its own")
	f.BoolVar(&o.update, "update-baseline", false, "write today's verdicts to the baseline file; the reasons of unchanged failures stay")
	f.StringVar(&o.shard, "shard", "", "ask one part of the libraries: "+shardValues+"; --from joins the parts")
	f.StringSliceVar(&o.from, "from", nil, "ask nothing: join the matrices in these files, such as go.json,node.json")
	f.IntVar(&o.repeat, "repeat", 1, "how many times to ask each question: an answer that changes is flaky")
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

// ask asks the libraries, and writes the matrix.
func (o *conformOptions) ask(ctx context.Context, s streams, shelf shelf) error {
	chrome, closeTrace, err := o.browser.open() // before the adapters are built: it may find a fault
	if err != nil {
		return failure(ctx, err)
	}
	var matrix conform.Matrix
	closing, err := shelf.serve(func(network *servers.Network) error {
		libraries, err := shelf.libraries(ctx, s, network)
		if err != nil {
			return err
		}
		matrix, err = o.conform(ctx, s, chrome, network, libraries)
		return err
	}, chrome.Close)
	closing = errors.Join(closing, closeTrace())
	if err != nil {
		return failure(ctx, errors.Join(err, closing))
	}
	return o.finish(s, shelf, matrix, closing)
}

// conform asks in one browser.
func (o *conformOptions) conform(ctx context.Context, s streams, chrome *harness.Browser, network *servers.Network, libraries []conform.Library) (conform.Matrix, error) {
	process.Prepare(chrome, network)
	run := conform.Run{Browser: chrome, Libraries: libraries, Repeat: o.repeat, AtOnce: o.atOnce}
	for _, name := range o.policies {
		p, _ := conform.PolicyNamed(name)
		run.Policies = append(run.Policies, p)
	}
	defer s.matrixBar(&run)()
	return run.Conform(ctx)
}

// finish writes the matrix of a run, or the baselines, too, and returns its exit. closing is
// the error of something that did not end well: it takes nothing from what was found out, so
// it is returned after everything is written.
func (o *conformOptions) finish(s streams, shelf shelf, matrix conform.Matrix, closing error) error {
	matrix.Corsproof = built().Corsproof
	if shelf.shard.Of > 0 {
		matrix.Shard = &shelf.shard
	}
	var failed error
	if o.update {
		failed = shelf.update(s, matrix)
	}
	if len(o.policies) == 0 {
		matrix = shelf.expected(matrix)
	}
	if err := errors.Join(failed, o.matrix.save(s, matrix, shelf.earlier), closing); err != nil {
		return noAnswer(err)
	}
	if o.update {
		return exitOfNewBaselines(matrix)
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

// exitOfMatrix is the exit after a run. A failure that no baseline expects differs, and so
// does an expected failure that is gone; where evidence is missing there is no verdict.
func exitOfMatrix(m conform.Matrix) error {
	if slices.ContainsFunc(m.Libraries, conform.Result.Failed) {
		return &exit{status: exitBlocked}
	}
	return exitOfNewBaselines(m)
}

// exitOfNewBaselines is the exit after a run whose verdicts are now in the baselines.
func exitOfNewBaselines(m conform.Matrix) error {
	if m.MissingEvidence() {
		return &exit{status: exitNoAnswer}
	}
	return nil
}

// checkAll checks adapters.
func (o *conformOptions) checkAll(ctx context.Context, s streams, shelf shelf) error {
	failed := false
	closing, err := shelf.serve(func(network *servers.Network) error {
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
	}, nil)
	switch {
	case err != nil:
		return failure(ctx, errors.Join(err, closing))
	case closing != nil:
		return noAnswer(closing)
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
	return printComplaints(s, a.Called, list), nil
}

// printComplaints prints the faults of an adapter and then the doubts, and says whether it
// has faults.
func printComplaints(s streams, called string, list []process.Complaint) bool {
	faults, doubts := 0, 0
	for _, c := range list {
		if !c.Doubt {
			faults++
			fmt.Fprintf(s.out, "FAULT  %s\n", c)
		}
	}
	for _, c := range list {
		if c.Doubt {
			doubts++
			fmt.Fprintf(s.out, "DOUBT  %s\n", c)
		}
	}
	if doubts > 0 {
		fmt.Fprintln(s.out, "A doubt is not always a fault: the library may do this itself.")
	}
	if faults == 0 {
		fmt.Fprintf(s.out, "%s: the adapter keeps its contract. Next, ask the library: run corsproof conform without --check\n", called)
	} else {
		fmt.Fprintf(s.out, "%s: faults of the adapter: %d. servers/libraries/README.md describes the answer of each route\n", called, faults)
	}
	return faults > 0
}
