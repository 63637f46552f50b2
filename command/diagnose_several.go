package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/paste"
	"github.com/corsproof/corsproof/harness/report"
)

// ofSeveral are the flags of diagnose that several questions of a paste take, beside the flags of
// the browser and of the servers.
var ofSeveral = []string{"paste", "har", "har-before", "har-before-unsafe", "from", "json", "color", "cookie", "storage-state"}

// several diagnoses all questions of a paste, each in a profile of its own. Ctrl-C ends it, and
// what was found so far is printed.
func (o *diagnoseOptions) several(c *cobra.Command, s streams, pasted paste.Pasted) error {
	if err := foreignFlags(c, ofSeveral, "choose one question with --entry"); err != nil {
		return usage(err)
	}
	ca, reachFault := o.reach.read()
	var faults []error
	for _, q := range pasted.Questions {
		if err := q.Request.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("question %d: %w", q.Number, err))
		}
	}
	cookies, _, cookieFault := o.before.held(pasted.Questions[0].Request.URL)
	if err := errors.Join(append(faults, reachFault, cookieFault)...); err != nil {
		return usage(err)
	}
	chrome, closeTrace, err := o.open(prepared{cookies: cookies, ca: ca})
	if err != nil {
		return err
	}
	ctx := c.Context()
	list := diagnoseEach(ctx, s, chrome, pasted.Questions, beyondQuestion(c))
	err = errors.Join(ctx.Err(), chrome.Close(), closeTrace())
	if o.json {
		err = errors.Join(err, report.DiagnosesJSON(s.out, list))
	} else {
		err = errors.Join(err, s.text(false).Diagnoses(s.out, list))
	}
	if err != nil {
		return failure(ctx, err)
	}
	return exitOfSeveral(list)
}

// diagnoseEach diagnoses questions one after the other.
func diagnoseEach(ctx context.Context, s streams, chrome *harness.Browser, questions []paste.Question, flags []string) []report.Diagnosed {
	var list []report.Diagnosed
	for i, q := range questions {
		if ctx.Err() != nil {
			break
		}
		end := s.progress(fmt.Sprintf("diagnosing %d of %d ...", i+1, len(questions)))
		profile := &harness.Profile{Browser: chrome, Cookies: q.Cookies}
		found, err := diagnose.Doctor{Asker: profile, Claimed: q.Claim.Reasons}.Run(ctx, q.Request)
		err = errors.Join(err, profile.Close())
		end()
		d := report.Diagnosed{Diagnosis: found, Number: q.Number, Corsproof: built().Corsproof, Again: again("diagnose", found.Seen, flags)}
		if err != nil {
			d.Error = err.Error()
		}
		list = append(list, d)
	}
	return list
}

// foreignFlags names the flags of a command line that are neither allowed nor about the browser
// and the servers.
func foreignFlags(c *cobra.Command, allowed []string, instead string) error {
	own := &cobra.Command{}
	new(browserFlags).add(own)
	new(reachFlags).add(own)
	var foreign []string
	c.Flags().Visit(func(f *pflag.Flag) {
		if own.Flags().Lookup(f.Name) == nil && !slices.Contains(allowed, f.Name) {
			foreign = append(foreign, "--"+f.Name)
		}
	})
	if foreign == nil {
		return nil
	}
	return fmt.Errorf("%s: this is for one question: %s, or remove the flag", strings.Join(foreign, ", "), instead)
}

// exitOfSeveral is the exit after several questions: something is blocked, or something has no
// verdict.
func exitOfSeveral(list []report.Diagnosed) error {
	is := func(verdict harness.Verdict) bool {
		return slices.ContainsFunc(list, func(d report.Diagnosed) bool { return d.Seen.Verdict == verdict })
	}
	switch {
	case is(harness.Blocked):
		return &exit{status: exitBlocked}
	case is(""), slices.ContainsFunc(list, func(d report.Diagnosed) bool { return d.Error != "" }):
		return &exit{status: exitNoAnswer}
	}
	return nil
}
