package command

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// verifyOptions are the options of verify.
type verifyOptions struct {
	probes   probeFlags
	report   reportFlags
	policy   string // the name of the policy file
	target   string
	shard    string
	baseline string
	update   bool
	list     bool
	watch    watchFlags
}

func verifyCommand(s streams) *cobra.Command {
	o := &verifyOptions{}
	c := &cobra.Command{
		Use:   "verify [POLICY]",
		Short: "Check a server against its policy: everything allowed works, and nothing else",
		Long: `verify reads a policy, which says which pages may read what of a server, and asks a
real Chrome whether the server keeps to it. It asks as every page that may read, and as
pages that may not, such as look-alikes. It prints the things to change, the worst
first, each with a transcript, its meaning and its remedy. Probes that break for one
cause, such as an open pattern or a missing header, are one thing to change.

Asking is safe: only GET, HEAD and OPTIONS are sent, unless you give --unsafe send. A probe of PUT lets the preflight go and stops Chrome
when it is about to send the request.

A policy is YAML. Only what it names is judged, and errors and redirects:

` + firstPolicy + `
corsproof init writes a first one. Its JSON Schema, by which editors check and complete
it, is at ` + policy.SchemaURL + `

Without a policy it verifies an example: a small API that is wrong in four ways.

Exit status: 0 all held (or is known, by --baseline), 1 something is broken (and as
severe as --fail-on says), 2 the policy or a flag is not valid, 3 a verdict is missing,
or the run ended early.`,
		Example: `  corsproof verify
  corsproof verify policy.yaml
  corsproof verify policy.yaml --list
  corsproof verify policy.yaml --header "Authorization: Bearer $TOKEN" --cookie "sid=$SID" --rate 10/s
  corsproof verify policy.yaml --target http://localhost:8000 --only look-alike,null --verbose
  corsproof verify policy.yaml --target https://api.test.internal --ca ca.pem --resolve api.test.internal:443:10.0.0.7
  corsproof verify policy.yaml --html report.html --junit junit.xml --sarif report.sarif --markdown report.md
  corsproof verify policy.yaml --only /v1/me,critical --fail-on high
  corsproof verify policy.yaml --baseline baseline.yaml --update-baseline
  corsproof verify policy.yaml --target http://localhost:8000 --watch --on "conf/*.yaml" --every 30s
  corsproof verify policy.yaml --shard 2/5 --json-file shard-2.json
  corsproof verify policy.yaml --shard auto --json-file "shard-$CI_NODE_INDEX.json"`,
		Args: count(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return o.runExample(c.Context(), s)
			}
			o.policy = args[0]
			return o.run(c.Context(), s)
		},
		ValidArgsFunction: policyFiles,
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.target, "target", "", "the origin to ask instead of the policy's own, such as http://localhost:8000")
	f.BoolVar(&o.list, "list", false, "print the probes and ask nothing")
	o.report.add(c)
	f.StringVar(&o.baseline, "baseline", "", "a file that lists what is known to be broken: causes, ids or paths, each with a reason and perhaps a last day; an entry whose probes hold again fails the run")
	f.BoolVar(&o.update, "update-baseline", false, "write the causes of what is broken today to the file of --baseline; an entry stays, with its reason, while a probe that it lists is broken")
	f.StringVar(&o.shard, "shard", "", "ask one part of the probes: "+shardValues+"; corsproof merge joins the reports")
	o.watch.add(c)
	o.probes.add(c)
	return c
}

// run verifies the policy in a file.
func (o *verifyOptions) run(ctx context.Context, s streams) error {
	run, err := await(ctx, func() (verify.Run, error) {
		p, err := policy.Read(o.policy)
		if err != nil {
			return verify.Run{}, err
		}
		return o.prepare(p, o.policy)
	})
	if err != nil {
		return usage(err)
	}
	switch {
	case o.list:
		return o.printList(ctx, s, run)
	case o.probes.browser.chosen().both:
		return o.verifyBoth(ctx, s, &run)
	case o.watch.watch:
		return o.runWatch(ctx, s, run)
	}
	found, closing, err := o.verify(ctx, s, &run, nil)
	if err != nil {
		return err
	}
	return o.finish(s, found, &run, closing)
}

