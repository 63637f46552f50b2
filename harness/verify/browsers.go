package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness/finding"
)

// CompareBrowsers asks Browser and then Second the same questions. It returns the report of
// Browser, and where the two browsers decide differently: a page that works in one of them alone.
// Left and Right of the Comparison are the browsers; a refusal for another reason is no difference,
// because a browser may tell fewer reasons apart. Nothing is asked where one of the two cannot
// start. Where Second gives no result later, the Comparison says why it ended. The errors are the
// errors of [Run.Verify].
func (r *Run) CompareBrowsers(ctx context.Context) (finding.Report, finding.Comparison, error) {
	if err := r.Second.Start(ctx); err != nil {
		return finding.Report{}, finding.Comparison{}, fmt.Errorf("%s: %w", r.Second.Kind.Brand(), err)
	}
	first := *r
	r.counted(&first, 0)
	report, err := first.verify(ctx)
	if err != nil {
		return finding.Report{}, finding.Comparison{}, err
	}
	side := *r
	side.Browser, side.Session = r.Second, nil
	r.counted(&side, 1)
	other, err := side.verify(ctx)
	if err != nil {
		other = finding.Report{Ended: fmt.Sprintf("%s: %v", r.Second.Kind.Brand(), err)}
		other.Chrome.Version = r.Second.Kind.Brand()
	}
	c := finding.Compare(report.Findings, other.Findings, report.Chrome.Version, other.Chrome.Version)
	c.Policy, c.Chrome, c.Seconds, c.Ended = r.Name, report.Chrome, report.Seconds+other.Seconds, other.Ended
	all := len(c.Differences)
	c.Differences = slices.DeleteFunc(c.Differences, finding.Difference.ReasonAlone)
	c.Same += all - len(c.Differences)
	c = finding.Redact(r.Policy.Redactor(), c)
	report = finding.Redact(r.Policy.Redactor(), report)
	report.Findings = r.Baseline.Apply(report.Findings, r.Whole(), report.Started)
	finding.Sort(report.Findings)
	return report, c, nil
}

// counted lets a side tell how far both sides together are.
func (r *Run) counted(side *Run, before int) {
	if r.Progress == nil {
		return
	}
	side.Progress = func(p Progress) {
		p.Done, p.All = p.Done+before*p.All, 2*p.All
		r.Progress(p)
	}
}
