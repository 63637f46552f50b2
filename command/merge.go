package command

import (
	"context"
	"errors"
	"io"

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

merge keeps only what needs attention in memory, so a run may have a million probes.
--html, --junit and --verbose list every probe, and need the memory for all.

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
	sources, err := await(ctx, func() ([]finding.Source, error) { return openAll(o.files) })
	if err = errors.Join(err, o.report.try(o.files...)); err != nil {
		return usage(err)
	}
	joined, err := await(ctx, func() (finding.Report, error) { return o.join(sources) })
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

// join joins the reports. What held stays in the files, unless an output lists it.
func (o *mergeOptions) join(sources []finding.Source) (finding.Report, error) {
	joined, err := finding.Join(sources, o.partial)
	if err != nil {
		return finding.Report{}, err
	}
	if o.report.listsAll() {
		return joined.Whole()
	}
	o.report.writeJSON = func(w io.Writer, r finding.Report) error {
		return report.JSONStream(w, r, joined.Findings())
	}
	return joined.Report, nil
}

// openAll opens the reports, and returns all faults at once.
func openAll(files []string) ([]finding.Source, error) {
	var sources []finding.Source
	var faults []error
	for _, file := range files {
		s, err := report.Open(file)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		sources = append(sources, s)
	}
	return sources, errors.Join(faults...)
}
