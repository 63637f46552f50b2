package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/report"
)

// mergeOptions are the options of merge.
type mergeOptions struct {
	report  reportFlags
	files   []string
	partial bool
}

func mergeCommand(s streams) *cobra.Command {
	o := &mergeOptions{}
	c := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Join the JSON reports of the shards of one verify",
		Long: `merge joins the reports that corsproof verify --shard i/n --json-file FILE has written
on several machines, into one, as if one had asked everything.

Reports of different runs are refused: another policy, target or Chrome, a shard twice,
or a shard that is missing.

Exit status: the same as of corsproof verify.`,
		Example: `  corsproof merge shard-1.json shard-2.json shard-3.json
  corsproof merge shard-*.json --html report.html --junit junit.xml
  corsproof merge shard-*.json --partial --json`,
		Args: count(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, files []string) error {
			o.files = files
			return o.run(c.Context(), s)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	c.Flags().SortFlags = false
	c.Flags().BoolVar(&o.partial, "partial", false, "join the given shards although others are missing; the report says so, and the exit status is never 0")
	o.report.add(c)
	return c
}

// run joins the reports.
func (o *mergeOptions) run(ctx context.Context, s streams) error {
	parts, err := await(ctx, func() ([]finding.Part, error) { return readParts(o.files) })
	if err = errors.Join(err, o.report.try(o.files...)); err != nil {
		return usage(err)
	}
	joined, err := finding.Merge(parts, o.partial)
	if err != nil {
		return usage(err)
	}
	if o.report.failOn != "" {
		joined.FailOn = o.report.failOn
	}
	if err := o.report.save(s, joined); err != nil {
		return noAnswer(err)
	}
	return exitOfReport(joined)
}

// readParts reads the reports, and returns all faults at once.
func readParts(files []string) ([]finding.Part, error) {
	var parts []finding.Part
	var faults []error
	for _, file := range files {
		r, err := report.Read(file)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		parts = append(parts, finding.Part{File: file, Report: r})
	}
	return parts, errors.Join(faults...)
}