// prepare makes the run, and returns all faults at once: faults of the flags, and
// reports that cannot be written.
func (o *verifyOptions) prepare(p policy.Policy, name string) (verify.Run, error) {
	if o.target != "" {
		p.Target = o.target
	}
	run, err := o.probes.read(p, name)
	faults := []error{err, o.bothFault(), o.watch.fault(notWatched), o.report.try(o.baseline, name)}
	if o.shard != "" {
		var wrong error
		run.Shard, wrong = finding.ReadShard(o.shard, os.Getenv)
		faults = append(faults, wrong)
	}
	switch {
	case o.update && o.baseline == "":
		faults = append(faults, errors.New("--update-baseline needs --baseline FILE"))
	case err != nil || o.baseline == "":
	case o.update:
		run.Baseline, err = finding.BaselineToUpdate(o.baseline)
		faults = append(faults, err, output[finding.Report]{path: o.baseline}.try())
	default:
		run.Baseline, err = finding.ReadBaseline(o.baseline, run.Policy)
		faults = append(faults, err)
	}
	return run, errors.Join(faults...)
}

// verify asks. closing is the error of something that did not end well.
func (o *verifyOptions) verify(ctx context.Context, s streams, run *verify.Run, network harness.Network) (found finding.Report, closing, err error) {
	closing, err = o.probes.ask(run, network, verify.Cookies(run.Policy), func() (err error) {
		defer s.bar(run)()
		found, err = run.Verify(ctx)
		return err
	})
	if err != nil {
		return found, nil, failureOfRun(ctx, errors.Join(err, closing))
	}
	return o.signed(found), closing, nil
}

// signed is a report with what this program and its flags add.
func (o *verifyOptions) signed(found finding.Report) finding.Report {
	found.Corsproof, found.FailOn = built().Corsproof, o.report.failOn
	return found
}

// finish writes the reports, or the baseline, too, and returns the exit. closing takes
// nothing from what was found out, so it is returned after everything is written.
func (o *verifyOptions) finish(s streams, found finding.Report, run *verify.Run, closing error) error {
	failed := errors.Join(o.report.save(s, found), closing)
	var updated error
	if o.update {
		updated = o.updateBaseline(s.err, found, run)
	}
	switch {
	case failed != nil:
		return noAnswer(errors.Join(failed, updated))
	case o.update:
		return cmp.Or(updated, exitOfUpdate(found))
	}
	return exitOfReport(found)
}

// printList prints the probes.
func (o *verifyOptions) printList(ctx context.Context, s streams, run verify.Run) error {
	probes, err := await(ctx, run.Probes)
	if err != nil {
		return usage(err)
	}
	redactor := run.Policy.Redactor()
	out := interruptible{ctx, s.out}
	if o.report.json {
		err = printProbes(out, probes, redactor)
	} else {
		for i := range probes {
			probes[i].Title = redactor.Redact(probes[i].Title)
		}
		err = s.text(o.report.verbose).Probes(out, probes)
	}
	if err != nil {
		return noAnswer(err)
	}
	return nil
}

// printProbes prints one JSON document, probe by probe.
func printProbes(w io.Writer, probes []policy.Probe, redactor policy.Redactor) error {
	before := "[\n  "
	for _, p := range probes {
		document, err := json.MarshalIndent(p, "  ", "  ")
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, before+redactor.Redact(string(document))); err != nil {
			return err
		}
		before = ",\n  "
	}
	after := "\n]\n"
	if len(probes) == 0 {
		after = "[]\n"
	}
	_, err := io.WriteString(w, after)
	return err
}

// updateBaseline writes the findings that are broken now.
func (o *verifyOptions) updateBaseline(w io.Writer, found finding.Report, run *verify.Run) error {
	old, err := finding.BaselineToUpdate(o.baseline)
	if err != nil {
		return usage(err)
	}
	updated, err := old.Update(found.Findings, run.Policy, run.Whole())
	if err == nil {
		err = updated.Write(o.baseline)
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
	entries := "entries"
	if len(updated.Entries) == 1 {
		entries = "entry"
	}
	fmt.Fprintf(w, "%s: %d %s of what is known to be broken", o.baseline, len(updated.Entries), entries)
	if unexplained > 0 {
		fmt.Fprintf(w, "; write a reason for %d of them into the file: corsproof refuses the file until each has one", unexplained)
	}
	fmt.Fprintln(w)
	return nil
}
