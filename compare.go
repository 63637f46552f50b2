package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/harness/verify"
)

// comparing is what the flags of compare say.
type comparing struct {
	probing
	left, right string
	verdicts    bool
	json        bool
}

func compareCommand() *cobra.Command {
	x := &comparing{}
	c := &cobra.Command{
		Use:   "compare POLICY --left ORIGIN --right ORIGIN",
		Short: "Ask two servers the same, and show what they do otherwise",
		Long: `compare asks two servers, such as development and production or an old and a new
gateway, every probe of a policy, and shows where a browser decides otherwise, and
where it decides the same on other headers or another status. Neither has to hold what
the policy wants: see corsproof verify.

Nothing is harmed by asking, as with corsproof verify.

Exit status: 0 the same, 1 different, 2 the policy or a flag is wrong, 3 something has
no verdict, or the run ended early.`,
		Example: `  corsproof compare policy.yaml --left https://api.example.com --right https://staging.example.com
  corsproof compare policy.yaml --left http://localhost:8000 --right https://api.example.com --verdicts
  corsproof compare policy.yaml --left https://old.example.com --right https://new.example.com --json`,
		Args: count(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return x.run(c.Context(), args[0])
		},
		ValidArgsFunction: policyFiles,
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&x.left, "left", "", "the origin of one server")
	f.StringVar(&x.right, "right", "", "the origin of the other")
	f.BoolVar(&x.verdicts, "verdicts", false, "show only where the browser decides otherwise")
	f.BoolVar(&x.json, "json", false, "print one JSON document instead of text")
	x.probing.add(c)
	return c
}

// run compares.
func (x *comparing) run(ctx context.Context, path string) error {
	p, err := policy.Read(path)
	if err != nil {
		return usage(err)
	}
	run, err := x.prepare(p, path)
	if err != nil {
		return usage(err)
	}
	var found finding.Comparison
	err = x.asked(&run, func() (err error) {
		defer watched(&run)()
		found, err = run.Compare(ctx, x.left, x.right)
		return err
	})
	if err != nil {
		return policyFailure(ctx, err)
	}
	if x.verdicts {
		found = onlyVerdicts(found)
	}
	if x.json {
		err = report.ComparisonJSON(os.Stdout, found)
	} else {
		err = text(false).Comparison(os.Stdout, found)
	}
	if err != nil {
		return noAnswer(err)
	}
	return statusOfComparison(found)
}

// prepare makes the run, and finds all faults at once.
func (x *comparing) prepare(p policy.Policy, name string) (verify.Run, error) {
	var faults []error
	for flag, target := range map[string]string{"--left": x.left, "--right": x.right} {
		if target == "" {
			faults = append(faults, fmt.Errorf("%s: missing: want the origin of a server, such as https://api.example.com", flag))
			continue
		}
		p.Target = target
		if err := p.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", flag, err))
		}
	}
	if len(faults) > 0 {
		return verify.Run{}, errors.Join(faults...)
	}
	p.Target = x.right
	other := p
	p.Target = x.left
	run, err := x.read(p, name)
	other.Ask = run.Policy.Ask
	x.heldCookies = verify.Cookies(other)
	return run, err
}

// onlyVerdicts leaves out what differs on the wire alone.
func onlyVerdicts(c finding.Comparison) finding.Comparison {
	all := len(c.Differences)
	c.Differences = slices.DeleteFunc(slices.Clone(c.Differences), func(d finding.Difference) bool { return d.Kind == finding.DifferentWire })
	c.Same += all - len(c.Differences)
	return c
}

// statusOfComparison is the status to exit with.
func statusOfComparison(c finding.Comparison) error {
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
