package verify

import (
	"context"
	"fmt"

	"github.com/corsproof/corsproof/harness/finding"
)

// Compare asks two targets the same questions: first the left target, then the right one.
// The targets need not hold what the policy wants. The errors are the errors of
// [Run.Verify].
func (r *Run) Compare(ctx context.Context, left, right string) (finding.Comparison, error) {
	var reports [2]finding.Report
	for i, target := range []string{left, right} {
		side := *r
		side.Policy.Target = target
		if r.Progress != nil {
			side.Progress = func(p Progress) {
				p.Done, p.All = p.Done+i*p.All, 2*p.All
				r.Progress(p)
			}
		}
		report, err := side.verify(ctx)
		if err != nil {
			return finding.Comparison{}, fmt.Errorf("%s: %w", target, err)
		}
		reports[i] = report
		if report.Ended != "" {
			break
		}
	}
	c := finding.Compare(reports[0].Findings, reports[1].Findings, left, right)
	c.Policy, c.Chrome = r.Name, reports[0].Chrome
	for i, target := range []string{left, right} {
		c.Seconds += reports[i].Seconds
		if reports[i].Ended != "" {
			c.Ended = target + ": " + reports[i].Ended
		}
		for _, note := range reports[i].Notes {
			c.Notes = append(c.Notes, target+": "+note)
		}
	}
	return finding.Redact(r.Policy.Redactor(), c), nil
}
