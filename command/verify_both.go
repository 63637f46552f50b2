package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/verify"
)

// bothFault names the flags of verify that do not go together with --browser both.
func (o *verifyOptions) bothFault() error {
	if !o.probes.browser.chosen().both {
		return nil
	}
	var faults []error
	for _, f := range []struct {
		given bool
		name  string
	}{{o.report.json, "json"}, {o.shard != "", "shard"}, {o.update, "update-baseline"}, {o.watch.watch, "watch"}} {
		if f.given {
			faults = append(faults, fmt.Errorf("--browser both does not go together with --%s: remove one of the two", f.name))
		}
	}
	return errors.Join(faults...)
}

// verifyBoth asks Chrome and then Firefox, prints the report of Chrome, and then where the two
// decide differently. The report's files are Chrome's.
func (o *verifyOptions) verifyBoth(ctx context.Context, s streams, run *verify.Run) error {
	cookies := verify.Cookies(run.Policy)
	probes := o.probes
	probes.browser = o.probes.browser.only("firefox")
	second, closeSecond, err := probes.open(run, nil, cookies)
	if err != nil {
		return err
	}
	second.MaxPages, run.Second = 4, second
	probes.browser = o.probes.browser.only("chrome")
	var found finding.Report
	var compared finding.Comparison
	closing, err := probes.ask(run, nil, cookies, func() (err error) {
		defer s.bar(run)()
		found, compared, err = run.CompareBrowsers(ctx)
		return err
	})
	if closing = errors.Join(closing, closeSecond()); err != nil {
		return failureOfRun(ctx, errors.Join(err, closing))
	}
	compared = onlyVerdicts(compared)
	exit := o.finish(s, o.signed(found), run, closing)
	if err := printBrowsers(s, o.report.verbose, compared); err != nil {
		return noAnswer(err)
	}
	return cmp.Or(exit, exitOfComparison(compared))
}

// printBrowsers prints where two browsers decide differently, and what the standard says.
func printBrowsers(s streams, verbose bool, c finding.Comparison) error {
	if _, err := io.WriteString(s.out, "\nThe same questions, asked of two browsers: left Chrome, right Firefox.\n\n"); err != nil {
		return err
	}
	if err := s.text(verbose).Comparison(s.out, c); err != nil {
		return err
	}
	for _, d := range c.Differences {
		if d.Kind != finding.DifferentVerdict {
			continue
		}
		left, right := decidedStep(d.Left), decidedStep(d.Right)
		two := twoAnswers{chrome: left.Observation, firefox: right.Observation, wanted: left.Want}
		if _, err := fmt.Fprintf(s.out, "\n%s\n%s\n", d.Left.ID+"  "+d.Left.Title, two.comparison()); err != nil {
			return err
		}
	}
	return nil
}

// decidedStep is the step that decided a finding.
func decidedStep(f finding.Finding) (last finding.Step) {
	for _, step := range f.Steps {
		if step.Decided {
			return step
		}
		last = step
	}
	return last
}
