package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// verifying is what the flags of verify say.
type verifying struct {
	probing
	reportFlags
	target   string
	shard    string
	baseline string
	update   bool
	list     bool
}

func verifyCommand() *cobra.Command {
	v := &verifying{}
	c := &cobra.Command{
		Use:   "verify [POLICY]",
		Short: "Hold a server to its policy: everything allowed works, and nothing else does",
		Long: `verify reads a policy, which says who may read what of a server, and asks a real
Chrome whether the server keeps to it: as every page that may read, and as pages that
may not and look alike. It prints what is broken, the worst first, each with its
transcript, what it means and what to do.

Nothing is harmed by asking: no method but GET, HEAD and OPTIONS leaves the browser,
unless --unsafe send says so. A probe of PUT lets the preflight go and stops Chrome
when it is about to send the request.

Without a policy it verifies an example, an API of ours that is wrong in four ways.

Exit status: 0 all held (or is known, by --baseline), 1 something is broken, 2 the
policy or a flag is wrong, 3 something has no verdict, or the run ended early.`,
		Example: `  corsproof verify
  corsproof verify policy.yaml
  corsproof verify policy.yaml --list
  corsproof verify policy.yaml --header "Authorization: Bearer $TOKEN" --cookie "sid=$SID" --rate 10/s
  corsproof verify policy.yaml --target http://localhost:8000 --only look-alike,null --verbose
  corsproof verify policy.yaml --html report.html --junit junit.xml --sarif report.sarif
  corsproof verify policy.yaml --baseline baseline.yaml --update-baseline
  corsproof verify policy.yaml --shard 2/5 --json-file shard-2.json`,
		Args: count(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return v.runExample(c.Context())
			}
			return v.run(c.Context(), args[0])
		},
		ValidArgsFunction: policyFiles,
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&v.target, "target", "", "the origin to ask instead of the policy's own, such as http://localhost:8000")
	f.BoolVar(&v.list, "list", false, "print the probes and ask nothing")
	v.reportFlags.add(c)
	f.StringVar(&v.baseline, "baseline", "", "a file of what is known to be broken, with a reason each; what is in it and holds fails, too")
	f.BoolVar(&v.update, "update-baseline", false, "write what is broken now to the file of --baseline, with the reasons that there are")
	f.StringVar(&v.shard, "shard", "", "ask one part of the probes, such as 2/5; corsproof merge joins the reports")
	v.probing.add(c)
	return c
}

// policyFiles completes the names of policies.
func policyFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

// run verifies the policy in a file.
func (v *verifying) run(ctx context.Context, path string) error {
	p, err := policy.Read(path)
	if err != nil {
		return usage(err)
	}
	run, err := v.prepare(p, path)
	if err != nil {
		return usage(err)
	}
	if v.list {
		return v.printList(run)
	}
	found, err := v.verify(ctx, &run)
	if err != nil {
		return err
	}
	if v.update {
		return errors.Join(v.updateBaseline(found, run.Policy), statusWithBaseline(found))
	}
	return statusOf(found)
}

// prepare makes the run, and finds all faults at once: those of the flags, and reports
// that cannot be written.
func (v *verifying) prepare(p policy.Policy, name string) (verify.Run, error) {
	if v.target != "" {
		p.Target = v.target
	}
	run, err := v.read(p, name)
	faults := []error{err, v.try(v.baseline, name)}
	if v.shard != "" {
		var wrong error
		run.Shard, wrong = finding.ParseShard(v.shard)
		faults = append(faults, wrong)
	}
	switch {
	case v.update && v.baseline == "":
		faults = append(faults, errors.New("--update-baseline: want --baseline FILE, too"))
	case err != nil || v.baseline == "":
	case v.update:
		run.Baseline, err = finding.BaselineToUpdate(v.baseline)
		faults = append(faults, err, output{path: v.baseline}.try())
	default:
		run.Baseline, err = finding.ReadBaseline(v.baseline, run.Policy)
		faults = append(faults, err)
	}
	return run, errors.Join(faults...)
}

// verify asks, and writes the reports.
func (v *verifying) verify(ctx context.Context, run *verify.Run) (finding.Report, error) {
	var found finding.Report
	err := v.asked(run, func() (err error) {
		defer watched(run)()
		found, err = run.Verify(ctx)
		return err
	})
	if err != nil {
		return found, policyFailure(ctx, err)
	}
	found.Corsproof = built().Corsproof
	if err := v.save(found); err != nil {
		return found, noAnswer(err)
	}
	return found, nil
}

// printList prints the probes.
func (v *verifying) printList(run verify.Run) error {
	probes, err := run.Probes()
	if err != nil {
		return usage(err)
	}
	redactor := run.Policy.Redactor()
	if v.json {
		document, err := json.MarshalIndent(probes, "", "  ")
		if err != nil {
			return noAnswer(err)
		}
		_, err = fmt.Println(redactor.Redact(string(document)))
		return err
	}
	for i := range probes {
		probes[i].Title = redactor.Redact(probes[i].Title)
	}
	return text(v.verbose).Probes(os.Stdout, probes)
}

// updateBaseline writes what is broken now.
func (v *verifying) updateBaseline(found finding.Report, p policy.Policy) error {
	old, err := finding.BaselineToUpdate(v.baseline)
	if err != nil {
		return usage(err)
	}
	updated, err := old.Update(found.Findings, p)
	if err == nil {
		err = updated.Write(v.baseline)
	}
	if err != nil {
		return noAnswer(err)
	}
	unexplained := 0
	for _, e := range updated.Entries {
		if e.Reason == "" {
			unexplained++
		}
	}
	fmt.Fprintf(os.Stderr, "%s: %d known to be broken", v.baseline, len(updated.Entries))
	if unexplained > 0 {
		fmt.Fprintf(os.Stderr, "; write the reason of %d of them into the file: it is refused until each has one", unexplained)
	}
	fmt.Fprintln(os.Stderr)
	return nil
}

// statusWithBaseline is the status after the baseline was written: what is broken is in
// it now.
func statusWithBaseline(r finding.Report) error {
	if r.Ended != "" || !r.Complete() {
		return &exit{status: exitNoAnswer}
	}
	return nil
}
