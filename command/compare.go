package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/harness/verify"
)

// compareOptions are the options of compare.
type compareOptions struct {
	probes      probeFlags
	policy      string // the name of the policy file
	left, right string
	verdicts    bool
	json        bool
	verbose     bool
	// html, jsonFile, junit and markdown are the files of reports.
	html, jsonFile, junit, markdown string
}

func compareCommand(s streams) *cobra.Command {
	o := &compareOptions{}
	c := &cobra.Command{
		Use:   "compare POLICY --left ORIGIN --right ORIGIN",
		Short: "Ask two servers the same questions, and show where they differ",
		Long: `compare asks two servers, such as development and production or an old and a new
gateway, every probe of a policy. It shows where the verdict of the browser differs, and
where the verdict is the same and the headers or the status differ. Each difference is
shown once, with the probes that show it. It does not judge either server by the policy:
corsproof verify does.

Asking is safe: an unsafe method sends its preflight alone, as with corsproof verify.

Exit status: 0 the same, 1 different, 2 the policy or a flag is not valid, 3 a verdict is
missing, or the run ended early.`,
		Example: `  corsproof compare policy.yaml --left https://api.example.com --right https://staging.example.com
  corsproof compare policy.yaml --left http://localhost:8000 --right https://api.example.com --verdicts
  corsproof compare policy.yaml --left https://old.example.com --right https://new.example.com --html differences.html --markdown differences.md
  corsproof compare policy.yaml --left https://old.example.com --right https://new.example.com --resolve new.example.com:443:203.0.113.7`,
		Args: count(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			o.policy = args[0]
			return o.run(c.Context(), s)
		},
		ValidArgsFunction: policyFiles,
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.left, "left", "", "the origin of one server")
	f.StringVar(&o.right, "right", "", "the origin of the other")
	f.BoolVar(&o.verdicts, "verdicts", false, "show only where the verdict of the browser differs")
	f.BoolVar(&o.json, "json", false, "print one JSON document instead of text")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "list all probes of each difference")
	f.StringVar(&o.html, "html", "", "write the comparison as a page to this file")
	f.StringVar(&o.jsonFile, "json-file", "", "write the comparison as JSON to this file")
	f.StringVar(&o.junit, "junit", "", "write the comparison as JUnit XML to this file")
	f.StringVar(&o.markdown, "markdown", "", "write the comparison as Markdown to this file")
	o.probes.add(c)
	return c
}

// run compares.
func (o *compareOptions) run(ctx context.Context, s streams) error {
	var cookies []harness.SetCookie
	run, err := await(ctx, func() (run verify.Run, err error) {
		run, cookies, err = o.prepare()
		return run, err
	})
	if err != nil {
		return usage(err)
	}
	var found finding.Comparison
	closing, err := o.probes.ask(&run, nil, cookies, func() (err error) {
		defer s.bar(&run)()
		found, err = run.Compare(ctx, o.left, o.right)
		return err
	})
	if err != nil {
		return failureOfRun(ctx, errors.Join(err, closing))
	}
	return o.finish(s, found, closing)
}

// outputs are the files of reports.
func (o *compareOptions) outputs() []output[finding.Comparison] {
	return given([]output[finding.Comparison]{
		{"--html", o.html, report.ComparisonHTML, false},
		{"--json-file", o.jsonFile, report.ComparisonJSON, false},
		{"--junit", o.junit, report.ComparisonJUnit, false},
		{"--markdown", o.markdown, report.ComparisonMarkdown, false},
	})
}

// finish writes and prints what differs, and returns the exit. closing takes nothing from what was found
// out, so it is returned after that.
func (o *compareOptions) finish(s streams, found finding.Comparison, closing error) (err error) {
	if o.verdicts {
		found = onlyVerdicts(found)
	}
	saved := saveAll(o.outputs(), found)
	if o.json {
		err = report.ComparisonJSON(s.out, found)
	} else {
		err = s.text(o.verbose).Comparison(s.out, found)
	}
	if err := errors.Join(err, saved, closing); err != nil {
		return noAnswer(err)
	}
	return exitOfComparison(found)
}

// prepare makes the run and the cookies of both servers, and returns all faults
// at once.
func (o *compareOptions) prepare() (verify.Run, []harness.SetCookie, error) {
	p, err := policy.Read(o.policy)
	if err != nil {
		return verify.Run{}, nil, err
	}
	faults := []error{tryAll(o.outputs(), o.policy)}
	for flag, target := range map[string]string{"--left": o.left, "--right": o.right} {
		if target == "" {
			faults = append(faults, fmt.Errorf("%s is missing: give the origin of a server, such as https://api.example.com", flag))
			continue
		}
		p.Target = target
		if err := p.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", flag, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return verify.Run{}, nil, err
	}
	p.Target = o.left
	run, err := o.probes.read(p, o.policy)
	right := p
	right.Target, right.Ask = o.right, run.Policy.Ask
	return run, append(verify.Cookies(run.Policy), verify.Cookies(right)...), err
}

// onlyVerdicts leaves out differences on the wire alone.
func onlyVerdicts(c finding.Comparison) finding.Comparison {
	all := len(c.Differences)
	c.Differences = slices.DeleteFunc(slices.Clone(c.Differences), func(d finding.Difference) bool { return d.Kind == finding.DifferentWire })
	c.Same += all - len(c.Differences)
	return c
}
